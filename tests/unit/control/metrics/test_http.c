/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http: what a request is answered with
 *
 * WRAP: poll read shutdown write
 */
#include "control/metrics/http.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/nth_call.h"

NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(int, shutdown, (int fd, int how), (fd, how), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

static const struct {
	const char	*line;
	enum http_status status;
	bool		 head;
} rows[] = {
	{ "GET /metrics HTTP/1.1\r\n\r\n", HTTP_OK, false },
	{ "GET /metrics HTTP/1.0\n\n", HTTP_OK, false },
	{ "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_OK, true },
	{ "GET /metrics?name[]=x HTTP/1.1\r\n\r\n", HTTP_OK, false },
	{ "GET http://host:9/metrics HTTP/1.1\r\n\r\n", HTTP_OK, false },
	{ "GET http://host HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "GET http://metrics HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "GET / HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "GET /metrics/ HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "GET /metric HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "GET /../metrics HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "HEAD / HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, true },
	{ "POST / HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND, false },
	{ "POST /metrics HTTP/1.1\r\n\r\n", HTTP_NOT_ALLOWED, false },
	{ "get /metrics HTTP/1.1\r\n\r\n", HTTP_NOT_ALLOWED, false },
	{ "GET /metrics\r\n\r\n", HTTP_BAD, false },
	{ "GET /metrics HTTP/2.0\r\n\r\n", HTTP_BAD, false },
	{ "GET /metrics HTTP/1.1 x\r\n\r\n", HTTP_BAD, false },
	{ "GET  /metrics HTTP/1.1\r\n\r\n", HTTP_BAD, false },
	{ " GET /metrics HTTP/1.1\r\n\r\n", HTTP_BAD, false },
	{ "GET /metrics HTTP/1.", HTTP_BAD, false },
	{ "GET /metrics HTTP/1./\r\n\r\n", HTTP_BAD, false },
	{ "GET /metrics HTTP/1.:\r\n\r\n", HTTP_BAD, false },
	{ "GET /metrics HTTP/1.10\r\n\r\n", HTTP_BAD, false },
	{ "\r\n\r\n", HTTP_BAD, false },
	{ "\nGET /metrics HTTP/1.1\n\n", HTTP_BAD, false },
	{ "", HTTP_BAD, false },
	{ "\x16\x03\x01\x02", HTTP_BAD, false },
};

static void
test_judge(void **state)
{
	struct http_request request;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		http_judge(rows[i].line, strlen(rows[i].line), &request);
		if (request.status != rows[i].status ||
		    request.head != rows[i].head)
			fail_msg("%s: %d", rows[i].line, request.status);
	}
}

/* With its first line there, and without. */
static void
test_large(void **state)
{
	static const char line[] = "GET /metrics HTTP/1.1\r\n";
	static char head[HTTP_HEAD];
	struct http_request request;

	(void)state;
	memset(head, 'x', sizeof(head));
	http_judge(head, sizeof(head), &request);
	assert_int_equal(request.status, HTTP_TOO_LARGE);
	memcpy(head, line, sizeof(line) - 1);
	http_judge(head, sizeof(head), &request);
	assert_int_equal(request.status, HTTP_TOO_LARGE);
}

/* talk - what comes back for these pieces */
static void
talk(const char *const *pieces, char *said, size_t size)
{
	own(buf) struct buf page = BUF;
	struct http_request request;
	ssize_t n, length = 0;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (; *pieces != NULL; pieces++)
		assert_true(write(ends[0], *pieces, strlen(*pieces)) > 0);
	shutdown(ends[0], SHUT_WR);
	buf_text(&page, "a page\n");
	nth_arm();
	if (http_read(ends[1], &request))
		http_answer(ends[1], &request, &page);
	nth_disarm();
	close(ends[1]);
	while ((n = read(ends[0], said + length, size - 1 -
	    (size_t)length)) > 0)
		length += n;
	said[length] = '\0';
	close(ends[0]);
}

static void
test_talk(void **state)
{
	char said[4096];

	(void)state;
	talk((const char *const[]){ "GET /met", "rics HT", "TP/1.1\r\n",
	    "\r", "\n", NULL }, said, sizeof(said));
	assert_non_null(strstr(said, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(said, "\r\nContent-Length: 7\r\n\r\na page\n"));
	talk((const char *const[]){ "HEAD /metrics HTTP/1.1\r\n\r\n", NULL },
	    said, sizeof(said));
	assert_non_null(strstr(said, "\r\nContent-Length: 7\r\n\r\n"));
	assert_null(strstr(said, "a page"));
	talk((const char *const[]){ "GET /metrics HTTP/1.1\r\nHost: x", NULL },
	    said, sizeof(said));
	assert_non_null(strstr(said, "HTTP/1.1 400 "));
	assert_null(strstr(said, "a page"));
	talk((const char *const[]){ NULL }, said, sizeof(said));
	assert_string_equal(said, "");
}

/* Whatever fails, nothing but the answer is sent, or less of it, or that the
 * request did not come; a signal (EINTR) is no failure. */
static void
test_failures(void **state)
{
	static const char *const pieces[] = { "GET /metrics HTTP/1.1\r\n",
		"\r\n", NULL };
	static const int errors[] = { EIO, EINTR, EAGAIN };
	char good[4096], said[4096];

	(void)state;
	assert_true(nth_only(0, 0));
	talk(pieces, good, sizeof(good));
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		unsigned at = 1;

		for (; nth_begin(at, errors[e]); at++) {
			size_t n;

			talk(pieces, said, sizeof(said));
			n = strlen(said);
			if (strncmp(said, good, n) != 0 &&
			    (strncmp(said, "HTTP/1.1 4", 10) != 0 ||
			    strstr(said, "a page") != NULL))
				fail_msg("%s (call %u), %s: %s", nth->name, at,
				    strerror(errors[e]), said);
			if (nth->name[0] == '\0' || errors[e] == EINTR ||
			    (errors[e] == EAGAIN &&
			    strcmp(nth->name, "write") == 0))
				assert_string_equal(said, good);
		}
		assert_true(at > 5);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_talk),
		cmocka_unit_test(test_failures),
	};

	assert_true(nth_only(0, 0));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
