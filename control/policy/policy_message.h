/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy_message - a message in a file, as Postfix would show it to a milter
 *
 *	own(policy_message) struct policy_message message = POLICY_MESSAGE;
 *
 *	if (policy_message_read("letter.eml", &message, &err) == -1)
 *		return -1;
 *	policy_message_show(&message, &inbound, &arena);
 *	if (message.size > most) ...
 *
 * As cleanup(8) does, the header ends before the first line that is neither a
 * field nor the continuation of one.  The line with which an mbox begins each
 * message is no part of it.
 */
#ifndef CONTROL_POLICY_MESSAGE_H
#define CONTROL_POLICY_MESSAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "policy/inbound.h"

struct policy_message {
	struct buf	 header;
	uint64_t	 size;		/* of all of it, each line with CRLF */
};
#define POLICY_MESSAGE { .header = BUF }

/* policy_message_read - path: "-" is standard input. */
int	 policy_message_read(const char *path, struct policy_message *out,
	    struct err *);

/* policy_message_show - inbound_header() for each field. */
void	 policy_message_show(const struct policy_message *, struct inbound *,
	    struct arena *);

static inline void
own_policy_message(struct policy_message *message)
{
	buf_drop(&message->header);
}

#endif
