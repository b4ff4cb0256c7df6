/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * finding - what tdcctl check found, one line each on standard output
 *
 *	own(findings) struct findings findings = FINDINGS;
 *
 *	finding_warn(&findings, "the clock is wrong: set it");
 *	finding_end(&findings, "/etc/tdc/tdc.cf");
 *	-- warning: the clock is wrong: set it
 *	-- /etc/tdc/tdc.cf: OK, 1 warning
 *
 * A line tells what is wrong, where, and what to do.  One that was told already
 * is not told again.
 *
 * As JSON a line is an object with its severity ("error", "warning", "note",
 * "table"), its place (file and line, table or parameter, if the text begins with
 * one and a colon), and the text; the last has the verdict.
 */
#ifndef CONTROL_DOCTOR_FINDING_H
#define CONTROL_DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct findings {
	unsigned	 warnings;
	bool		 no_copies;	/* as it is, no copy would be made, or
					   none delivered */
	bool		 json;		/* each line is an object */
	struct buf	 said;		/* each line after a line feed */
};
#define FINDINGS { .said = BUF }

/* finding_warn - probably a mistake; copies are made and delivered all the
 * same.  finding_stop - a warning of what keeps all of them away.
 * finding_note - nothing is wrong, but something was not looked at, or is worth
 * knowing; not counted. */
void	finding_warn(struct findings *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
void	finding_stop(struct findings *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
void	finding_note(struct findings *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* finding_error - what is refused, which is told on standard error as well: with
 * json, one object. */
void	finding_error(const struct findings *, const char *text);

/* finding_end - the last line: "FILE: OK", "FILE: OK, 2 warnings", or "FILE: no
 * copies, 2 warnings". */
void	finding_end(const struct findings *, const char *file);

/* finding_table - a table that was read: "CHECK TABLE: 3 entries". */
void	finding_table(const struct findings *, const char *check,
	    const char *table, size_t entries);

static inline void
own_findings(struct findings *findings)
{
	buf_drop(&findings->said);
}

#endif
