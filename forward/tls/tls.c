/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/mem.h"
#include "base/own.h"
#include "forward/net/conn_memory.h"
#include "forward/tls/tls_context.h"
#include "forward/tls/tls_names.h"
#include "forward/tls/tls_sessions.h"
#include "forward/tls/tls_wanted.h"

struct tls {
	SSL_CTX		*context;
	struct tls_sessions	*sessions;
};

enum { SECURITY_BITS = 112 };	/* level 2 of tls_context.c */

/* tls_new - read all files, check all settings */
int
tls_new(const struct conf *conf, struct tls **out, struct err *err)
{
	SSL_CTX *context = tls_context_new(conf, err);
	struct tls *tls;

	if (context == NULL)
		return -1;
	tls = mem_new(sizeof(*tls));
	tls->context = context;
	tls->sessions = tls_sessions_new(context);
	*out = tls;
	return 0;
}

/* tls_free - when the last connection is gone */
struct tls *
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return NULL;
	tls_sessions_free(tls->sessions);
	SSL_CTX_free(tls->context);
	free(tls);
	return NULL;
}

/* ---- a connection ---- */

static bool
is_address(const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, bytes) == 1 ||
	    inet_pton(AF_INET6, host, bytes) == 1;
}

/* seconds - since 1970 */
static int64_t
seconds(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? timegm(&tm) : 0;
}

/* narrow - to when this one is valid, too */
static void
narrow(X509 *certificate, int64_t *from, int64_t *until)
{
	int64_t first = seconds(X509_get0_notBefore(certificate));
	int64_t last = seconds(X509_get0_notAfter(certificate));

	if (first > *from)
		*from = first;
	if (last < *until)
		*until = last;
}

/* tls_validity - of our own certificate */
bool
tls_validity(const struct tls *tls, int64_t *out_from, int64_t *out_until)
{
	X509 *own = SSL_CTX_get0_certificate(tls->context);
	STACK_OF(X509) *chain = NULL;

	if (own == NULL)
		return false;
	*out_from = INT64_MIN;
	*out_until = INT64_MAX;
	narrow(own, out_from, out_until);
	if (SSL_CTX_get0_chain_certs(tls->context, &chain) == 1)
		for (int i = 0; i < sk_X509_num(chain); i++)
			narrow(sk_X509_value(chain, i), out_from, out_until);
	return true;
}

/* tls_peer_until - a resumed session has it, too */
int64_t
tls_peer_until(const struct conn *conn)
{
	const X509 *certificate = conn->ssl != NULL ?
	    SSL_get0_peer_certificate(conn->ssl) : NULL;

	return certificate != NULL ?
	    seconds(X509_get0_notAfter(certificate)) : 0;
}

/* ask_name - the certificate must bear this name */
static bool
ask_name(SSL *ssl, const char *name)
{
	if (is_address(name))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
		    name) == 1;
	return SSL_set1_host(ssl, name) == 1;
}

/* ask_dane - what any of the records says; issuers must have named the host
 * or the domain (RFC 7672 3.2.2) */
static bool
ask_dane(SSL *ssl, const struct tls_ask *ask)
{
	struct dane_record record;
	size_t at = 0;
	bool added = false;

	if (SSL_dane_enable(ssl, ask->dane->base) != 1 ||
	    SSL_add1_host(ssl, ask->domain) != 1)
		return false;
	while (dane_next(ask->dane, &at, &record)) {
		int result = SSL_dane_tlsa_add(ssl, record.usage,
		    record.selector, record.matching, record.data,
		    record.length);

		if (result < 0)
			return false;
		added = added || result > 0;
	}
	return added;
}

/* prepare - what to ask this peer for */
static bool
prepare(SSL *ssl, const struct tls_ask *ask)
{
	/* a common name is no host name (RFC 9525 2); for DANE alone it may be
	 * one yet (RFC 7672 3.2.3) */
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    (ask->level == TLS_DANE ? 0 :
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT));
	SSL_set_verify(ssl, ask->level == TLS_ENCRYPT ? SSL_VERIFY_NONE :
	    SSL_VERIFY_PEER, NULL);
	if (!is_address(ask->host) &&
	    !SSL_set_tlsext_host_name(ssl, ask->host))
		return false;
	switch (ask->level) {
	case TLS_DANE:
		return ask_dane(ssl, ask);
	case TLS_SECURE:
		return tls_wanted_ask(ssl, ask);
	case TLS_ENCRYPT:		/* for tls_doubt() alone */
	case TLS_VERIFY:
		break;
	}
	return ask_name(ssl, ask->host);
}

