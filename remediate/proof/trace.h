/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace - who added a Received: field, under which id, and when
 *
 *	own(buf) struct buf by = BUF, id = BUF;
 *	struct trace_field received = { &by, &id, 0 };
 *
 *	if (trace_parse("from x (y [192.0.2.1])\n\tby gw.example (Postfix) "
 *	    "with ESMTP id 4abc; Thu, 26 Nov 2026 10:00:00 +0000", &received))
 *		puts(received.by->data);	-- "gw.example"
 *
 *	Received: *(word / comment) ";" date-time	(RFC 5322 3.6.7)
 *
 * The name is that after the last word "by", the id that after an "id" after
 * it, so that what a client gives for its name, which stands before, cannot pass
 * for either.  Comments are nothing; a quoted string, and what is in <>, is one
 * word.  Pure.
 */
#ifndef REMEDIATE_TRACE_H
#define REMEDIATE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct trace_field {
	struct buf	*by, *id;	/* set; empty when there is none */
	int64_t		 time;		/* ms since 1970; 0: none */
};

/* trace_parse - of a value that may be folded; false: one of the three is
 * missing, and the others are set all the same. */
bool	trace_parse(const char *value, struct trace_field *);

#endif
