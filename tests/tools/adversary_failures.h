/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adversary_failures - what an adversary does in place of a reply
 */
#ifndef TESTS_TOOLS_ADVERSARY_FAILURES_H
#define TESTS_TOOLS_ADVERSARY_FAILURES_H

#include <stdbool.h>

#include "tests/tools/adversary_peer.h"

enum { ONCE = 1 << STEPS };	/* beside the steps */

struct failure {
	const char	*name;
	/* true: the reply was bad, but the client may go on */
	bool		(*act)(struct peer *, const char *);
	const char	*text;		/* NULL: see strike() */
	unsigned	 only;		/* a set of steps; 0: all; ONCE: in one
					   mode alone, it is not about SMTP */
};

extern const struct failure failures[];
extern const int failure_count;

#endif
