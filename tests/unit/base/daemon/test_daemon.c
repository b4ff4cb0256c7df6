/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What root makes for the later user: no link in a directory that is the
 * user's leads it elsewhere; and an error keeps its kind
 *
 * WRAP: mkdir getpwnam fchown getgroups
 */
#include "base/daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>

#include "base/log/log_place.h"
#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid), -1)
NTH_CALL(int, getgroups, (int n, gid_t *groups), (n, groups), -1)

static char top[32];		/* root's, below /tmp, where nobody has a hand in */

static int mkdir_swaps;		/* who is quick puts a link in its place */
int __real_mkdir(const char *, mode_t);
int __wrap_mkdir(const char *, mode_t);
int
__wrap_mkdir(const char *path, mode_t mode)
{
	int result = __real_mkdir(path, mode);

	if (mkdir_swaps && result == 0) {
		assert_int_equal(rmdir(path), 0);
		assert_int_equal(symlink(top, path), 0);
	}
	return result;
}

static int users_away;
struct passwd *__real_getpwnam(const char *);
struct passwd *__wrap_getpwnam(const char *);
struct passwd *
__wrap_getpwnam(const char *name)
{
	if (users_away) {
		errno = EIO;
		return NULL;
	}
	return __real_getpwnam(name);
}

static const struct passwd *
nobody(void)
{
	return __real_getpwnam("nobody");
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(top, "/tmp/tdc.XXXXXX");
	assert_non_null(mkdtemp(top));
	assert_int_equal(chmod(top, 0755), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(mem_text(top));
	return 0;
}

static char *
in_top(const char *name)
{
	return mem_format("%s/%s", top, name);
}

/* make - a directory of this user */
static char *
make(const char *name, uid_t uid, mode_t mode)
{
	char *path = in_top(name);

	assert_int_equal(__real_mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
	if (geteuid() == 0)		/* nobody else may; those tests are skipped */
		assert_int_equal(chown(path, uid, (gid_t)-1), 0);
	return path;
}

static uid_t
owner(const char *path)
{
	struct stat st;

	return lstat(path, &st) == -1 ? (uid_t)-1 : st.st_uid;
}

static void
load(struct conf *conf, const char *user)
{
	own(str) char *text = mem_format("user = %s\n", user);
	own(str) char *path = scratch_file(top, "tdc.cf", text);
	struct err err;

	assert_int_equal(conf_load(path, conf, &err), 0);
}

#define ROOT_ONLY() do { if (geteuid() != 0) skip(); } while (0)

static void
open_log(const char *path, int want)
{
	struct log_place place = LOG_PLACE_NONE;
	struct err err;
	int result = log_place_open(path, nobody(), &place, &err);

	if (result != want)
		fail_msg("%s: %s", path, result == -1 ? err.text : "opened");
	log_place_close(&place);
}

static void
test_log_of_root(void **state)
{
	own(str) char *plain = in_top("plain"), *link = in_top("link"),
	    *way = in_top("way"), *behind = mem_format("%s/behind", way),
	    *kept = scratch_file(top, "kept", "old lines\n");

	(void)state;
	ROOT_ONLY();
	open_log(plain, 0);
	assert_int_equal(owner(plain), nobody()->pw_uid);
	/* one that root has already stays root's, unless it is empty */
	open_log(kept, 0);
	assert_int_equal(owner(kept), 0);
	assert_int_equal(symlink(kept, link), 0);
	open_log(link, -1);
	/* links on the way are root's own */
	assert_int_equal(symlink(top, way), 0);
	open_log(behind, 0);
	assert_int_equal(owner(behind), nobody()->pw_uid);
}

static void
test_log_of_user(void **state)
{
	own(str) char *theirs = make("theirs", nobody()->pw_uid, 0755);
	own(str) char *roots = make("roots", 0, 0755);
	own(str) char *way = mem_format("%s/way", theirs);
	own(str) char *led = mem_format("%s/led", way);
	own(str) char *there = mem_format("%s/led", roots);
	own(str) char *good = mem_format("%s/good", theirs);
	own(str) char *secret = scratch_file(roots, "secret", "");
	own(str) char *link = mem_format("%s/link", theirs);

	(void)state;
	ROOT_ONLY();
	assert_int_equal(symlink(roots, way), 0);
	open_log(led, -1);
	assert_int_equal(owner(there), (uid_t)-1);
	assert_int_equal(chmod(secret, 0600), 0);
	assert_int_equal(symlink(secret, link), 0);
	open_log(link, -1);
	assert_int_equal(owner(secret), 0);
	open_log(good, 0);
	assert_int_equal(owner(good), nobody()->pw_uid);
	assert_int_equal(geteuid(), 0);
	open_log(there, 0);		/* root is root again */
}

static void
test_directory(void **state)
{
	own(str) char *theirs = make("theirs", nobody()->pw_uid, 0755);
	own(str) char *others = make("others", 1, 0755);
	own(str) char *open_to_all = make("all", 0, 0777);
	own(str) char *sticky = make("sticky", 0, 01777);
	const struct { const char *parent; int result; } rows[] = {
		{ top, 0 }, { theirs, 0 }, { others, -1 }, { open_to_all, 0 },
		{ sticky, 0 },
	};
	struct conf conf;
	struct err err;

	(void)state;
	ROOT_ONLY();
	load(&conf, "nobody");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *dir = mem_format("%s/spool", rows[i].parent);

		assert_int_equal(daemon_directory(&conf, dir, &err),
		    rows[i].result);
		assert_int_equal(owner(dir), rows[i].result == 0 ?
		    nobody()->pw_uid : (uid_t)-1);
		if (rows[i].result == 0)
			assert_int_equal(daemon_directory(&conf, dir, &err), 0);
	}
	conf_drop(&conf);
}

/* A link put in its place in the same moment: what it leads to stays root's. */
static void
test_directory_raced(void **state)
{
	own(str) char *dir = in_top("spool");
	struct conf conf;
	struct err err;

	(void)state;
	ROOT_ONLY();
	load(&conf, "nobody");
	mkdir_swaps = 1;
	assert_int_equal(daemon_directory(&conf, dir, &err), -1);
	mkdir_swaps = 0;
	assert_int_equal(owner(top), 0);
	conf_drop(&conf);
}

/* no_directory - with a call that fails; why */
static void
no_directory(const struct conf *conf, const char *dir, const char *call,
    const char *why)
{
	own(str) char *want = mem_format(why, dir);
	struct err err;

	assert_true(nth_begin(1, EIO));
	nth_arm();
	assert_int_equal(daemon_directory(conf, dir, &err), -1);
	nth_disarm();
	assert_string_equal(nth->name, call);
	if (strstr(err.text, want) == NULL)
		fail_msg("'%s' is not in: %s", want, err.text);
	assert_int_equal(err.kind, ERR_LATER);
}

static void
test_directory_fails(void **state)
{
	own(str) char *theirs = make("theirs", nobody()->pw_uid, 0755);
	own(str) char *inner = mem_format("%s/spool", theirs), *plain = in_top("spool"),
	    *none = in_top("none/spool"), *file = scratch_file(top, "file", ""),
	    *below = mem_format("%s/spool", file);
	struct conf conf;
	struct err err;

	(void)state;
	ROOT_ONLY();
	load(&conf, "nobody");
	no_directory(&conf, plain, "fchown", "chown %s: Input/output error");
	no_directory(&conf, inner, "getgroups", "groups of user nobody: Input/");
	assert_int_equal(owner(inner), (uid_t)-1);
	no_directory(&conf, none, "getgroups", "groups of user nobody: Input/");
	users_away = 1;
	no_directory(&conf, plain, "", "user nobody: Input/output error");
	users_away = 0;
	conf_drop(&conf);
	/* without a user it stays ours */
	load(&conf, "");
	no_directory(&conf, none, "", "mkdir %s: No such file or directory");
	no_directory(&conf, below, "", "mkdir %s: Not a directory");
	assert_int_equal(rmdir(plain), 0);
	assert_int_equal(daemon_directory(&conf, plain, &err), 0);
	assert_int_equal(owner(plain), 0);
	conf_drop(&conf);
}

static int
complain(void *arg, struct err *err)
{
	return err_set(err, *(enum err_kind *)arg, "no");
}

static void
test_kinds(void **state)
{
	enum err_kind kinds[] = { ERR_LATER, ERR_NEVER };
	struct conf conf;
	struct err err;

	(void)state;
	ROOT_ONLY();
	load(&conf, "nobody");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(daemon_try(&conf, complain, &kinds[i], &err),
		    -1);
		assert_int_equal(err.kind, kinds[i]);
		assert_string_equal(err.text, "as user nobody: no");
	}
	users_away = 1;
	assert_int_equal(daemon_check(&conf, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text,
	    "tdc.cf:1: user: user nobody: Input/output error"));
	users_away = 0;
	conf_drop(&conf);
	load(&conf, "no-such-user");
	assert_int_equal(daemon_check(&conf, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	conf_drop(&conf);
}

/* open_it - as what daemons load at their start */
static int
open_it(void *path, struct err *err)
{
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd == -1 ? err_sys(err, "open") : 0;
}

static void
nobody_runs(struct conf *conf)
{
	conf->user = "nobody";
}

/* What is root's alone is not opened for who will be nobody; then root is root
 * again. */
static void
test_load(void **state)
{
	own(str) char *path = NULL, *said = NULL, *secret = NULL;
	struct daemon daemon = { .name = "prog" };
	struct err err;

	(void)state;
	ROOT_ONLY();
	path = scratch_file(top, "tdc.cf", "user =\n");
	said = scratch_file(top, "as.cf", "user = no-such-user\n");
	secret = scratch_file(top, "secret", "word\n");
	assert_int_equal(chmod(secret, 0640), 0);
	daemon.conf_file = path;
	assert_int_equal(daemon_load(&daemon, nobody_runs, open_it, secret, &err),
	    -1);
	assert_string_equal(err.text,
	    "as user nobody: open: Permission denied");
	assert_int_equal(err.sys, EACCES);
	assert_int_equal(open_it(secret, &err), 0);
	assert_int_equal(daemon_load(&daemon, nobody_runs, open_it, path, &err), 0);
	/* who stays root may */
	assert_int_equal(daemon_load(&daemon, NULL, open_it, secret, &err), 0);
	assert_null(daemon.conf);
	daemon.conf_file = said;
	assert_int_equal(daemon_load(&daemon, NULL, open_it, path, &err), -1);
	assert_non_null(strstr(err.text, "as.cf:1: user: no user 'no-such-user'"));
	assert_non_null(daemon.conf);
	daemon.conf_file = secret;
	assert_int_equal(daemon_load(&daemon, NULL, open_it, path, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_log_of_root),
		TEST(test_log_of_user),
		TEST(test_directory),
		TEST(test_directory_raced),
		TEST(test_directory_fails),
		TEST(test_kinds),
		TEST(test_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
