/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_reach - does whoever listens at milter_socket answer as a milter does?
 *
 * WRAP: connect read send socket
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/own.h"
#include "control/postfix/reach.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, socket, (int family, int type, int protocol),
    (family, type, protocol), -1)
NTH_CALL(int, connect, (int fd, const struct sockaddr *to, socklen_t n),
    (fd, to, n), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(ssize_t, send, (int fd, const void *bytes, size_t n, int flags),
    (fd, bytes, n, flags), -1)

/* What says so to each connection, until it is killed. */
struct peer {
	pid_t		 pid;
	char		*dir, *socket;
};

static _Noreturn void
serve(int fd, const char *bytes, size_t n)
{
	alarm(60);		/* whatever becomes of the test */
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		char hello[17];

		if (recv(peer, hello, sizeof(hello), MSG_WAITALL) ==
		    (ssize_t)sizeof(hello) && hello[3] == 13 && hello[4] == 'O')
			for (size_t i = 0; i < n; i++)
				(void)send(peer, bytes + i, 1, MSG_NOSIGNAL);
		close(peer);
	}
}

static struct peer
listen_there(const char *bytes, size_t n)
{
	char *dir = scratch_new();
	struct peer peer = { .dir = dir, .socket = mem_format("unix:%s/s", dir) };
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(strlen(peer.socket + 5) < sizeof(name.sun_path));
	strcpy(name.sun_path, peer.socket + 5);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(fd, 5), 0);
	peer.pid = fork();
	assert_int_not_equal(peer.pid, -1);
	if (peer.pid == 0)
		serve(fd, bytes, n);
	close(fd);
	return peer;
}

static void
leave(struct peer *peer)
{
	assert_int_equal(kill(peer->pid, SIGKILL), 0);
	assert_int_equal(waitpid(peer->pid, NULL, 0), peer->pid);
	free(peer->socket);
	scratch_free(peer->dir);
}

static int
try(const char *socket_name, struct err *err)
{
	const struct conf conf = { .milter_socket = socket_name };
	const struct postfix postfix = { .mail_owner = "" };

	return reach(&conf, &postfix, err);
}

static void
answers(void **state)
{
	static const struct { const char *bytes; size_t n; bool good; } rows[] = {
		{ "\0\0\0\rO\0\0\0\6\0\0\1\0\0\0\0\0", 17, true },
		/* names of macros come after it */
		{ "\0\0\0\xffO\0\0\0\6\0\0\1\0\0\0\0\0{auth}", 23, true },
		{ "\0\0\0\rO", 5, true },
		{ "\0\0\0\rc", 5, false },
		{ "\0\1\0\rO", 5, false },
		{ "220 mx ESMTP\r\n", 14, false },
		{ "\0\0\0\r", 4, false },
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct peer peer = listen_there(rows[i].bytes, rows[i].n);
		struct err err = { .text = "" };
		int result = try(peer.socket, &err);

		if (result != (rows[i].good ? 0 : -1))
			fail_msg("row %zu: %s", i, err.text);
		if (result == -1)
			assert_non_null(strstr(err.text,
			    "it does not answer as a milter does"));
		leave(&peer);
	}
}

static void
each_call_fails(void **state)
{
	struct peer peer = listen_there("\0\0\0\rO", 5);
	unsigned at = 1;

	(void)state;
	for (; nth_begin(at, ECONNREFUSED); at++) {
		struct err err = { .text = "" };
		int result;

		nth_arm();
		result = try(peer.socket, &err);
		nth_disarm();
		if (nth->name[0] == '\0' && result != 0)
			fail_msg("%s", err.text);
		/* the good-bye may fail */
		if (strcmp(nth->name, "socket") == 0 ||
		    strcmp(nth->name, "connect") == 0)
			assert_non_null(strstr(err.text, "/s: Connection refused"));
		if (result == -1)
			assert_true(*err.text != '\0');
	}
	assert_true(at > 4);
	leave(&peer);
}

/* Nobody is there, or nobody can be. */
static void
nobody(void **state)
{
	own(str) char *long_name = mem_format("unix:/%0*d", 200, 7);
	struct err err;

	(void)state;
	assert_int_equal(try(long_name, &err), -1);
	assert_non_null(strstr(err.text, ": too long"));
	assert_int_equal(try("unix:/no/such/socket", &err), -1);
	assert_string_equal(err.text, "/no/such/socket: No such file or directory");
	/* the discard port, which needs root to be listened at */
	assert_int_equal(try("inet:9@127.0.0.1", &err), -1);
	assert_string_equal(err.text, "127.0.0.1 port 9: Connection refused");
	assert_int_equal(try("inet:9@[no]", &err), -1);
	assert_non_null(strstr(err.text, "no: "));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(each_call_fails),
		cmocka_unit_test(nobody),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
