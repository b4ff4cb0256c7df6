/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/refusal.h"

#include <string.h>

#include "base/escape.h"

enum { LONG = 600 };		/* after which recipients are only counted */

static bool
same_reason(const struct refusal *a, const struct refusal *b)
{
	if (a->policy == NULL || b->policy == NULL)
		return a->policy == b->policy && a->is_intake == b->is_intake;
	return strcmp(a->policy, b->policy) == 0;
}

/* add_reason - up to the recipient */
static void
add_reason(const struct refusal *refusal, struct buf *out)
{
	if (refusal->is_intake)
		buf_text(out, "intake address ");
	else if (refusal->policy == NULL)
		buf_text(out, "no policy asks for ");
	else
		buf_format(out, "policy %s says NO for ",
		    ESCAPE(refusal->policy));
}

/* add_refusals - "policy X says NO for <a>,<b>; no policy asks for <c>", and
 * how many more when it gets long */
static void
add_refusals(const struct refusal *refusals, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct refusal *refusal = &refusals[i];

		if (out->len > LONG) {
			buf_format(out, " and %zu more", count - i);
			return;
		}
		if (i > 0 && same_reason(refusal, refusal - 1)) {
			buf_byte(out, ',');
		} else {
			buf_text(out, i > 0 ? "; " : "");
			add_reason(refusal, out);
		}
		buf_format(out, "<%s>", ESCAPE_INSIDE(refusal->recipient,
		    '>'));
	}
}

/* refusal_decided - for a reason */
bool
refusal_decided(const struct refusal *refusals, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (refusals[i].is_intake || refusals[i].policy != NULL)
			return true;
	return false;
}

/* refusal_explain - whom it is not for, by which rows, and whose mail it is */
void
refusal_explain(const struct refusal *refusals, size_t count,
    const char *sender, struct buf *out)
{
	add_refusals(refusals, count, out);
	buf_format(out, "; from <%s>", ESCAPE_INSIDE(sender, '>'));
}
