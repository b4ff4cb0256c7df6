/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request of HTTP to a server that is away, closes, says too much or has the
 * wrong certificate: the error names it and the stage, and no secret
 *
 * NEEDS: REMEDIATION
 * WRAP: curl_easy_init
 */
#include <curl/curl.h>

#include "tests/unit/nth_call.h"
#include "tests/unit/remediate/http/http_rig.h"

NTH_CALL(CURL *, curl_easy_init, (void), (), NULL)

static atomic_bool stopped;
static atomic_uint alive_calls;
static bool stops;

static void
alive(void)
{
	atomic_fetch_add(&alive_calls, 1);
	if (stops)
		atomic_store(&stopped, true);
}

static void
open_http(const char *ca, int64_t timeout)
{
	const struct http_options options = { .ca_file = ca,
	    .timeout = timeout, .stopped = &stopped, .alive = alive };

	http = http_close(http);
	assert_int_equal(http_open(&options, &http, &err), 0);
}

static int
start(bool tls)
{
	stops = false;
	atomic_store(&stopped, false);
	atomic_store(&alive_calls, 0);
	assert_true(nth_only(0, 0));
	http_rig_up(tls);
	open_http(peer.ca, 0);
	return 0;
}

static int
plain(void **state)
{
	(void)state;
	return start(false);
}

static int
with_tls(void **state)
{
	(void)state;
	return start(true);
}

#define SECRET "Authorization: hush"

/* ask - by this scheme and method, for a body of no more than 8 octets */
static int
ask(const char *scheme, const char *method)
{
	static const char *const fields[] = { SECRET, NULL };
	own(str) char *url = mem_format("%s://127.0.0.1:%s/x", scheme,
	    peer.port);
	const struct http_request request = { .method = method, .url = url,
	    .fields = fields, .max = 8 };

	err.text[0] = '\0';
	return http_ask(http, &request, &answer, &err);
}

/* fails - with these words, of this server; what was answered before stays */
static void
fails(const char *scheme, const char *why, enum err_kind kind)
{
	own(str) char *where = mem_format("127.0.0.1:%s: %s", peer.port, why);
	unsigned status = answer.status;

	assert_int_equal(ask(scheme, "GET"), -1);
	if (strncmp(err.text, where, strlen(where)) != 0)
		fail_msg("'%s' does not begin with '%s'", err.text, where);
	assert_null(strstr(err.text, "hush"));
	assert_int_equal(err.kind, kind);
	assert_int_equal(answer.status, status);
}

/* ---- answers ---- */

static void
test_methods(void **state)
{
	(void)state;
	PEER_SAYS({ .wants = "GET /x HTTP/1.1\r\n", .status = "204 Fine" },
	    { .wants = "POST /x HTTP/1.1\r\n", .status = "200 OK",
	    .body = "12345678" }, { .wants = "PUT /x HTTP/1.1\r\n",
	    .status = "404 No" });
	assert_int_equal(ask("http", "GET"), 0);
	assert_int_equal(answer.status, 204);
	assert_true(answer.fresh);
	assert_true(peer_was_asked("\r\n" SECRET "\r\n"));
	assert_false(peer_was_asked("Content-Type"));
	assert_false(peer_was_asked("Expect"));
	assert_string_equal(http_certificate(http), "");
	/* over the same connection, and the old answer is gone */
	assert_int_equal(ask("http", "POST"), 0);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body.data, "12345678");
	assert_false(answer.fresh);
	assert_true(peer_was_asked("\r\nContent-Length: 0\r\n"));
	assert_int_equal(ask("http", "PUT"), 0);
	assert_int_equal(answer.status, 404);
	assert_int_equal(answer.body.len, 0);
	assert_int_not_equal(atomic_load(&alive_calls), 0);
	assert_non_null(strstr(http_version(), "libcurl"));
}

/* HEAD has a length and no body. */
static void
test_head(void **state)
{
	(void)state;
	PEER_SAYS({ .wants = "HEAD /x HTTP/1.1\r\n", .status = "200 OK",
	    .then = PEER_CUTS });
	assert_int_equal(ask("http", "HEAD"), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.body.len, 0);
}

/* What the server has closed meanwhile is asked once more. */
static void
test_closed_meanwhile(void **state)
{
	(void)state;
	PEER_SAYS({ .status = "200 OK" }, { .then = PEER_CLOSES },
	    { .status = "201 Made" });
	assert_int_equal(ask("http", "GET"), 0);
	assert_int_equal(ask("http", "GET"), 0);
	assert_int_equal(answer.status, 201);
	assert_true(answer.fresh);
}

