/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * message - what envelope and header tell of one message
 *
 *	struct message message = MESSAGE;
 *
 *	message_sender(&message, path, understood);
 *	message_recipient(&message, path, understood, gateway);
 *	message_queue_id(&message, id);
 *	... message.sender, message.recipients ...
 *	message_reset(&message);
 *
 * All texts live in its arena, until message_reset().
 */
#ifndef MILTER_MESSAGE_H
#define MILTER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/* A recipient of the message. */
struct recipient {
	const char	*address;	/* for the policy (path.h); NULL:
					   unclear */
	const char	*plain;		/* for reports and lines: a Mailbox */
};

struct message {
	struct arena	 arena;
	const char	*sender;	/* for the policy; NULL: unclear */
	const char	*plain_sender;	/* for reports and lines */
	const char	*unclear;	/* the first path that is, or NULL */
	const char	*queue_id;	/* letters and digits; "": not known */
	const char	*message_id;	/* "": none */
	bool		 smtputf8;	/* an address has bytes over 127 */
	struct recipient *recipients;	/* on the heap; grows */
	size_t		 recipient_count, recipient_room;
};
#define MESSAGE { .sender = "", .plain_sender = "", .queue_id = "", \
    .message_id = "" }

void	message_reset(struct message *);	/* as MESSAGE */
void	message_drop(struct message *);		/* and free */

/* understood: the macro, see path_mailbox(). */
void	message_sender(struct message *, const char *path,
	    const char *understood);
void	message_recipient(struct message *, const char *path,
	    const char *understood, const char *gateway);

/* message_queue_id - the first that is known counts; NULL is fine. */
void	message_queue_id(struct message *, const char *);

/* message_name - the queue id as lines have it: "unknown" while it is. */
const char *message_name(const struct message *);

/* message_field - a header field: the first Message-ID counts. */
void	message_field(struct message *, const char *name, const char *value);

/* message_protocol - the transmission type (RFC 3848, RFC 6531 4.3). */
const char *message_protocol(const struct message *, bool tls,
	    bool authenticated);

#endif
