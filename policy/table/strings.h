/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words - a set of strings, each with a number
 *
 *	struct words words = { 0 };
 *	uint32_t number;
 *
 *	words_add(&words, "alice", 5, &number);
 *	words_find(&words, "alice", &number)	-- true, 0
 *	words_text(&words, number)		-- "alice"
 *	words_drop(&words);
 *
 * Numbers count from 0 in the order of arrival.  The strings lie one behind
 * the other in one block, and are found by an open-addressing table of their
 * hashes and numbers: about 20 bytes for each besides its own, and mostly two
 * cache misses to find one or to learn that it is not there.  No string
 * holds a NUL.  While nobody adds, any number of threads may look.
 */
#ifndef POLICY_TABLE_WORDS_H
#define POLICY_TABLE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words {
	char		*bytes;		/* each string with its NUL */
	size_t		 used, room;
	uint32_t	*at;		/* where each begins; at[count] is used */
	uint32_t	 count, at_room;
	struct words_slot *slots;
	uint32_t	 slot_count;	/* a power of two */
};

/* words_add - its number, which is words.count - 1 when it is new.  False:
 * no room, beyond 4 GB or 2^31 strings. */
bool	 words_add(struct words *, const char *, size_t, uint32_t *out_number);
bool	 words_find(const struct words *, const char *, uint32_t *out_number);
const char *words_text(const struct words *, uint32_t number);
void	 words_trim(struct words *);	/* give back what growing took ahead */
void	 words_drop(struct words *);	/* as after { 0 } */

#endif
