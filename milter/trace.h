/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace - what happens in a session, event by event, for tdc-milter -v
 *
 *	TRACE(7, "HELO %s", ESCAPE(helo));
 *
 * Of what a message says nothing is told, only its envelope and what the
 * policy makes of that.  Without -v the arguments are not even evaluated.
 */
#ifndef MILTER_TRACE_H
#define MILTER_TRACE_H

#include <stdint.h>

#include "base/log/log.h"
#include "milter/message.h"
#include "policy/policy.h"

#define TRACE(session, ...) do { \
	if (log_debugs()) \
		trace_line((session), __VA_ARGS__); \
} while (0)

/* trace_line - for TRACE() alone; session: its number. */
void	trace_line(uint64_t session, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* TRACE_ADDRESS - "<a@x>" as it was understood, or "unclear" for NULL; lives
 * until the end of the block. */
#define TRACE_ADDRESS(address) ((address) == NULL ? "unclear" : \
    *(address) == '\0' ? "<>" : ESCAPE(address))

/* trace_decisions - a line for each recipient, with the row that decides. */
void	trace_decisions(uint64_t session, const struct policy *,
	    const struct facts *, const struct message *);

#endif
