/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enqueue - from a policy's answers to copies in the spool
 *
 * A message yields one copy for each distinct intake address; its report
 * names just the recipients that led there, each once.
 */
#ifndef MILTER_ENQUEUE_H
#define MILTER_ENQUEUE_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "journal/envelope.h"
#include "milter/service.h"
#include "policy/policy.h"

/* A recipient of the message. */
struct recipient {
	const char	*address;	/* a Mailbox (path.h) */
	bool		 unclear;	/* which one is meant could not be told:
					   its copy goes to intake_address */
};

struct target {
	struct target	*next;
	const char	*intake;
	const char	*policy;	/* name of the first that led here */
	const char	**recipients;	/* as many as the message has, at most */
	size_t		 recipient_count;
};

/* targets_decide - ask the policy for every recipient; NULL: no copy at
 * all.  facts->sender is NULL when the sender is unclear, and then no
 * recipient can be decided on either.  All of it lives in the arena; addresses
 * are borrowed.  Mail to an address that the policy sends copies to is never
 * copied: it may be a copy, on its way by this very gateway;
 * *out_only_intakes tells when there was nothing else. */
struct target *targets_decide(const struct policy *, const struct facts *,
	    const struct recipient *, size_t, struct arena *,
	    bool *out_only_intakes);

/* enqueue_copy - make the copy for one target durable, count and log it.
 * common: all that does not depend on the target. */
int	enqueue_copy(struct service *, struct draft *, const struct target *,
	    const struct envelope *common, struct err *);

#endif
