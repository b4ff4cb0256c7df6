/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * monitor - what the files of "tdcctl monitor" share: lines that go out until
 * somebody has had enough
 *
 *	monitor_begin();
 *	while (monitor_write("{}\n", 3) && monitor_wait(-1, 1000))
 *		continue;
 */
#ifndef CONTROL_MONITOR_H
#define CONTROL_MONITOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/conf/conf.h"

/* monitor_begin - from now on SIGINT, SIGTERM and SIGHUP end it in order. */
void	monitor_begin(void);
bool	monitor_ended(void);

/* monitor_write - to standard output, which may be slow; false: it is time to
 * end: a signal came, or nobody reads any more. */
bool	monitor_write(const char *, size_t);

/* monitor_wait - for so long, or until descriptor fd (-1: none) can be read;
 * false: it is time to end. */
bool	monitor_wait(int fd, int ms);

/* monitor_counters - what changes, at this interval; an exit code. */
int	monitor_counters(const struct conf *, unsigned seconds);

#endif
