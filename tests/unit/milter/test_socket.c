/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socket: what milter_socket may say, and whose socket is removed for ours
 *
 * WRAP: access connect eventfd fchownat fstat getgrnam lstat open socket unlink
 */
#include "milter/socket.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/own.h"
#include "milter/callbacks.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch_path.h"

NTH_CALL(int, access, (const char *name, int mode), (name, mode), -1)
NTH_CALL(int, connect, (int fd, const struct sockaddr *to, socklen_t n), (fd, to, n), -1)
NTH_CALL(int, eventfd, (unsigned n, int flags), (n, flags), -1)
NTH_CALL(int, fchownat, (int fd, const char *name, uid_t uid, gid_t gid, int flags),
    (fd, name, uid, gid, flags), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(struct group *, getgrnam, (const char *group), (group), NULL)
NTH_CALL(int, lstat, (const char *name, struct stat *st), (name, st), -1)
NTH_CALL(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
NTH_CALL(int, unlink, (const char *name), (name), -1)
NTH_OPEN

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("sock");
	return 0;
}

/* load - a tdc.cf with these lines */
static void
load(struct conf *conf, const char *lines)
{
	own(str) char *text = mem_format("user =\n%s", lines);
	own(str) char *cf = scratch_file(dir, "tdc.cf", text);
	struct err err;

	assert_int_equal(conf_load(cf, conf, &err), 0);
}

static void
test_names(void **state)
{
	static const struct {
		const char	*says, *name, *error;
		bool		 exposed;
	} rows[] = {
		{ "/run/sock", "unix:/run/sock", NULL, false },
		{ "unix:/run/sock", "unix:/run/sock", NULL, false },
		{ "local:/run/sock", "unix:/run/sock", NULL, false },
		{ "inet:1@127.0.0.1", "inet:1@127.0.0.1", NULL, false },
		{ "inet:localhost:8891", "inet:8891@localhost", NULL, false },
		{ "inet:192.0.2.1:8891", "inet:8891@192.0.2.1", NULL, true },
		{ "inet:65535", "inet:65535@127.0.0.1", NULL, false },
		{ "inet6:65535", "inet6:65535@[::1]", NULL, false },
		{ "inet6:8891@2001:db8::1", "inet6:8891@2001:db8::1", NULL, true },
		{ "run/sock", NULL, "is neither unix:PATH nor inet:PORT@HOST", false },
		{ "unix:run/sock", NULL, "is no absolute path", false },
		{ "unix:", NULL, "is no absolute path", false },
		{ "inet:", NULL, "has no port from 1 to 65535", false },
		{ "inet:0", NULL, "has no port from 1 to 65535", false },
		{ "inet:65536", NULL, "has no port from 1 to 65535", false },
		{ "inet:+1", NULL, "has no port from 1 to 65535", false },
		{ "inet:25x@127.0.0.1", NULL, "has no port from 1 to 65535", false },
		{ "inet:@127.0.0.1", NULL, "has no port from 1 to 65535", false },
		{ "/0123456789012345678901234567890123456789012345678901234567890123456"
		    "789012345678901234567890123456789012345678", NULL,
		    "is longer than a unix socket's name may be", false },
	};

	struct conf conf;

	(void)state;
	load(&conf, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(buf) struct buf name = BUF;
		struct err err = { .text = "" };
		bool is_unix;
		int status;

		conf.milter_socket = rows[i].says;
		status = socket_name(&conf, &name, &is_unix, &err);
		if (rows[i].error != NULL) {
			assert_int_equal(status, -1);
			if (strstr(err.text, rows[i].error) == NULL)
				fail_msg("%s: %s", rows[i].says, err.text);
			continue;
		}
		assert_int_equal(status, 0);
		assert_string_equal(name.data, rows[i].name);
		assert_int_equal(is_unix, name.data[0] == 'u');
		assert_int_equal(socket_exposed(&conf, &err), rows[i].exposed);
	}
	conf_drop(&conf);
}

/* listen_there - another program; -1: it made the socket, and has ended */
static int
listen_there(int type, bool lives)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%.100s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 0), 0);
	if (lives)
		return fd;
	close(fd);
	return -1;
}

/* open_ours - in a child, since libmilter opens one; its exit code is 0, 1 for
 * a no that may pass, or 2 for one that does not, as err_seen says */
static struct err *err_seen;
static struct service service;

static int
open_ours(const struct conf *conf)
{
	const struct given given = { .socket = -1, .ready = -1 };
	int status;
	pid_t pid;

	memset(err_seen, 0, sizeof(*err_seen));
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		alarm(10);
		if (callbacks_register(&service, true) == -1)
			_exit(3);
		if (nth != NULL)
			nth_arm();
		status = socket_open(conf, &given, err_seen);
		_exit(status == 0 ? 0 : err_seen->kind == ERR_NEVER ? 2 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (nth != NULL)
		nth_disarm();
	return WEXITSTATUS(status);
}

static ino_t
inode(void)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* Whatever is there and not dead stays. */
static void
test_others(void **state)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	own(str) char *lines = mem_format("milter_socket = %s\n", path);
	struct conf conf;
	ino_t there;

	(void)state;
	load(&conf, lines);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		int fd = listen_there(types[i], true);

		there = inode();
		assert_int_equal(open_ours(&conf), 1);
		assert_non_null(strstr(err_seen->text, "is in use by another program"));
		assert_int_equal(inode(), there);
		close(fd);
		unlink(path);
	}
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
	assert_int_equal(open_ours(&conf), 2);
	assert_non_null(strstr(err_seen->text, "is there and is no socket"));
	assert_int_equal(unlink(path), 0);
	conf_drop(&conf);
}

