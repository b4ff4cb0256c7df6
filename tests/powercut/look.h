/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look - does a spool, after a power cut, keep what was promised before?
 *
 * It is looked at by the functions of journal/, as the programs do.
 */
#ifndef TESTS_POWERCUT_LOOK_H
#define TESTS_POWERCUT_LOOK_H

#include <stdint.h>

#include "tests/powercut/fates.h"

#define SIGHTS(S) \
	S(promised)	/* and not delivered before: looked for */ \
	S(found)	/* copies that are whole */ \
	S(missing)	/* of these, not there as a whole */ \
	S(damaged)	/* of these, there, but not whole */ \
	S(altered)	/* taken for whole, and is not what was sent */ \
	S(twice)	/* in two places */ \
	S(repeated)	/* the next MID had been given already */ \
	S(trouble)	/* could not be looked at */ \
	S(torn)		/* others, recognised as not whole */

#define SIGHT_NUMBER(name) unsigned long name;
struct sights { SIGHTS(SIGHT_NUMBER) };
#undef SIGHT_NUMBER

/* look_at - after that many records; adds to the sights, and prints a line of
 * each thing that must not be, beginning with "wrong ". */
void	look_at(const char *spool, uint64_t ticks, struct fates *,
	    struct sights *);

#endif
