/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event - what a line of a mail log says, and of which message
 *
 *	struct event event;
 *	char id[EVENT_ID];
 *
 *	event_read(&line, &event);
 *	if (event.kind == EVENT_MESSAGE_ID)
 *		printf("%s\n", event_id(&event, id));
 *
 * Of ours the words of base/log/log_events.h, each from its begin, so that
 * nothing that a client or an intake said is taken for a number; of Postfix
 * "QUEUEID: ..."; of other programs nothing is known but that a queue id or a
 * Message-ID may stand somewhere in it: event_next_token().
 *
 * Pure; texts point into the line.
 */
#ifndef CONTROL_EVENT_H
#define CONTROL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/logs/logline.h"

enum event_kind {
	EVENT_OTHER,			/* whatever it may be about */
	/* of Postfix, all with a queue id but the last */
	EVENT_REMARK,			/* reject, hold, warning, ... */
	EVENT_CLIENT,			/* client=, uid= */
	EVENT_MESSAGE_ID,		/* message-id=; the rest is its value */
	EVENT_SENDER,			/* from=<>, size=, nrcpt= */
	EVENT_RECIPIENT,		/* to=<>, relay=, ... status= */
	EVENT_NOTICE,			/* sender non-delivery notification */
	EVENT_REMOVED,
	EVENT_NOQUEUE,			/* refused before it had one */
	/* of ours, about a message: with a queue id */
	EVENT_ORIGIN,			/* and a MID */
	EVENT_SKIPPED,
	EVENT_LEFT_OUT,
	EVENT_NO_COPY,			/* failure, open */
	EVENT_DEFERRED,			/* failure, tempfail */
	EVENT_WARNING,
	/* about a copy: with a MID */
	EVENT_ENQUEUED,
	EVENT_START,			/* and a DCID */
	EVENT_DELIVERED,
	EVENT_RESPONSE,
	EVENT_DELAYED,			/* and a DCID */
	EVENT_GIVEN_UP,
	EVENT_DIVERTED,
	EVENT_DELETED,
	EVENT_REQUEUED,
	EVENT_COPY,			/* anything else about it */
	/* about a connection: with a DCID */
	EVENT_CONNECTED,
	EVENT_TRUST,
	EVENT_TLS,
	EVENT_CONNECTION,		/* anything else about it */
	EVENT_KINDS
};

enum { EVENT_ID = 32 };			/* of a queue id, with its NUL */

struct event {
	enum event_kind	 kind;
	const char	*queue_id;	/* not ended by a NUL; NULL: none */
	size_t		 queue_id_n;
	uint64_t	 mid, dcid;	/* 0: none */
	const char	*rest;		/* what follows what told its kind */
};

void	event_read(const struct logline *, struct event *out);

/* event_id - its queue id, as a string in out; "": it has none. */
const char *event_id(const struct event *, char out[EVENT_ID]);

/* event_value - where a value begins in "from=<a@x>, size=7", given "size=";
 * *out_n: up to the comma, or the ">" that ends what begins with "<".  NULL: it
 * is not there. */
const char *event_value(const char *text, const char *key, size_t *out_n);

/* event_status - what stands in the brackets at the end of a line with
 * " status=": an answer, most of the time; NULL: nothing does. */
const char *event_status(const char *rest, size_t *out_n);

/* event_queued_as - the queue id that the next server gave to it; NULL: none
 * that is like one of Postfix's. */
const char *event_queued_as(const char *rest, size_t *out_n);

/* event_next_token - the next word that may be a queue id, or what stands
 * between < and >, from *at on, which moves behind it.  NULL: no more. */
const char *event_next_token(const char **at, size_t *out_n, bool *out_angle);

#endif
