/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_decides - is this the name of the policy that decides now? */
#ifndef TESTS_POLICY_DECIDES_H
#define TESTS_POLICY_DECIDES_H

#include <stdbool.h>
#include <string.h>

#include "policy/policy.h"

static inline bool
decides(struct policy_live *live, const char *recipient, const char *name)
{
	struct policy *policy = policy_hold(live);
	struct facts facts = { .sender = "s@x" };
	struct decision decision;
	bool same;

	policy_decide(policy, &facts, recipient, &decision);
	same = strcmp(decision.name, name) == 0;
	policy_leave(policy);
	return same;
}

#endif