static void
test_no_answer(void **state)
{
	(void)state;
	PEER_SAYS({ .status = "200 OK", .body = "x", .then = PEER_CLOSES });
	assert_int_equal(ask("http", "GET"), 0);
	PEER_SAYS({ .then = PEER_CLOSES });
	fails("http", "answer: Empty reply from server", ERR_LATER);
	PEER_SAYS({ .status = "200 OK", .body = "1234", .then = PEER_CUTS });
	fails("http", "answer: ", ERR_LATER);
	assert_string_equal(answer.body.data, "x");
}

static void
test_too_long(void **state)
{
	own(buf) struct buf status = BUF;

	(void)state;
	PEER_SAYS({ .status = "200 OK", .body = "123456789" });
	fails("http", "answer: more than 8 octets", ERR_NEVER);
	assert_true(http_was_too_long(http));
	buf_text(&status, "200 OK");
	while (status.len < HTTP_HEADERS)
		buf_text(&status, "\r\nA: a field, and many of them");
	PEER_SAYS({ .status = status.data, .then = PEER_CLOSES });
	fails("http", "answer: a header of more than 65536 octets", ERR_NEVER);
	assert_false(http_was_too_long(http));
}

/* ---- no connection ---- */

static void
test_away(void **state)
{
	(void)state;
	shutdown(peer.listener, SHUT_RDWR);
	pthread_join(peer.thread, NULL);
	fails("http", "connect: ", ERR_LATER);
	pthread_create(&peer.thread, NULL, peer_listen, NULL);
}

static void
test_stopped(void **state)
{
	own(fd) int fd = -1;

	(void)state;
	atomic_store(&stopped, true);
	fails("http", "stopped", ERR_LATER);	/* nothing is sent */
	atomic_store(&stopped, false);
	fd = peer_bind_v4();		/* takes no connection */
	stops = true;				/* while it waits */
	fails("http", "stopped", ERR_LATER);
	assert_int_not_equal(atomic_load(&alive_calls), 0);
}

static void
test_silent(void **state)
{
	own(fd) int fd = peer_bind_v4();

	(void)state;
	assert_int_not_equal(fd, -1);
	open_http(peer.ca, 100);
	fails("http", "answer: ", ERR_LATER);
	assert_non_null(strstr(err.text, "timed out"));
	fails("https", "connect: ", ERR_LATER);
	assert_non_null(strstr(err.text, "timed out"));
}

static void
test_no_handle(void **state)
{
	const struct http_options options = { .timeout = 1 };
	struct http *none = NULL;

	(void)state;
	assert_true(nth_only(1, 0));
	nth_arm();
	assert_int_equal(http_open(&options, &none, &err), -1);
	nth_disarm();
	assert_string_equal(err.text, "libcurl gives no handle");
	assert_int_equal(err.kind, ERR_LATER);
	assert_null(none);
	assert_null(http_close(NULL));
}

/* ---- TLS ---- */

/* The certificate is that of the connection which is kept. */
static void
test_certificate(void **state)
{
	own(str) char *first = NULL, *wanted = scratch_read(peer.ca);

	(void)state;
	PEER_SAYS({ .status = "200 OK" }, { .status = "200 OK",
	    .then = PEER_CLOSES });
	assert_int_equal(ask("https", "GET"), 0);
	first = mem_text(http_certificate(http));
	assert_string_equal(first, wanted);
	assert_int_equal(ask("https", "GET"), 0);
	assert_string_equal(http_certificate(http), first);
	assert_false(answer.fresh);
}

static int
ask_host(const char *host)
{
	own(str) char *url = mem_format("https://%s:%s/", host, peer.port);
	const struct http_request request = { .method = "GET", .url = url };

	return http_ask(http, &request, &answer, &err);
}

static void
test_not_trusted(void **state)
{
	own(str) char *missing = mem_format("%s.not", peer.ca);
	own(str) char *where = NULL;

	(void)state;
	open_http(NULL, 0);
	fails("https", "TLS: ", ERR_NEVER);
	open_http(missing, 0);
	fails("https", "TLS: ", ERR_NEVER);
	open_http(peer.ca, 0);
	assert_int_equal(ask_host("localhost"), -1);
	where = mem_format("localhost:%s: TLS: ", peer.port);
	assert_memory_equal(err.text, where, strlen(where));
	assert_int_equal(err.kind, ERR_NEVER);
}

static void
test_no_tls(void **state)
{
	(void)state;
	fails("https", "TLS: ", ERR_LATER);
}

int
main(void)
{
#define TEST(name, how) cmocka_unit_test_setup_teardown(name, how, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_methods, plain), TEST(test_head, plain),
		TEST(test_closed_meanwhile, plain),
		TEST(test_no_answer, plain), TEST(test_too_long, plain),
		TEST(test_away, plain), TEST(test_stopped, plain),
		TEST(test_silent, plain), TEST(test_no_handle, plain),
		TEST(test_certificate, with_tls),
		TEST(test_not_trusted, with_tls), TEST(test_no_tls, plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
