/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strings - an interned set of strings, each with a number
 *
 *	struct strings names = { 0 };
 *	uint32_t number;
 *
 *	strings_add(&names, "alice", 5, &number);
 *	if (strings_find(&names, "alice", &number))	-- true, 0
 *		puts(strings_text(&names, number));	-- alice
 *	strings_drop(&names);
 *
 * Numbers count from 0 in the order of arrival.  The strings lie one after
 * another in one block, and are found through an open-addressing table of
 * their hashes and numbers: about 20 bytes for each besides its own, and
 * mostly two cache misses to find one or to learn that it is not there.  No
 * string holds a NUL.  While nothing is added, any number of threads may
 * look.
 */
#ifndef POLICY_TABLE_STRINGS_H
#define POLICY_TABLE_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strings {
	char		*bytes;		/* each string with its NUL */
	size_t		 used, room;
	uint32_t	*at;		/* where each begins; then the end */
	uint32_t	 count, at_room;
	struct strings_slot *slots;
	uint32_t	 slot_count;	/* a power of two */
};

/* strings_add - its number, which is count - 1 when it is new.  False: no
 * room, beyond 4 GB or 2^30 strings. */
bool	 strings_add(struct strings *, const char *, size_t,
	    uint32_t *out_number);
bool	 strings_find(const struct strings *, const char *,
	    uint32_t *out_number);
const char *strings_text(const struct strings *, uint32_t number);
/* strings_trim - give back the room that was taken for more. */
void	 strings_trim(struct strings *);
void	 strings_drop(struct strings *);	/* as after { 0 } */

#endif
