/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What HTTP is asked for: URLs that may be asked, fields that may be sent, our own
 * certificate, a login; and what is said of a failure without words
 *
 * NEEDS: REMEDIATION
 */
#include <curl/curl.h>

#include "remediate/http/http_private.h"
#include "tests/unit/remediate/http/http_rig.h"

#define NO_HTTPS(host, scheme) host ": '" scheme "' is not https, which only " \
	"this host may do without"
#define NO_USER ": a URL must not hold a user or a password"

static const struct {
	const char	*url, *wrong;		/* NULL: it is good */
} urls[] = {
	{ "https://h.example/x", NULL },
	{ "HTTPS://h.example:444", NULL },
	{ "http://localhost/", NULL },
	{ "http://[::1]:8080/", NULL },
	{ "http://127.255.0.1/", NULL },
	{ "http://128.0.0.1/", NO_HTTPS("128.0.0.1", "http") },
	{ "http://[::2]/", NO_HTTPS("[::2]", "http") },
	{ "http://localhost.example/", NO_HTTPS("localhost.example", "http") },
	{ "http://127.0.0.1.example/", NO_HTTPS("127.0.0.1.example", "http") },
	{ "ftp://127.0.0.1/", NO_HTTPS("127.0.0.1", "ftp") },
	{ "https://me:hush@h.example/", "h.example" NO_USER },
	{ "http://me@localhost/", "localhost" NO_USER },
	{ "https://", "no URL with a host" },
	{ "h.example", "no URL with a host" },
	{ "", "no URL with a host" },
};

static void
test_urls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		int result = http_check_url(urls[i].url, &err);

		if ((result == 0) != (urls[i].wrong == NULL))
			fail_msg("%s", urls[i].url);
		if (result == 0)
			continue;
		assert_string_equal(err.text, urls[i].wrong);
		assert_int_equal(err.kind, ERR_NEVER);
	}
}

static const char *host = "127.0.0.1";

static int
with_tls(void **state)
{
	(void)state;
	http_rig_up(true);
	return 0;
}

static int
ask(const struct http_options *options, const char *const *fields,
    const char *user)
{
	own(str) char *url = mem_format("https://%s:%s/", host, peer.port);
	const struct http_request request = { .method = "POST", .url = url,
	    .fields = fields, .user = user, .password = "hush", .body = "{}",
	    .length = 2, .max = 8 };

	http = http_close(http);
	assert_int_equal(http_open(options, &http, &err), 0);
	return http_ask(http, &request, &answer, &err);
}

/* What could begin another field is not sent, and not shown. */
static void
test_fields(void **state)
{
	static const char *const evil[] = { "A: b", "X: hush\r\nC: d", NULL };
	static const char *const good[] = { "content-type: a/b", "A: b", NULL };
	const struct http_options options = { .ca_file = peer.ca };
	own(str) char *wanted = mem_format("127.0.0.1:%s: a header field with "
	    "a line end", peer.port);

	(void)state;
	assert_int_equal(ask(&options, evil, NULL), -1);
	assert_string_equal(err.text, wanted);
	assert_int_equal(err.kind, ERR_NEVER);
	PEER_SAYS({ .wants = "\r\n\r\n{}", .status = "200 OK" });
	assert_int_equal(ask(&options, good, NULL), 0);
	assert_true(peer_was_asked("\r\ncontent-type: a/b\r\n"));
	assert_true(peer_was_asked("\r\nA: b\r\n"));
	assert_false(peer_was_asked("\r\nContent-Type: "));
	assert_false(peer_was_asked("Authorization"));
}

static void
test_login(void **state)
{
	const struct http_options options = { .ca_file = peer.ca };

	(void)state;
	/* "me:hush" */
	PEER_SAYS({ .wants = "\r\nAuthorization: Basic bWU6aHVzaA==\r\n",
	    .status = "200 OK" });
	assert_int_equal(ask(&options, NULL, "me"), 0);
	assert_false(peer_was_asked("Content-Type"));
}

/* A directory of those whom we trust, in place of a file, has nobody in it. */
static void
test_ca_path(void **state)
{
	const struct http_options options = { .ca_file = "",
	    .ca_path = peer.dir };

	(void)state;
	assert_int_equal(ask(&options, NULL, NULL), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, ": TLS: "));
}

/* The certificate names an address without brackets. */
static void
test_v6(void **state)
{
	own(str) char *wanted = NULL;
	struct http_options options = { .timeout = 5000 };
	int fd;

	opened_before = opened();
	fd = peer_bind_v6();
	if (fd == -1)
		return;			/* this machine has no IPv6 */
	peer_start_on(fd, true);
	wanted = mem_format("[::1]:%s: answer: Empty reply from server",
	    peer.port);
	options.ca_file = peer.ca;
	host = "[::1]";
	PEER_SAYS({ .status = "200 OK" });
	assert_int_equal(ask(&options, NULL, NULL), 0);
	PEER_SAYS({ .then = PEER_CLOSES });
	assert_int_equal(ask(&options, NULL, NULL), -1);
	assert_string_equal(err.text, wanted);
	host = "127.0.0.1";
	tear_down(state);
}

