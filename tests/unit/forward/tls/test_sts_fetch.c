/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: MTA_STS */
/*
 * sts_fetch: what a server of policies may answer, by HTTPS, and what is said of it
 *
 * WRAP: X509_VERIFY_PARAM_set1_host curl_easy_init dns_addresses
 */
#include "forward/tls/sts_fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/own.h"
#include "forward/net/dns.h"
#include "forward/tls/sts_policy.h"
#include "tests/unit/forward/tls/tls_peer.h"
#include "tests/unit/opened.h"

enum { PATIENCE_MS = 20000 };

#define HOST "mta-sts.x.example"
#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

/* ---- the net ---- */

static int port;			/* of the server, in place of 443 */
static enum dns_status status;		/* of its name */
static bool twice;			/* it has an address where nobody is, too */
static bool no_handle, no_name;

typedef int connect_socket(int, const struct sockaddr *, socklen_t);

/* connect - in libc's place, for libcurl */
int
connect(int fd, const struct sockaddr *address, socklen_t n)
{
	connect_socket *libcs = (connect_socket *)dlsym(RTLD_NEXT, "connect");
	struct sockaddr_in to;

	if (address->sa_family != AF_INET)
		return libcs(fd, address, n);
	memcpy(&to, address, sizeof(to));
	if (to.sin_port == htons(443))
		to.sin_port = htons((uint16_t)port);
	return libcs(fd, (const struct sockaddr *)&to, sizeof(to));
}

enum dns_status	__wrap_dns_addresses(struct resolver *, const char *, int64_t,
		    struct dns_host *, const char **);
enum dns_status
__wrap_dns_addresses(struct resolver *unused, const char *host, int64_t deadline,
    struct dns_host *out, const char **why)
{
	struct sockaddr_in6 nobody = { .sin6_family = AF_INET6 };
	struct sockaddr_in there = { .sin_family = AF_INET };
	struct endpoint *list = out->endpoints.list;

	(void)unused, (void)deadline;
	assert_string_equal(host, HOST);
	*why = "no answer";
	if (status != DNS_FOUND)
		return status;
	inet_pton(AF_INET6, "::1", &nobody.sin6_addr);
	there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	nobody.sin6_port = there.sin_port = htons((uint16_t)out->endpoints.port);
	if (twice) {
		memcpy(&list[0].sockaddr, &nobody, sizeof(nobody));
		list[0].length = sizeof(nobody);
	}
	memcpy(&list[twice].sockaddr, &there, sizeof(there));
	list[twice].length = sizeof(there);
	out->endpoints.count = 1 + twice;
	return DNS_FOUND;
}

CURL	*__real_curl_easy_init(void);
CURL	*__wrap_curl_easy_init(void);
CURL *
__wrap_curl_easy_init(void)
{
	return no_handle ? NULL : __real_curl_easy_init();
}

int	__real_X509_VERIFY_PARAM_set1_host(X509_VERIFY_PARAM *, const char *, size_t);
int	__wrap_X509_VERIFY_PARAM_set1_host(X509_VERIFY_PARAM *, const char *, size_t);
int
__wrap_X509_VERIFY_PARAM_set1_host(X509_VERIFY_PARAM *param, const char *host,
    size_t n)
{
	return no_name ? 0 : __real_X509_VERIFY_PARAM_set1_host(param, host, n);
}

/* ---- the server ---- */

static struct server {
	struct tls_peer	 peer;
	int		 fd;
	const char	*answer;	/* NULL: it hangs up */
	size_t		 repeated;	/* so often the last octet of it */
	char		 asked[512];
} server;

static void
serve(SSL *ssl)
{
	int n = 0;

	if (SSL_accept(ssl) != 1)
		return;
	n = SSL_read(ssl, server.asked, sizeof(server.asked) - 1);
	if (n <= 0 || server.answer == NULL)
		return;
	server.asked[n] = '\0';
	n = SSL_write(ssl, server.answer, (int)strlen(server.answer));
	for (size_t i = 0; i < server.repeated && n > 0; i++) {
		char text[1024];

		memset(text, 'x', sizeof(text));
		n = SSL_write(ssl, text, sizeof(text));
	}
	SSL_shutdown(ssl);
}

/* serve_all - one connection after the other, until there will be none */
static void *
serve_all(void *unused)
{
	int fd;

	(void)unused;
	while ((fd = accept(server.fd, NULL, NULL)) != -1) {
		SSL *ssl = SSL_new(server.peer.context);

		SSL_set_fd(ssl, fd);
		serve(ssl);
		SSL_free(ssl);
		close(fd);
	}
	return NULL;
}

static char *dir, *ca_file;
static pthread_t thread;
static atomic_bool stopped;
static struct sts_source source;
static int before;

/* begin - a server with that certificate, which is trusted */
static void
begin(const char *common, const char *names)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(name);

	curl_global_init(CURL_GLOBAL_DEFAULT);
	dir = scratch_new();
	tls_peer_new(&server.peer, EVP_EC_gen("P-256"), common, names);
	ca_file = tls_peer_save(&server.peer, dir, "ca.pem");
	before = opened();
	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&name, n), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&name, &n), 0);
	port = ntohs(name.sin_port);
	assert_int_equal(listen(server.fd, 5), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve_all, NULL), 0);
	source = (struct sts_source){ .ca_file = ca_file, .ca_path = "",
	    .stopped = &stopped };
	status = DNS_FOUND;
	server.repeated = 0;
	server.answer = OK "\r\npolicy\n";
	server.asked[0] = '\0';
}

