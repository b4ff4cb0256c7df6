/* SPDX-License-Identifier: BSD-2-Clause */
/* unclean_header_checks: what an earlier filter found in the message. */
#include <stdio.h>

#include "policy/policy_private.h"

/* policy_has_header_checks - are there any tables? */
bool
policy_has_header_checks(const struct policy *policy)
{
	return policy->header_count > 0;
}

/* policy_unclean - look one header field up in the tables */
bool
policy_unclean(const struct policy *policy, const char *header,
    struct unclean *out)
{
	*out = (struct unclean){ 0 };
	for (size_t i = 0; i < policy->header_count; i++) {
		const struct rules *rules = policy->tables[policy->headers[i]];
		own(ruling) struct ruling ruling = RULING;
		struct err err;
		int got = rules_find(rules, header, &ruling, &err);

		if (got == -1)
			snprintf(out->trouble, sizeof(out->trouble), "%s",
			    err.text);
		if (got != 1 || ruling.value->action != ACTION_NO)
			continue;
		out->table = table_name(rules_table(rules));
		out->line = ruling.line;
		return true;
	}
	return false;
}
