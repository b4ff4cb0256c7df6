/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session - one connection from Postfix, message after message
 *
 * Knows mail, not libmilter: callbacks.c translates.  Every function may be
 * called in any order and number, as a peer may do so; a message's state is
 * gone after session_end(), after session_abort(), after an answer of
 * SESSION_ACCEPT, and with session_free().
 *
 *	session_connect, session_helo			once
 *	session_mail, session_rcpt..., session_data	the decision
 *	session_header..., session_end_headers, session_body...	kept
 *	session_end				the copy, durable
 *
 * An MTA that speaks a milter protocol below 4 knows no DATA: the decision
 * then falls with the first header field, or the end of the header.
 *
 * Whatever becomes of a message that was seen that far, it is counted once,
 * in COUNT_MESSAGES and in the counter of its fate, when that is known.
 *
 * No failure of ours touches the original: it is accepted without a copy,
 * with a warning (milter_failure_action = tempfail asks for the opposite).
 */
#ifndef MILTER_SESSION_H
#define MILTER_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "milter/service.h"

enum session_reply {
	SESSION_CONTINUE,
	SESSION_ACCEPT,		/* no more of this message, please */
	SESSION_TEMPFAIL,
};

struct session;

struct session *session_new(struct service *);
struct session *session_free(struct session *);	/* NULL */

/* Texts may be NULL where Postfix gave none. */
void	session_connect(struct session *, const char *client_name,
	    const char *client_addr, const char *daemon_name,
	    const char *gateway);
void	session_helo(struct session *, const char *helo,
	    const char *tls_version);
/* path: as the client gave it, with its <>; understood: {mail_addr} or
 * {rcpt_addr} (path.h). */
void	session_mail(struct session *, const char *path,
	    const char *understood, const char *auth_type);
void	session_rcpt(struct session *, const char *path,
	    const char *understood);
/* queue_id: the first that is known counts, and of it letters and digits. */
enum session_reply session_data(struct session *, const char *queue_id);

/* value: as after SMFIP_HDR_LEADSPC, folded with bare LF; when Postfix has
 * cut the one space (no LEADSPC), leading_space is false. */
void	session_header(struct session *, const char *name, const char *value,
	    bool leading_space);
enum session_reply session_end_headers(struct session *,
	    const char *queue_id);
void	session_body(struct session *, const unsigned char *, size_t);
enum session_reply session_end(struct session *, const char *queue_id);
void	session_abort(struct session *);

#endif
