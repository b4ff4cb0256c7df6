/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_login - logging in by Negotiate, bound to the TLS connection (GSSAPI)
 *
 *	const struct ews_login_options options = { .host = "mail.corp.example",
 *	    .user = "tdc@CORP.EXAMPLE", .keytab = "/etc/tdc/tdc.keytab" };
 *	struct ews_login *login;
 *
 *	if (ews_login_new(&options, &login, &err) == -1)
 *		return -1;
 *	ews_login_begin(login, certificate, &err);
 *	ews_login_step(login, "", &token, &err);	-- Authorization: Negotiate
 *	...
 *	ews_login_step(login, challenge, &token, &err); -- when it answers 401
 *	login = ews_login_free(login);
 *
 * Extended Protection, on by default since Exchange 2019 CU14, takes only logins
 * that name the certificate of the connection (tls-server-end-point, RFC 5929).
 * A build without GSSAPI has ews_login_new() say so.
 */
#ifndef REMEDIATE_EWS_LOGIN_H
#define REMEDIATE_EWS_LOGIN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct ews_login;

/* All borrowed until ews_login_free(). */
struct ews_login_options {
	const char	*host;		/* the service is HTTP@host */
	const char	*user;		/* a principal; NULL: that of the keytab,
					   or of the ticket there is */
	const char	*password;	/* NULL: by keytab, or ticket */
	const char	*keytab;	/* NULL: the library's default */
};

/* ews_login_can - was this built with it? */
bool	 ews_login_can(void);
int	 ews_login_new(const struct ews_login_options *,
	    struct ews_login **out, struct err *);
struct ews_login *ews_login_free(struct ews_login *);	/* NULL */

/* ews_login_begin - from the start, over the connection whose certificate (PEM)
 * this is; "": it has none. */
int	 ews_login_begin(struct ews_login *, const char *certificate,
	    struct err *);
/* ews_login_step - challenge and token are base64. */
int	 ews_login_step(struct ews_login *, const char *challenge,
	    struct buf *out_token, struct err *);

#endif