/* A queue that is full is somebody's. */
static void
test_busy(void **state)
{
	own(str) char *lines = mem_format("milter_socket = %s\n", path);
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = listen_there(SOCK_STREAM, true), waiting[8], n = 0;
	ino_t there = inode();
	struct conf conf;

	(void)state;
	load(&conf, lines);
	snprintf(name.sun_path, sizeof(name.sun_path), "%.100s", path);
	do {
		assert_in_range(n, 0, 7);
		waiting[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	} while (connect(waiting[n++], (struct sockaddr *)&name, sizeof(name)) == 0);
	assert_int_equal(open_ours(&conf), 1);
	assert_non_null(strstr(err_seen->text, "is in use by another program"));
	assert_int_equal(inode(), there);
	while (n > 0)
		close(waiting[--n]);
	close(fd);
	conf_drop(&conf);
}

/* walk - each call of an opening fails once; the socket of who lives stays, and a no
 * says why */
static void
walk(const char *lines, bool lives, int error)
{
	struct conf conf;

	load(&conf, lines);
	for (unsigned at = 1; nth_begin(at, error); at++) {
		int fd = listen_there(SOCK_STREAM, lives), code;
		ino_t there = inode();

		assert_in_range(at, 1, 40);
		code = open_ours(&conf);
		if (code != 0 && strlen(err_seen->text) < 5)
			fail_msg("%s: no reason", nth->name);
		if (code == 0 && (lives || inode() == 0))
			fail_msg("%s: a yes", nth->name);
		if (lives && inode() != there)
			fail_msg("%s: another's socket was removed", nth->name);
		if (nth->name[0] == '\0')
			assert_int_equal(code, lives ? 1 : 0);
		if (fd != -1)
			close(fd);
		unlink(path);
	}
	conf_drop(&conf);
}

static void
test_each_call(void **state)
{
	static const int errors[] = { EMFILE, EACCES, EIO };
	own(str) char *lines = mem_format("milter_socket = %s\n"
	    "milter_socket_group = root\n", path);

	(void)state;
	if (geteuid() != 0)
		skip();			/* nobody else may give it to that group */
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		walk(lines, false, errors[i]);
		walk(lines, true, errors[i]);
	}
}

/* A group that is not there, and one of which nobody can say. */
static void
test_group(void **state)
{
	static const struct {
		int		 error, code;
		const char	*says;
	} rows[] = {
		{ 0, -1, "no group 'such'" },
		{ ENOENT, -1, "no group 'such'" },
		{ ESRCH, -1, "no group 'such'" },
		{ EIO, -1, "group such: Input/output error" },
	};
	struct conf conf;

	(void)state;
	load(&conf, "milter_socket_group = such\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { .kind = ERR_LATER };

		assert_true(nth_only(1, rows[i].error));
		nth_arm();
		assert_int_equal(socket_check(&conf, &err), -1);
		nth_disarm();
		assert_string_equal(nth->name, "getgrnam");
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s", err.text);
		assert_non_null(strstr(err.text, "milter_socket_group"));
		assert_int_equal(err.kind == ERR_NEVER, rows[i].error != EIO);
	}
	conf_drop(&conf);
}

/* Where there is a directory, and where a name has none that could be missing. */
static void
test_place(void **state)
{
	static const struct {
		const char	*line;
		int		 result;
	} rows[] = {
		{ "milter_socket = /sock\n", 0 },
		{ "milter_socket = inet:25@127.0.0.1\n", 0 },
		{ "milter_socket = /no/such/place/sock\n", -1 },
		{ "milter_socket = no/such/place/sock\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err = { .text = "" };
		struct conf conf;

		load(&conf, rows[i].line);
		assert_int_equal(socket_place(&conf, &err), rows[i].result);
		if (rows[i].result == -1) {
			assert_non_null(strstr(err.text, "has no directory yet"));
			assert_int_equal(err.kind, ERR_LATER);
		}
		conf_drop(&conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, set_up, scratch_tear_down),
		cmocka_unit_test_setup_teardown(test_others, set_up, scratch_tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up, scratch_tear_down),
		cmocka_unit_test_setup_teardown(test_each_call, set_up, scratch_tear_down),
		cmocka_unit_test_setup_teardown(test_group, set_up, scratch_tear_down),
		cmocka_unit_test_setup_teardown(test_place, set_up, scratch_tear_down),
	};

	err_seen = mmap(NULL, sizeof(*err_seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
