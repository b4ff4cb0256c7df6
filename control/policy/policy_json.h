/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy_json - the answer of "tdcctl policy" as JSON: a line for each
 * recipient, and one for what comes of the message
 *
 *	own(policy_json) struct policy_json json = POLICY_JSON;
 *
 *	policy_json_step(&json, "check_sender", "hash:/x", "a@b", "NO");
 *	policy_json_recipient(&json, "user@corp.example", &decision);
 *	policy_json_end(&json, "not journaled", "no policy asks for it");
 */
#ifndef CONTROL_POLICY_JSON_H
#define CONTROL_POLICY_JSON_H

#include "base/buf.h"
#include "policy/policy.h"

struct policy_json {
	struct buf	 steps;		/* of the next recipient */
	struct buf	 assumed, warnings;
};
#define POLICY_JSON { BUF, BUF, BUF }

/* policy_json_step - a key that was tried, and its value (NULL: not found), or
 * none (NULL), when there was nothing to look up. */
void	policy_json_step(struct policy_json *, const char *check,
	    const char *table, const char *key, const char *value);

/* policy_json_recipient - what the policy says; NULL: it is itself an intake
 * address. */
void	policy_json_recipient(struct policy_json *, const char *recipient,
	    const struct decision *);

/* policy_json_assumed, policy_json_warning - for the last line. */
void	policy_json_assumed(struct policy_json *, const char *text);
void	policy_json_warning(struct policy_json *, const char *text);

/* policy_json_end - the last line; reason: NULL: there are copies. */
void	policy_json_end(struct policy_json *, const char *result,
	    const char *reason);

static inline void
own_policy_json(struct policy_json *json)
{
	buf_drop(&json->steps);
	buf_drop(&json->assumed);
	buf_drop(&json->warnings);
}

#endif
