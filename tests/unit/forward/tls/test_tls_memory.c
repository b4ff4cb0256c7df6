/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls, conn_memory: whatever memory OpenSSL asks for in a handshake is refused, each
 * in turn; that is our own fault, and never the certificate's
 *
 * WRAP: CRYPTO_set_mem_functions
 */
#include "forward/net/conn_memory.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/forward/tls/tls_rig.h"
#include "tests/unit/forward/tls/tls_server.h"

#define PATIENCE (clock_now() + 20000)

/* A sanitizer shall refuse it, too, and not end us. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* ---- memory that is asked for by this thread ---- */

static _Thread_local bool armed;
static unsigned calls, at;

static CRYPTO_malloc_fn get;
static CRYPTO_realloc_fn resize;

/* sized - more than there can be, when it is the turn of this one */
static size_t
sized(size_t n)
{
	return armed && n > 0 && ++calls == at ? SIZE_MAX : n;
}

static void *
ask_get(size_t n, const char *file, int line)
{
	return get(sized(n), file, line);
}

static void *
ask_resize(void *memory, size_t n, const char *file, int line)
{
	return resize(memory, sized(n), file, line);
}

int __real_CRYPTO_set_mem_functions(CRYPTO_malloc_fn, CRYPTO_realloc_fn,
    CRYPTO_free_fn);
int __wrap_CRYPTO_set_mem_functions(CRYPTO_malloc_fn, CRYPTO_realloc_fn,
    CRYPTO_free_fn);
int
__wrap_CRYPTO_set_mem_functions(CRYPTO_malloc_fn get_, CRYPTO_realloc_fn resize_,
    CRYPTO_free_fn give_back)
{
	get = get_;
	resize = resize_;
	return __real_CRYPTO_set_mem_functions(ask_get, ask_resize, give_back);
}

/* begin - the nth that is asked for from now on is refused; 0: none is */
static void
begin(unsigned n)
{
	calls = 0;
	at = n;
	armed = true;
}

/* ---- handshakes ---- */

/* shake - hands, with no session of an earlier time */
static int
shake(const struct tls_ask *ask)
{
	struct conn conn = CONN;
	pthread_t thread;
	int fds[2], result;

	memset(&err, 0, sizeof(err));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	conn.fd = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, serve, &fds[1]), 0);
	tls = tls_free(tls);
	if (tls_new(&conf, &tls, &err) == -1)
		fail_msg("%s", err.text);
	begin(at);
	result = tls_start(tls, ask, &conn, PATIENCE, &err);
	armed = false;
	conn_close(&conn);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return result;
}

/* each - of all that is asked for at this level */
static void
each(enum tls_level level)
{
	const struct tls_ask ask = { .level = level, .host = "mx.example",
		.domain = "x.example" };
	unsigned failed = 0;

	at = 0;
	assert_int_equal(shake(&ask), 0);
	assert_true(calls > 100);
	for (at = 1; ; at++) {
		int result = shake(&ask);

		if (calls < at) {
			assert_int_equal(result, 0);
			break;
		}
		if (result == 0)
			continue;		/* it could do without */
		if (err.sys != ENOMEM)
			fail_msg("%u of %u: %s", at, calls, err.text);
		failed++;
	}
	assert_true(failed > 50);
	at = 0;
	assert_int_equal(shake(&ask), 0);
}

static void
test_handshake(void **state)
{
	own(str) char *path = NULL;

	(void)state;
	if (!conn_memory_watched())
		skip();		/* a library has used OpenSSL before main() */
	tls_peer_new(&peer, EVP_EC_gen("P-256"), "cn", "DNS:mx.example");
	path = tls_peer_save(&peer, dir, "ca.pem");
	conf.tls_ca_file = path;
	conf.tls_ca_path = "";
	each(TLS_ENCRYPT);
	each(TLS_VERIFY);
	tls_peer_drop(&peer);
}

/* knows - whether something was refused, and then forgets it */
static void
knows(bool refused)
{
	armed = false;
	assert_int_equal(conn_memory_lacked(), refused);
	conn_memory_forget();
	assert_false(conn_memory_lacked());
}

/* It is known to the thread that was refused, until it forgets it. */
static void
test_known(void **state)
{
	void *memory;

	(void)state;
	if (!conn_memory_watched())
		skip();
	conn_memory_forget();
	begin(0);
	memory = OPENSSL_malloc(100);
	assert_non_null(memory);
	knows(false);
	begin(1);
	assert_null(OPENSSL_malloc(100));
	knows(true);
	begin(1);
	assert_null(OPENSSL_realloc(memory, 200));
	knows(true);
	OPENSSL_free(memory);
	/* nothing was asked for, and nothing lacks */
	assert_null(OPENSSL_realloc(OPENSSL_malloc(100), 0));
	assert_null(OPENSSL_malloc(0));
	memory = OPENSSL_realloc(NULL, 100);
	assert_non_null(memory);
	OPENSSL_free(memory);
	assert_false(conn_memory_lacked());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_known),
		TEST(test_handshake),
	};

	(void)conn_memory_watch();
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
