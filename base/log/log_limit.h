/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_limit - how often a line of one kind may be written
 *
 *	static struct log_limit limit;
 *	unsigned left_out;
 *
 *	if (log_limit_pass(&limit, &left_out))
 *		... a line that tells of left_out others ...
 *
 * Any thread.  For log.c alone: the rows of log_events.h say which lines are
 * limited.
 */
#ifndef BASE_LOG_LIMIT_H
#define BASE_LOG_LIMIT_H

#include <stdbool.h>

struct log_limit { _Atomic long long last; _Atomic unsigned left_out; };

/* log_limit_pass - true when a line may be written now: one in ten seconds.
 * *out_left_out tells how many were held back since the last. */
bool	log_limit_pass(struct log_limit *, unsigned *out_left_out);

#endif
