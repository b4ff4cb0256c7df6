/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to a server that is away, closes, stalls or talks no TLS, and
 * system calls that fail: each ends in time, and says which server and why
 *
 * NEEDS: REMEDIATION
 * WRAP: connect getsockopt poll recv send socket
 */
#include "remediate/imap/imap_link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, connect, (int fd, const struct sockaddr *to, socklen_t n),
    (fd, to, n), -1)
NTH_CALL(int, getsockopt, (int fd, int level, int name, void *out,
    socklen_t *n), (fd, level, name, out, n), -1)
NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)
NTH_CALL(ssize_t, recv, (int fd, void *bytes, size_t n, int flags),
    (fd, bytes, n, flags), -1)
NTH_CALL(ssize_t, send, (int fd, const void *bytes, size_t n, int flags),
    (fd, bytes, n, flags), -1)
NTH_CALL(int, socket, (int family, int type, int protocol),
    (family, type, protocol), -1)

enum { TIMEOUT = 300 };		/* ms */

static int listener = -1, server = -1;
static char port[8];
static struct imap_link *link_;
static struct err err;
static atomic_bool stopped;

static struct imap_peer
peer(void)
{
	return (struct imap_peer){ .host = "127.0.0.1", .port = port,
		.ca_file = "", .ca_path = "", .timeout = TIMEOUT,
		.stopped = &stopped };
}

static int
open_link(void)
{
	const struct imap_peer there = peer();

	err.text[0] = '\0';
	return imap_link_open(&there, &link_, &err);
}

/* set_up - a server that listens, on the loopback */
static int
set_up(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);

	(void)state;
	atomic_store(&stopped, false);
	link_ = NULL;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, length), 0);
	assert_int_equal(listen(listener, 4), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at,
	    &length), 0);
	snprintf(port, sizeof(port), "%u", ntohs(at.sin_port));
	return 0;
}

/* talk - a connection, and the server's end of it */
static void
talk(void)
{
	if (open_link() == -1)
		fail_msg("%s", err.text);
	server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_not_equal(server, -1);
}

static void
hang_up(void)
{
	if (server != -1)
		assert_int_equal(close(server), 0);
	server = -1;
}

/* forget - connections that nobody took */
static void
forget(void)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) != -1)
		close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	link_ = imap_link_close(link_);
	hang_up();
	close(listener);
	return 0;
}

/* says - of this server, and that it may pass */
static void
says(const char *why)
{
	own(str) char *wanted = mem_format("127.0.0.1 port %s: %s", port, why);

	assert_string_equal(err.text, wanted);
	assert_int_equal(err.kind, ERR_LATER);
}

static void
test_plain(void **state)
{
	char bytes[8];

	(void)state;
	talk();
	assert_int_equal(imap_link_write(link_, "a NOOP\r\n", 8, &err), 0);
	assert_int_equal(recv(server, bytes, 8, MSG_WAITALL), 8);
	assert_memory_equal(bytes, "a NOOP\r\n", 8);
	assert_int_equal(send(server, "a OK\r\n", 6, 0), 6);
	assert_int_equal(imap_link_fill(link_, &err), 0);
	assert_int_equal(link_->end - link_->start, 6);
	assert_memory_equal(link_->in + link_->start, "a OK\r\n", 6);
	hang_up();
	assert_int_equal(imap_link_fill(link_, &err), -1);
	says("closed by the server");
}

