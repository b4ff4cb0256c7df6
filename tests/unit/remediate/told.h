/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * told - how often each event was logged, for "WRAP: log_write"
 *
 *	memset(told, 0, sizeof(told));
 *	...
 *	assert_int_equal(told[LOG_alerted], 1);
 */
#ifndef TESTS_TOLD_H
#define TESTS_TOLD_H

#include "base/log/log.h"

static unsigned told[LOG_EVENTS];

void	__wrap_log_write(enum log_event, const char *, ...);
void
__wrap_log_write(enum log_event event, const char *format, ...)
{
	(void)format;
	told[event]++;
}

#endif
