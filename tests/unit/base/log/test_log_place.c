/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_place: which file becomes whose, and what is done with, kept for later or lost
 * when a place does not take it
 *
 * WRAP: fstat fchown getgroups fcntl writev socket connect sendmsg
 */
#include "base/log/log_place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/behalf.h"
#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_FCNTL
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid), -1)
NTH_CALL(int, getgroups, (int n, gid_t *groups), (n, groups), -1)
NTH_CALL(ssize_t, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n), -1)
NTH_CALL(int, socket, (int family, int type, int protocol), (family, type, protocol), -1)

static int daemon_says;			/* how it refuses us; 0: it does not */
static int sent_fails;			/* so does each record */
static int connects;

int __wrap_connect(int, const struct sockaddr *, socklen_t);
int
__wrap_connect(int fd, const struct sockaddr *to, socklen_t size)
{
	(void)fd, (void)to, (void)size;
	connects++;
	errno = daemon_says;
	return daemon_says == 0 ? 0 : -1;
}

ssize_t __wrap_sendmsg(int, const struct msghdr *, int);
ssize_t
__wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
	(void)fd, (void)flags;
	errno = sent_fails;
	return sent_fails != 0 ? -1 : (ssize_t)(message->msg_iov[0].iov_len +
	    message->msg_iov[1].iov_len);
}

enum { OTHERS = 4711 };		/* a user and a group that nobody is in */

static const struct passwd *nobody;
static char *dir;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	nobody = getpwnam("nobody");
	daemon_says = sent_fails = connects = 0;
	signal(SIGPIPE, SIG_IGN);
	return nobody == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(dir);
	return 0;
}

static char *
below(const char *name)
{
	return mem_format("%s/%s", dir, name);
}

static size_t
put(struct log_place *place, const char *first, const char *second, uint64_t *out_lost)
{
	const struct iovec parts[2] = { { (char *)first, strlen(first) },
		{ (char *)second, strlen(second) } };

	*out_lost = 99;
	return log_place_write(place, parts, out_lost);
}

/* ---- files ---- */

/* A device stays a device; what is not there is not made. */
static void
test_look(void **state)
{
	own(str) char *fifo = below("fifo");
	struct err err;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(log_place_look(fifo, NULL, false, &err), -1);
	assert_non_null(strstr(err.text, "/fifo is neither a file nor a device"));
	for (int moved = 0; moved < 2; moved++) {
		own(fd) int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		assert_int_equal(log_place_look("/dev/null", NULL, moved, &err), 0);
		assert_int_equal(log_place_look("/none/of/it", NULL, moved, &err), -1);
		assert_string_equal(err.text,
		    "open /none/of/it: No such file or directory");
		assert_int_equal(chdir(dir), 0);
		assert_int_equal(log_place_look("maillog", NULL, moved, &err), 0);
		assert_int_equal(access("maillog", F_OK), -1);
		assert_int_equal(fchdir(here), 0);
	}
}

/* Only a file that nobody has used becomes the user's: through another name it could
 * be any other one of root's. */
static void
test_owner(void **state)
{
	static const struct {
		const char	*text;
		bool		 linked, user;
		uid_t		 uid;
		gid_t		 gid;
		bool		 theirs, same_group;
	} rows[] = {
		{ "", false, true, 0, 0, true, false },
		{ "", false, true, 0, OTHERS, true, true },
		{ "line\n", false, true, 0, 0, false, true },
		{ "", true, true, 0, 0, false, true },
		{ "", false, true, OTHERS, 0, false, true },
		{ "", false, false, 0, 0, false, true },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *path = scratch_file(dir, "maillog", rows[i].text);
		own(str) char *other = below("other");
		const struct passwd *user = rows[i].user ? nobody : NULL;
		struct log_place place = LOG_PLACE_NONE;
		struct stat st;
		struct err err;

		if (!behalf_safe(path, nobody))
			skip();			/* where we build is not root's */
		assert_int_equal(chown(path, rows[i].uid, rows[i].gid), 0);
		if (rows[i].linked)
			assert_int_equal(link(path, other), 0);
		assert_int_equal(log_place_open(path, user, &place, &err), 0);
		assert_int_equal(place.kind, LOG_TO_FILE);
		log_place_close(&place);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_uid, rows[i].theirs ? nobody->pw_uid : rows[i].uid);
		assert_int_equal(st.st_gid, rows[i].same_group ? rows[i].gid :
		    nobody->pw_gid);
		assert_int_equal(unlink(path), 0);
		(void)unlink(other);
	}
}

