/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enqueue - from a policy's answers to copies in the spool
 *
 * A message yields one copy for each distinct intake address; its report
 * names just the recipients that led there, each once.
 */
#ifndef MILTER_ENQUEUE_H
#define MILTER_ENQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "journal/envelope.h"
#include "journal/spool/draft.h"
#include "milter/message.h"
#include "milter/service.h"
#include "policy/policy.h"
#include "policy/refusal.h"

struct target {
	struct target	*next;
	const char	*intake;
	const char	*policy;	/* name of the first that led here */
	const char	**recipients;	/* as many as the message has, at most */
	size_t		 recipient_count;
	uint64_t	 mid;		/* of its copy, once that is durable */
};

/* What there was besides targets. */
struct doubts {
	bool		 only_intakes;	/* no recipient but intake addresses */
	struct refusal	*refused;	/* in order */
	size_t		 refused_count;
	const char	*lost;		/* why nobody can say whether somebody's
					   copy is wanted, where there is no
					   intake_address to send it to; or NULL */
};

/* targets_decide - ask the policy for every recipient; NULL: no copy at
 * all.  All of it lives in the message's arena; addresses are borrowed.  Mail
 * to an address that the policy sends copies to is never copied: it may be a
 * copy, on its way by this very gateway. */
struct target *targets_decide(const struct policy *, const struct facts *,
	    struct message *, struct doubts *out);

/* enqueue_copies - make a copy for each target durable, count and log them.
 * common: all that does not depend on the target.  all_or_none: when one
 * fails none shall be left, because the client will send the message again;
 * otherwise each is tried.  -1: at least one was not made. */
int	enqueue_copies(struct service *, struct draft *, struct target *,
	    const struct envelope *common, bool all_or_none, struct err *);

#endif
