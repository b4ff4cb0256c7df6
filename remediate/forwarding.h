/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarding - a message from a mailbox, as an attachment, to
 * remediation_forward_to
 *
 *	struct forwarding forwarding;	-- whose, and the message itself
 *
 *	if (forwarding_send(rem, &forwarding, &err) == 0)
 *		... Postfix has it ...
 *
 * One mail a message, whose Message-ID follows from the API's id of it: one that
 * is sent twice, because of a crash, can be recognised.
 */
#ifndef REMEDIATE_FORWARDING_H
#define REMEDIATE_FORWARDING_H

#include "base/buf.h"
#include "base/err.h"
#include "remediate/remediator.h"

struct forwarding {
	const struct state_action *action;
	const struct state_message *message;
	const struct buf *raw;		/* lines end in CRLF or LF */
};

int	forwarding_send(const struct remediator *, const struct forwarding *,
	    struct err *);
/* forwarding_compose - the mail. */
void	forwarding_compose(const struct remediator *,
	    const struct forwarding *, struct buf *out);

#endif