/* A common name is no name of a host, and a wildcard is a whole label. */
static void
test_names(void **state)
{
	static const struct {
		const char	*host, *common, *names, *wrong;
	} rows[] = {
		{ "localhost", "x", "DNS:localhost", NULL },
		{ "localhost", "localhost", NULL, "ostname mismatch" },
		{ "localhost", "x", "DNS:local", "ostname mismatch" },
		{ "127.0.0.1", "127.0.0.1", NULL, "IP address mismatch" },
#if LIBCURL_VERSION_NUM >= 0x074e00	/* it knows where these are */
		{ "mail.x.localhost", "x", "DNS:*.x.localhost", NULL },
		{ "mail.x.localhost", "x", "DNS:ma*.x.localhost",
		  "ostname mismatch" },
#endif
	};
	const struct http_options options = { .ca_file = peer.ca };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		EVP_PKEY *key = EVP_EC_gen("P-256");
		int wanted = rows[i].wrong == NULL ? 0 : -1;

		peer_shows(key, peer_certificate_as(key, rows[i].common,
		    rows[i].names));
		host = rows[i].host;
		if (wanted == 0)
			PEER_SAYS({ .status = "200 OK" });
		assert_int_equal(ask(&options, NULL, NULL), wanted);
		host = "127.0.0.1";
		if (wanted == 0)
			continue;
		assert_int_equal(err.kind, ERR_NEVER);
		if (strstr(err.text, rows[i].wrong) == NULL)
			fail_msg("%zu: %s", i, err.text);
	}
}

/* our_own - a certificate and its key, in one file; its path, new */
static char *
our_own(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = peer_certificate(key);
	char *path = mem_format("%s/our.pem", peer.dir);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL,
	    NULL), 1);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	fclose(file);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return path;
}

static int
takes_any(int good, X509_STORE_CTX *context)
{
	(void)good, (void)context;
	return 1;
}

static void
test_our_certificate(void **state)
{
	own(str) char *path = our_own();
	const struct http_options together = { .ca_file = peer.ca,
	    .cert_file = path };
	const struct http_options apart = { .ca_file = peer.ca,
	    .cert_file = path, .key_file = path };
	const struct http_options none = { .ca_file = peer.ca };
	const struct http_options missing = { .ca_file = peer.ca,
	    .cert_file = "/nowhere/our.pem" };

	(void)state;
	SSL_CTX_set_verify(peer.context, SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, takes_any);
	PEER_SAYS({ .status = "200 OK" }, { .status = "201 OK" });
	assert_int_equal(ask(&together, NULL, NULL), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(ask(&apart, NULL, NULL), 0);
	assert_int_equal(answer.status, 201);
	/* the server, and not the client, knows that one is needed */
	assert_int_equal(ask(&none, NULL, NULL), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(ask(&missing, NULL, NULL), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, ": TLS: "));
}

/* ---- what libcurl says nothing of ---- */

static const struct {
	CURLcode	 code;
	enum err_kind	 kind;
	const char	*stage;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_LATER, "name" },
	{ CURLE_SSL_ISSUER_ERROR, ERR_NEVER, "TLS" },
	{ CURLE_SEND_ERROR, ERR_LATER, "request" },
	{ CURLE_URL_MALFORMAT, ERR_NEVER, "URL" },
	{ CURLE_RECV_ERROR, ERR_LATER, "answer" },
	/* before there was a name */
	{ CURLE_OPERATION_TIMEDOUT, ERR_LATER, "name" },
};

static void
test_wordless(void **state)
{
	const struct http_options options = { .timeout = 1 };
	struct transfer transfer = { .host = "h.example" };

	(void)state;
	assert_int_equal(http_open(&options, &transfer.http, &err), 0);
	for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		own(str) char *wanted = mem_format("h.example: %s: %s",
		    failures[i].stage, curl_easy_strerror(failures[i].code));

		assert_int_equal(http_failed(&transfer, failures[i].code,
		    &err), -1);
		assert_string_equal(err.text, wanted);
		assert_int_equal(err.kind, failures[i].kind);
	}
	transfer.http = http_close(transfer.http);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, with_tls, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls), TEST(test_fields),
		TEST(test_login), TEST(test_ca_path), TEST(test_names),
		TEST(test_our_certificate), cmocka_unit_test(test_wordless),
		cmocka_unit_test(test_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
