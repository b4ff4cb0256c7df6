/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cut - what may be on a disk when its power fails after a record
 *
 *	cuts_choose(&cuts, &fates);
 *	for (i = 0; i < cuts.count; i++) {
 *		cut_make(&cuts, i);		-- in the image
 *		...
 *		image_back();
 *	}
 *
 * All writes that a flush was good for (journal.h) are there.  Of those after
 * it there may be all, none, some, or pieces of some: which is by the dice, and
 * so by the seed.
 */
#ifndef TESTS_POWERCUT_CUT_H
#define TESTS_POWERCUT_CUT_H

#include <stdint.h>

#include "tests/powercut/journal.h"

enum cut_style { CUT_ALL, CUT_NONE, CUT_SOME, CUT_TORN, CUT_STYLES };
extern const char *const cut_styles[CUT_STYLES];

struct cuts {
	const struct record *records;
	size_t		 record_count;
	size_t		 piece;		/* bytes that a disk writes whole or
					   not at all */
	uint64_t	 dice;		/* the seed */
	struct cut {
		size_t		 at;	/* so many records came before */
		enum cut_style	 style;
	}		*list;		/* in the order of the records */
	size_t		 count;

	size_t		 applied;	/* so many records were looked at: */
	uint32_t	 flushed;	/* writes of rounds below it are there */
	size_t		*waiting;	/* of the others, their numbers */
	size_t		 waiting_count;
};

/* The next number below limit. */
uint64_t cuts_dice(struct cuts *, uint64_t limit);

/* cuts_choose - so many, after first records: half of them anywhere, half of
 * them at once after one of the moments, in ticks. */
void	 cuts_choose(struct cuts *, size_t count, size_t first,
	    const uint64_t *moments, size_t moment_count);

/* cut_make - one of the list, the first of them first. */
void	 cut_make(struct cuts *, const struct cut *);

#endif
