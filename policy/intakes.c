/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "policy/policy_private.h"

/* same_mailbox - local parts to the letter, domains without regard to case */
static bool
same_mailbox(const char *a, const char *b)
{
	const char *at = strrchr(a, '@'), *bt = strrchr(b, '@');

	return at != NULL && bt != NULL && at - a == bt - b &&
	    strncmp(a, b, (size_t)(at - a)) == 0 && strcasecmp(at, bt) == 0;
}

static bool
leads_to(const struct value *value, const char *address)
{
	return value->action == ACTION_ADDRESS &&
	    same_mailbox(value->intake, address);
}

/* policy_is_intake - whether copies may go to this address */
bool
policy_is_intake(const struct policy *policy, const char *address)
{
	if (same_mailbox(policy->intake, address) ||
	    leads_to(&policy->fallback, address))
		return true;
	for (size_t i = 0; i < policy->table_count; i++) {
		struct ruling ruling;
		uint32_t at = 0;

		/* one turn for each distinct value, and those are few */
		while (rules_next(policy->tables[i], &at, &ruling))
			if (leads_to(ruling.value, address) ||
			    (ruling.value->action == ACTION_LATER &&
			    value_leads_to(ruling.text, address)))
				return true;
	}
	return false;
}
