/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refusal - recipients that get no copy, and why, in words
 *
 *	refusal_explain(refusals, count, sender, &text);
 *
 * gives "policy Privileged says NO for <a@example.com>,<b@example.com>; no
 * policy asks for <c@example.com>; from <s@client.example>": what the log of
 * tdc-milter and the answer of tdcctl policy say alike.
 */
#ifndef POLICY_REFUSAL_H
#define POLICY_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct refusal {
	const char	*recipient;
	const char	*policy;	/* whose row says NO; NULL: no row does */
	bool		 is_intake;	/* it is an intake address itself */
};

/* refusal_decided - whether somebody gets none for a reason, and not because
 * nobody asked for it. */
bool	refusal_decided(const struct refusal *, size_t count);

/* refusal_explain - one line of text; when it gets long, how many more. */
void	refusal_explain(const struct refusal *, size_t count,
	    const char *sender, struct buf *out);

#endif
