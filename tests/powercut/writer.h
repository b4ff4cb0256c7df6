/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * writer - many threads that commit copies as the milter does, and take some of
 * them away again, as the forwarder does
 *
 * Who has a promise from Postfix has it a moment later than Postfix has it, and
 * that moment may be what a copy needed.  Here the tick is read as soon as
 * draft_commit() has returned.
 */
#ifndef TESTS_POWERCUT_WRITER_H
#define TESTS_POWERCUT_WRITER_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct writer {
	const char	*spool;		/* becomes nobody's, as its caller must be */
	uint64_t	 first, count;	/* numbers of the messages */
	unsigned	 threads;
	const _Atomic uint64_t *ticks;
	FILE		*promises, *deliveries;	/* as fates.h reads them */
};

int	writer_run(const struct writer *, struct err *);

#endif
