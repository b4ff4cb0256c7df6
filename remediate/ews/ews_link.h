/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_link - one question to an Exchange server, as a mailbox's owner
 *
 *	own(buf) struct buf body = BUF;
 *	struct ews_answer answer = { 0 };
 *	struct ews_part part;
 *
 *	ews_begin(ews, &body);
 *	... the request itself: ews_body.h ...
 *	if (ews_ask_one(ews, &body, &answer, &part, &err) == MAILBOX_DONE)
 *		... part.node ...
 *	ews_answer_drop(&answer);
 *
 * Every error begins with the host's name.  Whom the server asked us to leave
 * alone (ews_rest.h) is not asked; a back-off of two seconds at most is waited
 * for here, once.  A login that is refused is not tried again.
 */
#ifndef REMEDIATE_EWS_LINK_H
#define REMEDIATE_EWS_LINK_H

#include "remediate/ews/ews_answer.h"
#include "remediate/ews/ews_login.h"
#include "remediate/http/http.h"
#include "remediate/mailbox/mailbox.h"
#include "remediate/mailbox/profiles.h"

/* Those that are looked at first. */
enum { EWS_FIRST = 3 };

struct ews {
	struct mailbox	 box;		/* is the first */
	struct http	*http;
	struct ews_login *login;	/* NULL: Basic */
	char		*host, *url;
	char		*owner;		/* primary address; NULL: as ourselves */
	char		 server[48];	/* its version, once it has answered */
	char		*first_id[EWS_FIRST], *first_name[EWS_FIRST];
	char		*hidden;	/* id of our folder there; NULL: not
					   looked for */
	struct ews_mime	*mime;		/* takes the message that the next
					   answer has; or NULL */
	size_t		 max;		/* octets of it; 0: as usual */
	bool		 opened;	/* as the owner: our login is good */
	bool		 denied;	/* the owner was, not our login */
};

/* ews_value - of the profile; "" is NULL. */
const char *ews_value(const struct profile *, const char *word);

/* ews_connect - nothing is sent yet.  ews_close - all of it; NULL. */
enum mailbox_result ews_connect(const struct profile *, struct ews **out,
	    struct err *);
struct ews *ews_close(struct ews *);

/* ews_begin - the head of a request as the owner, or as ourselves. */
void	 ews_begin(const struct ews *, struct buf *out);

/* ews_ask - the rest of the request is in body.  MAILBOX_DONE: an answer, and no
 * fault; each part is judged by ews_judge(). */
enum mailbox_result ews_ask(struct ews *, struct buf *body,
	    struct ews_answer *out, struct err *);
/* ews_judge - what became of a part; sees to a back-off.  Who has been opened and
 * is then denied something is no reason for others to wait. */
enum mailbox_result ews_judge(struct ews *, const struct ews_part *,
	    struct err *);
/* ews_ask_one - both, where one thing was asked for. */
enum mailbox_result ews_ask_one(struct ews *, struct buf *body,
	    struct ews_answer *out, struct ews_part *part, struct err *);

/* ews_exchange - there and back, with the login; as http_ask(). */
int	 ews_exchange(struct ews *, const struct buf *body,
	    struct http_answer *out, struct err *);

/* ews_strange - MAILBOX_LATER, and that the answer lacks something. */
enum mailbox_result ews_strange(const struct ews *, const char *what,
	    struct err *);

#endif