static int
set_up(void **state)
{
	(void)state;
	begin("other.example", "DNS:" HOST);
	return 0;
}

static int
set_up_common_name(void **state)
{
	(void)state;
	begin(HOST, NULL);
	return 0;
}

static int
set_up_partial(void **state)
{
	(void)state;
	begin("other.example", "DNS:mta*.x.example");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(server.fd);
	assert_int_equal(opened(), before);
	tls_peer_drop(&server.peer);
	stopped = no_handle = no_name = twice = false;
	free(ca_file);
	scratch_free(dir);
	return 0;
}

/* fetch - what came of it: text NULL, and then it is said why */
static void
fetch(const char *text, const char *why)
{
	own(buf) struct buf out = BUF;
	struct err err = { .text = "" };
	int result = sts_fetch(&source, "x.example", clock_now() + PATIENCE_MS, &out,
	    &err);

	if (text != NULL) {
		if (result == -1)
			fail_msg("%s", err.text);
		assert_string_equal(out.data, text);
		return;
	}
	assert_int_equal(result, -1);
	assert_int_equal(err.kind, ERR_LATER);
	if (strstr(err.text, why) == NULL || err.text[0] == '\0')
		fail_msg("%s: %s", why, err.text);
}

static const char untrusted[] = "certificate";

static void
test_answers(void **state)
{
	static const struct {
		const char	*answer, *text, *why;
	} rows[] = {
		{ OK "\r\nversion: STSv1\n", "version: STSv1\n", NULL },
		{ OK "Content-Length: 3\r\n\r\nabc", "abc", NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n"
		  "\r\na", "a", NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/plain\t\r\n\r\na", "a", NULL },
		{ "HTTP/1.1 404 No\r\nContent-Type: text/plain\r\n\r\na", NULL,
		  "HTTP status 404" },
		{ "HTTP/1.1 301 No\r\nLocation: https://" HOST "/\r\n\r\n", NULL,
		  "HTTP status 301" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\na", NULL,
		  "not text/plain but 'text/html'" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/plainer\r\n\r\na", NULL,
		  "not text/plain but 'text/plainer'" },
		{ "HTTP/1.1 200 OK\r\n\r\na", NULL, "not text/plain but ''" },
		{ OK "Content-Length: 65537\r\n\r\na", NULL, "more than 65536 octets" },
		{ OK "Content-Length: 10\r\n\r\nabc", NULL,
		  "7 bytes remaining to read" },
		{ "SSH-2.0 x\r\n", NULL, "" },
		{ NULL, NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		server.answer = rows[i].answer;
		fetch(rows[i].text, rows[i].why);
		assert_ptr_equal(strstr(server.asked,
		    "GET /.well-known/mta-sts.txt HTTP/1.1\r\n"), server.asked);
		assert_non_null(strstr(server.asked, "\r\nHost: " HOST "\r\n"));
	}
}

/* A length that is not told has the same limit. */
static void
test_long(void **state)
{
	(void)state;
	server.answer = OK "\r\n";
	server.repeated = (STS_POLICY_MAX >> 10) + 1;
	fetch(NULL, "more than 65536 octets");
}

/* The next address is tried. */
static void
test_addresses(void **state)
{
	(void)state;
	twice = true;
	fetch("policy\n", NULL);
}

/* What does not get as far as to a server is told, and a server's end. */
static void
test_no_server(void **state)
{
	own(buf) struct buf out = BUF;
	struct err err;

	(void)state;
	status = DNS_LATER;
	fetch(NULL, HOST ": no answer");
	status = DNS_FOUND;
	no_handle = true;
	fetch(NULL, "libcurl gives no handle");
	no_handle = false;
	no_name = true;
	fetch(NULL, "");
	assert_string_equal(server.asked, "");
	no_name = false;
	assert_int_equal(sts_fetch(&source, "x.example", clock_now() - 1, &out, &err),
	    -1);
	assert_string_equal(err.text, "no time left");
	stopped = true;
	fetch(NULL, "aborted");
	stopped = false;
	fetch("policy\n", NULL);
}

/* Whom the operator trusts, and nobody else. */
static void
test_trust(void **state)
{
	(void)state;
	source.ca_file = "";
	source.ca_path = dir;
	fetch(NULL, untrusted);
	source.ca_path = "";
	fetch(NULL, untrusted);
	assert_string_equal(server.asked, "");
	source.ca_file = ca_file;
	source.ca_path = dir;
	fetch("policy\n", NULL);
}

/* The host is none of the names that count. */
static void
test_common_name(void **state)
{
	(void)state;
	fetch(NULL, "ostname mismatch");
	assert_string_equal(server.asked, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answers),
		TEST(test_long),
		TEST(test_addresses),
		TEST(test_no_server),
		TEST(test_trust),
		cmocka_unit_test_setup_teardown(test_common_name, set_up_common_name,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_common_name, set_up_partial,
		    tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
