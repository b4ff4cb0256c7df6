/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy_again - what the policy of today says of a message of the past
 *
 *	struct again *again;
 *
 *	if (again_load(&conf, &again, &err) == -1)
 *		return -1;
 *	again_ask(again, &message, each, arg);		-- any number
 *	again_free(again);
 *
 * The milter's own code decides (inbound.h, policy_decide()), and what it says
 * is compared with what was done.  What only a header could tell is taken for
 * granted: the header is clean, the message is no journal report, and the client
 * before a trusted relay is not one of our own; but where a message is known to
 * have had no copy for its header, it has none again as long as the parameter
 * that says so is set.
 */
#ifndef CONTROL_POLICY_AGAIN_H
#define CONTROL_POLICY_AGAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "policy/client/client.h"
#include "policy/inbound.h"

/* Of one recipient. */
struct past_recipient {
	const char	*address;	/* without <> */
	const char	*intake;	/* that got a copy; NULL: none */
	const char	*policy;	/* that asked for it */
	uint64_t	 mid;		/* 0: none */
};

/* A message, as far as it is known; texts are borrowed, "": not known. */
struct past_message {
	int64_t		 time;		/* ms since 1970 */
	const char	*queue_id, *message_id, *sender;
	struct client	 client;
	bool		 authenticated;
	uint64_t	 size;		/* 0: not known */
	enum skip	 skipped;	/* why it had no copy; SKIP_NOT: it had, or
					   it is not known */
	const struct past_recipient *recipients;
	size_t		 count;
};

enum difference {
	DIFFERENCE_NONE,
	DIFFERENCE_INTAKE,		/* another intake */
	DIFFERENCE_GONE,		/* no longer journaled */
	DIFFERENCE_NEW,			/* would be journaled now */
	DIFFERENCE_NAME,		/* the name of the policy alone */
	DIFFERENCES
};

/* The answer for one recipient; texts live until each() returns. */
struct again_answer {
	const struct past_message *message;
	const struct past_recipient *recipient;
	enum difference	 difference;
	const char	*intake;	/* NULL: no copy */
	const char	*policy;	/* NULL: none */
	const char	*by;		/* the row or the parameter that decides */
};
typedef void again_each(void *arg, const struct again_answer *);

struct again;

/* again_load - the policy and the networks of a tdc.cf, which must live as long;
 * again_free() frees it. */
int	again_load(const struct conf *, struct again **out, struct err *);
struct again *again_free(struct again *);	/* NULL */

/* again_ask - each() for every recipient, in order. */
void	again_ask(struct again *, const struct past_message *, again_each *,
	    void *arg);

/* again_assumed - whether something that no log and no history tells could
 * decide: one line for each, through ESCAPE() where needed. */
typedef void again_line(void *arg, const char *text);
void	again_assumed(const struct again *, again_line *, void *arg);

#endif