/* walk - each call fails once while that file is opened for nobody; how many did */
static unsigned
walk(const char *path, const char *const why[])
{
	unsigned failed = 0;

	for (unsigned at = 1; nth_begin(at, EIO); at++) {
		struct log_place place = LOG_PLACE_NONE;
		own(str) char *want = NULL;
		struct err err;
		int status;

		(void)unlink(path);
		nth_arm();
		status = log_place_open(path, nobody, &place, &err);
		nth_disarm();
		assert_int_equal(status, nth->name[0] == '\0' ? 0 : -1);
		if (status == 0) {
			assert_int_not_equal(place.fd, -1);
			log_place_close(&place);
			continue;
		}
		want = mem_format(why[failed++], path);
		assert_string_equal(err.text, want);
		assert_int_equal(err.kind, ERR_LATER);
		assert_int_equal(place.kind, LOG_TO_NONE);
		assert_int_equal(place.fd, -1);
	}
	return failed;
}

static void
test_each_call(void **state)
{
	static const char *const ours[] = { "look at %s: Input/output error",
		"chown %s: Input/output error", "" };
	static const char *const theirs[] = {
		"groups of user nobody: Input/output error",
		"look at %s: Input/output error", "" };
	own(str) char *home = below("theirs");
	own(str) char *path = below("maillog"), *inner = below("theirs/maillog");

	(void)state;
	if (geteuid() != 0 || !behalf_safe(path, nobody))
		skip();
	assert_int_equal(walk(path, ours), 2);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(mkdir(home, 0700), 0);
	assert_int_equal(chown(home, nobody->pw_uid, nobody->pw_gid), 0);
	assert_int_equal(walk(inner, theirs), 2);
}

/* ---- streams ---- */

