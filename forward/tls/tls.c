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
#include "forward/tls/tls_sessions.h"

struct tls {
	SSL_CTX		*context;
	struct tls_sessions	*sessions;
};

enum { SECURITY_LEVEL = 2, SECURITY_BITS = 112 };	/* the same twice */

/* ---- the context ---- */

/* refuse - a parameter that OpenSSL does not like, with its first reason; what
 * the system says of a file it may not say again */
static int
refuse(const struct conf *conf, const char *option, const char *value,
    struct err *err)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);
	char text[96];

	if (ERR_SYSTEM_ERROR(code))
		reason = strerror_r(ERR_GET_REASON(code), text, sizeof(text));
	err_set(err, ERR_SYSTEM_ERROR(code) ? ERR_LATER : ERR_NEVER,
	    "%s: %s: %s: %s", conf_where(conf, option), option, value,
	    reason != NULL ? reason : "not usable");
	if (ERR_SYSTEM_ERROR(code))
		err->sys = ERR_GET_REASON(code);
	return -1;
}

static int
set_version(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	int version = strcmp(conf->tls_min_version, "TLSv1.2") == 0 ?
	    TLS1_2_VERSION : strcmp(conf->tls_min_version, "TLSv1.3") == 0 ?
	    TLS1_3_VERSION : 0;

	if (version == 0 || !SSL_CTX_set_min_proto_version(context, version))
		return err_set(err, ERR_NEVER, "%s: tls_min_version: '%s' is "
		    "neither TLSv1.2 nor TLSv1.3",
		    conf_where(conf, "tls_min_version"),
		    conf->tls_min_version);
	return 0;
}

static int
set_trust(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	const char *file = conf->tls_ca_file;
	const char *path = conf->tls_ca_path;

	if (*file == '\0' && *path == '\0') {
		if (!SSL_CTX_set_default_verify_paths(context))
			return refuse(conf, "tls_ca_file", "system", err);
		return 0;
	}
	if (*file != '\0' && !SSL_CTX_load_verify_file(context, file))
		return refuse(conf, "tls_ca_file", file, err);
	if (*path != '\0' && !SSL_CTX_load_verify_dir(context, path))
		return refuse(conf, "tls_ca_path", path, err);
	return 0;
}

/* look_at_trust - OpenSSL finds out what a certificate is for when it first
 * meets it, and keeps that: here, where there is but one thread yet */
static void
look_at_trust(const SSL_CTX *context)
{
	const STACK_OF(X509_OBJECT) *objects =
	    X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));

	for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
		X509 *certificate =
		    X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));

		if (certificate != NULL)
			(void)X509_check_purpose(certificate, -1, 0);
	}
}

static int
set_certificate(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	const char *certificate = conf->tls_cert_file;
	const char *key = *conf->tls_key_file != '\0' ? conf->tls_key_file :
	    certificate;

	if (*certificate == '\0')
		return 0;
	if (!SSL_CTX_use_certificate_chain_file(context, certificate))
		return refuse(conf, "tls_cert_file", certificate, err);
	if (!SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) ||
	    !SSL_CTX_check_private_key(context))
		return refuse(conf, "tls_key_file", key, err);
	return 0;
}

/* on_message - the library passes over requests for a handshake while there is
 * one, and would never come back from a peer that sends them without end.
 * They are of no use: a peer that sends one is dropped. */
static void
on_message(int sent, int version, int type, const void *bytes, size_t n,
    SSL *ssl, void *arg)
{
	(void)version;
	(void)arg;
	if (!sent && type == SSL3_RT_HANDSHAKE && n > 0 &&
	    *(const unsigned char *)bytes == SSL3_MT_HELLO_REQUEST)
		shutdown(SSL_get_fd(ssl), SHUT_RDWR);
}

/* context_new - all but what files and parameters say; NULL: no memory */
static SSL_CTX *
context_new(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL || SSL_CTX_dane_enable(context) != 1) {
		SSL_CTX_free(context);
		return NULL;
	}
	/* names in the certificate count for nothing (RFC 7672 3.1.1) */
	SSL_CTX_dane_set_flags(context, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	SSL_CTX_set_security_level(context, SECURITY_LEVEL);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* what is no mail (tickets, keys) gives the word back to us, or a peer
	 * that sends it without end would keep us beyond any deadline */
	SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_msg_callback(context, on_message);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	return context;
}

/* tls_new - read all files, check all settings */
int
tls_new(const struct conf *conf, struct tls **out, struct err *err)
{
	struct tls *tls = mem_new(sizeof(*tls));

	ERR_clear_error();
	tls->context = context_new();
	if (tls->context == NULL) {
		err_set(err, ERR_LATER, "OpenSSL gives no context");
		tls_free(tls);
		return -1;
	}
	tls->sessions = tls_sessions_new(tls->context);
	if (set_version(tls->context, conf, err) == -1 ||
	    set_trust(tls->context, conf, err) == -1 ||
	    set_certificate(tls->context, conf, err) == -1) {
		tls_free(tls);
		return -1;
	}
	look_at_trust(tls->context);
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

/* ask_name - the certificate must bear this name, or one below it */
static bool
ask_name(SSL *ssl, const char *name, bool or_below)
{
	char below[258];

	if (is_address(name))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
		    name) == 1;
	if (!SSL_set1_host(ssl, name))
		return false;
	if (!or_below)
		return true;
	snprintf(below, sizeof(below), ".%.256s", name);
	return SSL_add1_host(ssl, below) == 1;
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
		return ask_name(ssl, ask->domain, true);
	case TLS_ENCRYPT:		/* for tls_doubt() alone */
	case TLS_VERIFY:
		break;
	}
	return ask_name(ssl, ask->host, false);
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

/* tls_start - the handshake */
int
tls_start(struct tls *tls, const struct tls_ask *ask, struct conn *conn,
    int64_t deadline, struct err *err)
{
	SSL *ssl = SSL_new(tls->context);

	if (ssl == NULL || !prepare(ssl, ask)) {
		SSL_free(ssl);
		err_set(err, ERR_LATER, "OpenSSL takes no name '%.200s'",
		    ask->host);
		err->sys = EPROTO;
		return -1;
	}
	resume(tls, ask, ssl);
	if (conn_handshake(conn, ssl, deadline, err) == -1)
		return -1;
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
