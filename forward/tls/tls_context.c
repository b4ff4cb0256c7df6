/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls_context.h"

#include <openssl/err.h>
#include <openssl/pemerr.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>

#include "forward/tls/tls_file.h"

enum { SECURITY_LEVEL = 2 };

/* refuse - a parameter that OpenSSL does not like, with its first reason; what
 * the system says of a file it may not say again */
static int
refuse(const struct conf *conf, const char *option, const char *value,
    struct err *err)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);

	if (ERR_SYSTEM_ERROR(code))
		reason = strerror(ERR_GET_REASON(code));
	err_set(err, ERR_SYSTEM_ERROR(code) ? ERR_LATER : ERR_NEVER,
	    "%s: %s: %s: %s", conf_where(conf, option), option, value,
	    reason != NULL ? reason : "not usable");
	if (ERR_SYSTEM_ERROR(code))
		err->sys = ERR_GET_REASON(code);
	return -1;
}

/* open_file - what a parameter names; NULL: the err says why not */
static BIO *
open_file(const struct conf *conf, const char *option, const char *path,
    struct err *err)
{
	BIO *bio = tls_file_open(path, err);

	if (bio == NULL)
		(void)err_wrap(err, "%s: %s: %s", conf_where(conf, option),
		    option, path);
	return bio;
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

/* set_trusted - those of tls_ca_file */
static int
set_trusted(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	const char *path = conf->tls_ca_file;
	BIO *bio = open_file(conf, "tls_ca_file", path, err);
	bool good;

	if (bio == NULL)
		return -1;
	good = tls_file_trusted(bio, SSL_CTX_get_cert_store(context));
	BIO_free(bio);
	return good ? 0 : refuse(conf, "tls_ca_file", path, err);
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
	if (*file != '\0' && set_trusted(context, conf, err) == -1)
		return -1;
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

/* refuse_key - say what the file has in place of a key; the library has but
 * "unsupported" for that */
static int
refuse_key(const struct conf *conf, bool encrypted, struct err *err)
{
	bool own = *conf->tls_key_file != '\0';
	const char *option = own ? "tls_key_file" : "tls_cert_file";
	const char *file = own ? conf->tls_key_file : conf->tls_cert_file;
	unsigned long code = ERR_peek_error();

	if (encrypted)
		return err_set(err, ERR_NEVER, "%s: %s: %s: its private key has "
		    "a passphrase, and nobody is there to enter it",
		    conf_where(conf, option), option, file);
	if (!ERR_SYSTEM_ERROR(code) &&
	    (ERR_GET_REASON(code) == ERR_R_UNSUPPORTED ||
	    ERR_GET_REASON(code) == PEM_R_NO_START_LINE))
		return err_set(err, ERR_NEVER, "%s: %s: %s: there is no private "
		    "key in it%s", conf_where(conf, option), option, file,
		    own ? "" : ", and tls_key_file is not set");
	return refuse(conf, option, file, err);
}

static int
set_chain(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	const char *path = conf->tls_cert_file;
	BIO *bio = open_file(conf, "tls_cert_file", path, err);
	bool good;

	if (bio == NULL)
		return -1;
	good = tls_file_chain(bio, context);
	BIO_free(bio);
	return good ? 0 : refuse(conf, "tls_cert_file", path, err);
}

static int
set_key(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	bool own = *conf->tls_key_file != '\0';
	BIO *bio = open_file(conf, own ? "tls_key_file" : "tls_cert_file",
	    own ? conf->tls_key_file : conf->tls_cert_file, err);
	bool encrypted, good;

	if (bio == NULL)
		return -1;
	good = tls_file_key(bio, context, &encrypted) &&
	    SSL_CTX_check_private_key(context);
	BIO_free(bio);
	return good ? 0 : refuse_key(conf, encrypted, err);
}

static int
set_certificate(SSL_CTX *context, const struct conf *conf, struct err *err)
{
	if (*conf->tls_cert_file == '\0')
		return 0;
	return set_chain(context, conf, err) == -1 ? -1 :
	    set_key(context, conf, err);
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

/* tls_context_new - read all files, check all settings */
SSL_CTX *
tls_context_new(const struct conf *conf, struct err *err)
{
	SSL_CTX *context;

	ERR_clear_error();
	context = context_new();
	if (context == NULL) {
		err_set(err, ERR_LATER, "OpenSSL gives no context");
		return NULL;
	}
	if (set_version(context, conf, err) == -1 ||
	    set_trust(context, conf, err) == -1 ||
	    set_certificate(context, conf, err) == -1) {
		SSL_CTX_free(context);
		return NULL;
	}
	look_at_trust(context);
	return context;
}