static void
test_away(void **state)
{
	struct imap_peer there = peer();

	(void)state;
	close(listener);
	assert_int_equal(open_link(), -1);
	says("Connection refused");
	there.host = "name.invalid";
	there.port = "x";		/* which no resolver is asked for */
	assert_int_equal(imap_link_open(&there, &link_, &err), -1);
	assert_int_equal(strncmp(err.text, "name.invalid: ", 14), 0);
	assert_int_equal(err.kind, ERR_LATER);
	listener = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
test_reset(void **state)
{
	const struct linger now = { .l_onoff = 1 };

	(void)state;
	talk();
	assert_int_equal(setsockopt(server, SOL_SOCKET, SO_LINGER, &now,
	    sizeof(now)), 0);
	hang_up();
	assert_int_equal(imap_link_fill(link_, &err), -1);
	says("Connection reset by peer");
	assert_int_equal(imap_link_write(link_, "x", 1, &err), -1);
	says("Broken pipe");
}

static void
test_stalls(void **state)
{
	enum { MUCH = 16 << 20 };
	own(str) char *much = mem_new(MUCH);
	int64_t begun;

	(void)state;
	talk();
	begun = clock_now();
	assert_int_equal(imap_link_fill(link_, &err), -1);
	says("timeout");
	assert_int_equal(imap_link_write(link_, much, MUCH, &err), -1);
	says("timeout");
	assert_in_range(clock_now() - begun, 2 * TIMEOUT, 30 * TIMEOUT);
	/* nor may all of it together take for ever */
	assert_int_equal(send(server, "*", 1, 0), 1);
	link_->deadline = clock_now();
	assert_int_equal(imap_link_fill(link_, &err), -1);
	says("timeout");
	atomic_store(&stopped, true);
	link_->deadline = INT64_MAX;
	assert_int_equal(imap_link_fill(link_, &err), 0);	/* it is there */
	assert_int_equal(imap_link_fill(link_, &err), -1);
	says("interrupted");
}

/* ---- TLS ---- */

static void
test_injected(void **state)
{
	(void)state;
	talk();
	assert_int_equal(send(server, "a OK\r\n* OK\r\n", 12, 0), 12);
	assert_int_equal(imap_link_fill(link_, &err), 0);
	link_->start = 6;		/* the answer is used */
	assert_int_equal(imap_link_tls(link_, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "more than an answer before TLS"));
}

static void
test_no_tls(void **state)
{
	(void)state;
	talk();
	assert_int_equal(send(server, "* OK this is no TLS\r\n", 21, 0), 21);
	assert_int_equal(imap_link_tls(link_, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(strncmp(err.text, "127.0.0.1 port ", 15), 0);
	assert_non_null(strstr(err.text, "version number"));
}

static void
test_tls_closed(void **state)
{
	(void)state;
	talk();
	assert_int_equal(shutdown(server, SHUT_WR), 0);
	assert_int_equal(imap_link_tls(link_, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(strncmp(err.text, "127.0.0.1 port ", 15), 0);
}

static void
test_tls_stalls(void **state)
{
	(void)state;
	talk();
	assert_int_equal(imap_link_tls(link_, &err), -1);
	says("timeout");
}

/* ---- calls that fail ---- */

/* converse - a command and its answer; -1 */
static int
converse(void)
{
	if (open_link() == -1)
		return -1;
	server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_not_equal(server, -1);
	if (imap_link_write(link_, "a", 1, &err) == -1)
		return -1;
	assert_int_equal(write(server, "b", 1), 1);
	return imap_link_fill(link_, &err);
}

static void
test_fails(void **state)
{
	static const int errors[] = { ENOBUFS, EINTR };

	(void)state;
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		unsigned at = 1;

		for (; nth_begin(at, errors[e]); at++) {
			int result;

			nth_arm();
			result = converse();
			nth_disarm();
			assert_true(result == 0 || nth->name[0] != '\0');
			if (result == -1)
				says(strerror(errors[e]));
			/* who waits for it goes on after a signal */
			if (strcmp(nth->name, "poll") == 0 ||
			    strcmp(nth->name, "recv") == 0 ||
			    strcmp(nth->name, "send") == 0)
				assert_int_equal(result, errors[e] == EINTR ?
				    0 : -1);
			link_ = imap_link_close(link_);
			hang_up();
			forget();
		}
		assert_in_range(at, 5, 20);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_plain), TEST(test_away), TEST(test_reset),
		TEST(test_stalls), TEST(test_injected), TEST(test_no_tls),
		TEST(test_tls_closed), TEST(test_tls_stalls), TEST(test_fails),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
