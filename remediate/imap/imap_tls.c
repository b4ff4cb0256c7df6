/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/escape.h"
#include "base/regular.h"
#include "remediate/imap/imap_link_private.h"

/* of tls/tls.h: no RSA below 2048 bits, no MD5 or SHA-1 */
enum { SECURITY_LEVEL = 2 };

static int
no_file(const char *path, struct err *err)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	return err_set(err, ERR_NEVER, "%s: %s", path,
	    reason != NULL ? reason : "no certificates");
}

static int
trust(SSL_CTX *context, const struct imap_peer *peer, struct err *err)
{
	if (*peer->ca_file == '\0' && *peer->ca_path == '\0')
		return SSL_CTX_set_default_verify_paths(context) == 1 ? 0 :
		    no_file("trusted certificates of the system", err);
	/* the library would wait for the writer of a fifo; what it cannot open
	 * it says itself */
	if (*peer->ca_file != '\0' &&
	    regular_check(peer->ca_file, err) == -1 && err->kind == ERR_NEVER)
		return err_wrap(err, "%s", peer->ca_file);
	if (*peer->ca_file != '\0' &&
	    SSL_CTX_load_verify_file(context, peer->ca_file) != 1)
		return no_file(peer->ca_file, err);
	if (*peer->ca_path != '\0' &&
	    SSL_CTX_load_verify_dir(context, peer->ca_path) != 1)
		return no_file(peer->ca_path, err);
	return 0;
}

/* link_context - versions and trust */
int
link_context(struct imap_link *link, struct err *err)
{
	ERR_clear_error();
	link->context = SSL_CTX_new(TLS_client_method());
	if (link->context == NULL ||
	    SSL_CTX_set_min_proto_version(link->context, TLS1_2_VERSION) != 1)
		return err_set(err, ERR_LATER, "OpenSSL has no TLS 1.2");
	SSL_CTX_set_security_level(link->context, SECURITY_LEVEL);
	SSL_CTX_set_mode(link->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_verify(link->context, SSL_VERIFY_PEER, NULL);
	return trust(link->context, &link->peer, err);
}

/* name_it - the certificate must have the host's name, or its address */
static bool
name_it(SSL *ssl, const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	/* a common name is no host name (RFC 9525 2) */
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (inet_pton(AF_INET, host, bytes) == 1 ||
	    inet_pton(AF_INET6, host, bytes) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
		    host) == 1;
	return SSL_set1_host(ssl, host) == 1 &&
	    SSL_set_tlsext_host_name(ssl, host) == 1;
}

/* link_ssl - for this connection */
int
link_ssl(struct imap_link *link, struct err *err)
{
	link->ssl = SSL_new(link->context);
	if (link->ssl == NULL || !name_it(link->ssl, link->peer.host) ||
	    SSL_set_fd(link->ssl, link->fd) != 1)
		return err_set(err, ERR_NEVER, "OpenSSL takes no name '%s'",
		    ESCAPE_INSIDE(link->peer.host, '\''));
	return 0;
}

/* link_tls_failed - what the library says */
int
link_tls_failed(const struct imap_link *link, struct err *err)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);
	const char *host = ESCAPE(link->peer.host);

	if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return err_set(err, ERR_LATER,
		    "%s port %s: closed by the server", host, link->peer.port);
	if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return err_set(err, ERR_NEVER,
		    "%s port %s: certificate verify failed: %s", host,
		    link->peer.port, X509_verify_cert_error_string(
		    SSL_get_verify_result(link->ssl)));
	return err_set(err, ERR_LATER, "%s port %s: TLS: %s", host,
	    link->peer.port, reason != NULL ? reason : "unknown error");
}