/* What a pipe does not take now is kept; a signal changes nothing. */
static void
test_stream(void **state)
{
	static char bytes[4096], line[] = "one\ntwo\n";
	struct log_place place = LOG_PLACE_NONE;
	struct err err;
	uint64_t lost;
	int fds[2];

	(void)state;
	assert_int_equal(log_place_stream(4711, &place, &err), -1);
	assert_string_equal(err.text, "descriptor 4711: Bad file descriptor");
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(log_place_stream(fds[1], &place, &err), 0);
	close(fds[1]);
	assert_true(nth_begin(1, EINTR));
	nth_arm();
	assert_int_equal(put(&place, line, "", &lost), 4);
	nth_disarm();
	assert_string_equal(nth->name, "writev");
	assert_int_equal(lost, 0);
	assert_int_equal(read(fds[0], bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "one\n", 4);
	memset(bytes, 'x', sizeof(bytes));
	while (write(place.fd, bytes, sizeof(bytes)) > 0)
		;
	assert_int_equal(put(&place, line, "", &lost), 0);
	assert_int_equal(lost, 0);
	assert_int_equal(read(fds[0], bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(put(&place, line, "", &lost), 4);
	close(fds[0]);
	assert_int_equal(put(&place, line, "", &lost), 4);
	assert_int_equal(lost, 1);
	log_place_close(&place);
}

/* Nobody reads from it any more: who waits for room does not go round in circles. */
static void
test_wait(void **state)
{
	static char bytes[4096];
	struct log_place place = LOG_PLACE_NONE;
	int64_t began;
	struct err err;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(log_place_stream(fds[1], &place, &err), 0);
	close(fds[1]);
	began = clock_now();
	log_place_wait(&place, 10000);		/* there is room */
	assert_in_range(clock_now() - began, 0, 9000);
	while (write(place.fd, bytes, sizeof(bytes)) > 0)
		;
	for (int i = 0; i < 2; i++) {
		began = clock_now();
		log_place_wait(&place, 50);
		assert_in_range(clock_now() - began, 49, 30000);
		if (i == 0)
			close(fds[0]);
	}
	log_place_close(&place);
}

/* ---- syslog ---- */

static void
test_records(void **state)
{
	static const struct {
		int		error;
		size_t		done;
		uint64_t	lost;
		bool		starved, kept;
		int		connects;
	} rows[] = {
		{ 0, 4, 0, false, true, 1 },
		{ EMSGSIZE, 4, 1, false, true, 1 },
		{ ENOBUFS, 0, 0, true, true, 1 },
		{ ENOMEM, 0, 0, true, true, 1 },
		{ EAGAIN, 0, 0, false, true, 1 },
		{ EINTR, 0, 0, false, true, 1 },
		{ ECONNREFUSED, 0, 0, false, false, 2 },	/* another one, too */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct iovec parts[2] = { { (char *)"one\0two", 8 },
			{ .iov_len = 0 } };
		struct log_place place = LOG_PLACE_SYSLOG;
		uint64_t lost = 99;

		connects = 0;
		sent_fails = rows[i].error;
		assert_int_equal(log_place_write(&place, parts, &lost), rows[i].done);
		assert_int_equal(lost, rows[i].lost);
		assert_int_equal(place.starved, rows[i].starved);
		assert_int_equal(place.fd != -1, rows[i].kept);
		assert_int_equal(connects, rows[i].connects);
		/* and later all is well */
		sent_fails = 0;
		assert_int_equal(log_place_write(&place, parts, &lost), 4);
		log_place_close(&place);
	}
}

/* Nobody is there, or what is there is of neither type: the record waits. */
static void
test_no_daemon(void **state)
{
	static const struct { int error, connects; } rows[] = {
		{ ENOENT, 1 }, { EPROTOTYPE, 2 } };
	const struct iovec parts[2] = { { (char *)"", 0 }, { (char *)"one", 4 } };
	struct log_place place = LOG_PLACE_SYSLOG;
	uint64_t lost = 99;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		daemon_says = rows[i].error;
		connects = 0;
		assert_int_equal(log_place_write(&place, parts, &lost), 0);
		assert_int_equal(lost, 0);
		assert_true(place.down);
		assert_int_equal(place.fd, -1);
		assert_int_equal(connects, rows[i].connects);
	}
	daemon_says = 0;
	/* a descriptor for the second type alone */
	assert_true(nth_begin(1, EMFILE));
	nth_arm();
	assert_int_equal(log_place_write(&place, parts, &lost), 4);
	nth_disarm();
	assert_string_equal(nth->name, "socket");
	assert_false(place.down);
	assert_true(place.whole);
	log_place_close(&place);
	assert_int_equal(place.fd, -1);
}

/* ---- neither ---- */

static void
test_nowhere(void **state)
{
	struct log_place none = LOG_PLACE_NONE, listeners = LOG_PLACE_LISTENERS;
	uint64_t lost;

	(void)state;
	assert_int_equal(put(&none, "one\n", "two\n", &lost), 8);
	assert_int_equal(lost, 0);
	assert_int_equal(put(&listeners, "one\n", "two\n", &lost), 8);
	assert_int_equal(lost, 0);
	log_place_close(&none);
}

#define PLACE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_look),
		PLACE_TEST(test_owner),
		PLACE_TEST(test_each_call),
		PLACE_TEST(test_stream),
		PLACE_TEST(test_wait),
		PLACE_TEST(test_records),
		PLACE_TEST(test_no_daemon),
		PLACE_TEST(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
