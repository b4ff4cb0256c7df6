/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_limit.h"

#include <stdatomic.h>

#include "base/clock.h"

enum { REPEAT_MS = 10000 };

/* log_limit_pass - whether a line of this kind may be written now */
bool
log_limit_pass(struct log_limit *limit, unsigned *out_left_out)
{
	long long now = clock_now();
	long long last = limit->last;

	if ((last != 0 && now - last < REPEAT_MS) ||
	    !atomic_compare_exchange_strong(&limit->last, &last, now)) {
		limit->left_out++;
		return false;
	}
	*out_left_out = atomic_exchange(&limit->left_out, 0);
	return true;
}
