/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * behalf: in which directories root may make a file for another user, and how it is
 * made where it may not
 *
 * WRAP: getgrouplist getgroups setgroups setfsuid setfsgid
 */
#include "base/behalf.h"

#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, getgrouplist, (const char *user, gid_t gid, gid_t *groups, int *n),
    (user, gid, groups, n), -1)
NTH_CALL(int, getgroups, (int n, gid_t *groups), (n, groups), -1)
NTH_CALL(int, setgroups, (size_t n, const gid_t *groups), (n, groups), -1)
/* These say who we were, whether they do it or not. */
NTH_CALL(int, setfsuid, (uid_t uid), (uid), (int)geteuid())
NTH_CALL(int, setfsgid, (gid_t gid), (gid), (int)getegid())

enum { OTHERS = 4711 };		/* a group that nobody is in */

static const struct passwd *nobody;
static char *dir;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	nobody = getpwnam("nobody");
	return nobody == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(dir);
	return 0;
}

static void
only_root(void)
{
	if (geteuid() != 0)
		skip();			/* nobody else may give files away */
}

/* below - a path in the directory; new */
static char *
below(const char *name)
{
	return mem_format("%s/%s", dir, name);
}

/* make - a directory of that user and group */
static void
make(const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	own(str) char *path = below(name);

	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chown(path, uid, gid), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static bool
safe(const char *name)
{
	own(str) char *path = below(name);

	return behalf_safe(path, nobody);
}

static void
test_directories(void **state)
{
	const struct {
		const char	*name;
		uid_t		 uid;
		gid_t		 gid;
		mode_t		 mode;
		bool		 safe;
	} rows[] = {
		{ "roots", 0, 0, 0755, true },
		{ "roots-alone", 0, 0, 0700, true },
		{ "theirs", nobody->pw_uid, 0, 0755, false },
		{ "anybodys", 0, 0, 0777, false },
		{ "as-tmp", 0, 0, 01777, true },
		{ "of-their-group", 0, nobody->pw_gid, 0775, false },
		{ "seen-by-their-group", 0, nobody->pw_gid, 0755, true },
		{ "of-another-group", 0, OTHERS, 0775, true },
	};
	own(str) char *here = below("file");

	(void)state;
	only_root();
	if (!behalf_safe(here, nobody))
		skip();			/* where we build is not root's */
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *file = mem_format("%s/file", rows[i].name);
		own(str) char *deeper = mem_format("%s/roots/file", rows[i].name);
		own(str) char *inner = mem_format("%s/roots", rows[i].name);

		make(rows[i].name, rows[i].uid, rows[i].gid, rows[i].mode);
		make(inner, 0, 0, 0755);
		if (safe(file) != rows[i].safe || safe(deeper) != rows[i].safe)
			fail_msg("%s", rows[i].name);
	}
}

/* A link leads where it leads. */
static void
test_links(void **state)
{
	own(str) char *to_roots = below("to-roots"), *to_theirs = below("to-theirs"),
	    *theirs = below("their-link"), *nowhere = below("to-nowhere"),
	    *here = below("file");

	(void)state;
	only_root();
	if (!behalf_safe(here, nobody))
		skip();
	make("roots", 0, 0, 0755);
	make("theirs", nobody->pw_uid, 0, 0755);
	assert_int_equal(symlink("roots", to_roots), 0);
	assert_int_equal(symlink("theirs", to_theirs), 0);
	assert_int_equal(symlink("none", nowhere), 0);
	assert_int_equal(symlink("roots", theirs), 0);
	assert_int_equal(lchown(theirs, nobody->pw_uid, 0), 0);
	assert_true(safe("to-roots/file"));
	assert_false(safe("to-theirs/file"));
	assert_false(safe("to-nowhere/file"));
	assert_false(safe("their-link/file"));
	assert_false(safe("none/file"));
}

/* What cannot be told is not safe. */
static void
test_names(void **state)
{
	char name[PATH_MAX + 10];

	(void)state;
	assert_false(behalf_safe("file", nobody));
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_false(behalf_safe(name, nobody));
	assert_true(behalf_safe("/file", nobody));
}

static void
test_groups(void **state)
{
	(void)state;
	assert_true(behalf_has_group(nobody, nobody->pw_gid));
	assert_false(behalf_has_group(nobody, OTHERS));
	/* of too many to be listed it may be one */
	assert_true(nth_begin(1, 0));
	nth_arm();
	assert_true(behalf_has_group(nobody, OTHERS));
	nth_disarm();
}

/* assert_made_by - whose a file is that is made now */
static void
assert_made_by(const char *name, uid_t uid, gid_t gid)
{
	own(str) char *path = below(name);
	struct stat st;

	close(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, uid);
	assert_int_equal(st.st_gid, gid);
}

static void
test_begin(void **state)
{
	const gid_t before[] = { 0, OTHERS };
	struct behalf behalf;
	gid_t groups[64];
	struct err err;

	(void)state;
	only_root();
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(setgroups(2, before), 0);
	assert_int_equal(behalf_begin(&behalf, nobody, &err), 0);
	assert_made_by("theirs", nobody->pw_uid, nobody->pw_gid);
	for (int n = getgroups(64, groups); n > 0; n--)
		assert_true(behalf_has_group(nobody, groups[n - 1]));
	errno = ENOENT;
	behalf_end(&behalf);
	assert_int_equal(errno, ENOENT);
	assert_made_by("ours", geteuid(), getegid());
	assert_int_equal(getgroups(64, groups), 2);
}

/* Each call fails once: we are who we were, or who it was to be with less. */
static void
test_each_call(void **state)
{
	const int groups = getgroups(0, NULL);
	struct behalf behalf;
	struct err err;

	(void)state;
	only_root();
	for (unsigned at = 1; nth_begin(at, EIO); at++) {
		int status;

		nth_arm();
		status = behalf_begin(&behalf, nobody, &err);
		nth_disarm();
		if (strcmp(nth->name, "getgroups") == 0 ||
		    strcmp(nth->name, "setgroups") == 0) {
			assert_int_equal(status, -1);
			assert_string_equal(err.text,
			    "groups of user nobody: Input/output error");
		} else if (strncmp(nth->name, "setfs", 5) == 0) {
			assert_int_equal(status, -1);
			assert_string_equal(err.text,
			    "not allowed to act as user nobody");
		} else {
			assert_int_equal(status, 0);
			behalf_end(&behalf);
		}
		assert_int_equal(setfsuid((uid_t)-1), 0);
		assert_int_equal(setfsgid((gid_t)-1), 0);
		assert_int_equal(getgroups(0, NULL), groups);
	}
}

/* Who cannot become root again goes no further. */
static void
test_no_way_back(void **state)
{
	const struct rlimit none = { 0, 0 };
	struct behalf behalf;
	struct err err;
	int status;
	pid_t pid;

	(void)state;
	only_root();
	assert_true(nth_only(3, EPERM));	/* setgroups() */
	pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		if (behalf_begin(&behalf, nobody, &err) == 0) {
			nth_arm();
			behalf_end(&behalf);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	nth_disarm();
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_directories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_groups, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_begin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_each_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_way_back, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