/* check_key - where no certificate is judged, its key still must not be one
 * that an eavesdropper can break */
static int
check_key(const SSL *ssl, struct err *err)
{
	const X509 *certificate = SSL_get0_peer_certificate(ssl);
	const EVP_PKEY *key = certificate == NULL ? NULL :
	    X509_get0_pubkey(certificate);

	if (key != NULL && EVP_PKEY_get_security_bits(key) >= SECURITY_BITS)
		return 0;
	if (conn_memory_lacked())
		return conn_errno(err, ENOMEM);
	err_set(err, ERR_LATER, "%s",
	    X509_verify_cert_error_string(X509_V_ERR_EE_KEY_TOO_SMALL));
	err->sys = EPROTO;
	return -1;
}

/* resume - a session for which exactly the same was asked */
static void
resume(struct tls *tls, const struct tls_ask *ask, SSL *ssl)
{
	own(str) char *name = mem_format("%d/%s/%s/%llx", (int)ask->level,
	    ask->host, ask->domain, ask->level != TLS_DANE ? 0ULL :
	    (unsigned long long)dane_sum(ask->dane));

	tls_sessions_resume(tls->sessions, name, ssl);
}

/* wanted - the names that would have done; of DANE, ask_dane() says why two */
static char *
wanted(const struct tls_ask *ask, char out[TLS_WANTED])
{
	switch (ask->level) {
	case TLS_SECURE:
		return tls_wanted_text(ask, out);
	case TLS_DANE:
		snprintf(out, TLS_WANTED, "%.60s or %.60s", ask->host,
		    ask->domain);
		break;
	case TLS_ENCRYPT:
	case TLS_VERIFY:
		snprintf(out, TLS_WANTED, "%.60s", ask->host);
		break;
	}
	return out;
}

/* tell_names - when the certificate has not the name that was asked for: what
 * was, and what it has */
static void
tell_names(const SSL *ssl, const struct tls_ask *ask, struct err *err)
{
	long result = SSL_get_verify_result(ssl);
	const STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
	const X509 *certificate = sk_X509_value(chain, 0);
	char names[TLS_NAMES], want[TLS_WANTED];
	int sys = err->sys;

	if (err->sys != EPROTO || certificate == NULL ||
	    (result != X509_V_ERR_HOSTNAME_MISMATCH &&
	    result != X509_V_ERR_IP_ADDRESS_MISMATCH))
		return;
	err_set(err, ERR_LATER, "certificate verify failed: %s: wanted %s, the "
	    "certificate has %s", X509_verify_cert_error_string(result),
	    wanted(ask, want), tls_names(certificate, names));
	err->sys = sys;
}

/* tls_start - the handshake */
int
tls_start(struct tls *tls, const struct tls_ask *ask, struct conn *conn,
    int64_t deadline, struct err *err)
{
	SSL *ssl;

	conn_tls_begin();
	ssl = SSL_new(tls->context);
	if (ssl == NULL || !prepare(ssl, ask)) {
		bool none = conn_tls_memory() || ssl == NULL;

		SSL_free(ssl);
		if (none)
			return conn_errno(err, ENOMEM);
		err_set(err, ERR_LATER, "OpenSSL takes no name '%.200s'",
		    ask->host);
		err->sys = EPROTO;
		return -1;
	}
	resume(tls, ask, ssl);
	if (conn_handshake(conn, ssl, deadline, err) == -1) {
		tell_names(ssl, ask, err);
		return -1;
	}
	return check_key(ssl, err);
}

/* tls_doubt - in OpenSSL's words */
const char *
tls_doubt(const struct conn *conn)
{
	long result = SSL_get_verify_result(conn->ssl);

	return result == X509_V_OK ? NULL :
	    X509_verify_cert_error_string(result);
}

/* tls_matched - usage, selector, matching type */
char *
tls_matched(const struct conn *conn, char out[TLS_MATCHED])
{
	uint8_t usage, selector, matching;

	out[0] = '\0';
	if (conn->ssl != NULL && SSL_get0_dane_tlsa(conn->ssl, &usage,
	    &selector, &matching, NULL, NULL) >= 0)
		snprintf(out, TLS_MATCHED, "%u %u %u", usage, selector,
		    matching);
	return out;
}
