/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of two items comes before the other in a heap. */
#include "forward/queue/queue_private.h"

/* older - the mid decides among copies of the same millisecond */
static bool
older(const struct item *a, const struct item *b)
{
	return a->born != b->born ? a->born < b->born :
	    a->entry.mid < b->entry.mid;
}

/* queue_by_age - the one that dies first */
bool
queue_by_age(const struct heap_node *a, const struct heap_node *b)
{
	return older(HEAP_OWNER(a, struct item, age),
	    HEAP_OWNER(b, struct item, age));
}

/* queue_by_ready - the one that is sent first */
bool
queue_by_ready(const struct heap_node *a, const struct heap_node *b)
{
	const struct item *x = HEAP_OWNER(a, struct item, place);
	const struct item *y = HEAP_OWNER(b, struct item, place);

	if ((queue_attempts(x) == 0) != (queue_attempts(y) == 0))
		return queue_attempts(x) == 0;
	return older(x, y);
}

/* queue_by_due - the one that may be sent first */
bool
queue_by_due(const struct heap_node *a, const struct heap_node *b)
{
	return HEAP_OWNER(a, struct item, place)->due <
	    HEAP_OWNER(b, struct item, place)->due;
}
