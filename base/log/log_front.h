/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_front - what stands before the text of a line, of syslog and of AsyncOS
 *
 *	const struct log_us us = { "tdc-milter", "gw", 4711, 1, false };
 *
 *	fputs(log_front(&us, clock_wall())->maillog, stdout);
 *	-- Feb 16 21:19:23 gw tdc-milter[4711]: TDC:
 *
 * Of the log itself alone.  Each thread puts it together once in a second, and
 * after each log_open(), by hand: strftime(3) would follow a locale.
 */
#ifndef BASE_LOG_FRONT_H
#define BASE_LOG_FRONT_H

#include <stdbool.h>
#include <stdint.h>

enum { LOG_FRONT = 192 };

struct log_us {
	char	 ident[64];
	char	 host[64];
	int	 pid;
	unsigned opened;	/* how often the log was */
	bool	 syslog;	/* which adds the host */
};

struct log_front {
	char	maillog[LOG_FRONT];	/* "Feb 16 21:19:23 gw ident[1]: TDC: " */
	char	date[LOG_FRONT / 2];	/* "Fri Feb 16 21:19:23 2024 " */
};

/* log_front - for a line of this time, in ms since 1970; borrowed, of this
 * thread, until the next call. */
const struct log_front *log_front(const struct log_us *, int64_t wall);

#endif
