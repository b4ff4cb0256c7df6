/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wanted - ids that are wanted, of all types
 *
 *	struct wanted wanted = { .count = 0 };
 *
 *	wanted_add_number(&wanted, WANTED_MID, 14501404);
 *	if (wanted_has(&wanted, WANTED_QUEUE_ID, text, n))
 *		...
 *	wanted_drop(&wanted);
 */
#ifndef CONTROL_WANTED_H
#define CONTROL_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

enum wanted_type {
	WANTED_QUEUE_ID = 'q', WANTED_MESSAGE_ID = 'i', WANTED_MID = 'm',
	WANTED_DCID = 'd'
};

struct wanted {
	size_t		 count;
	void		*root;		/* of tsearch(3) */
	struct arena	 arena;
};

/* The texts need no NUL; what has none, and a number 0, is never wanted. */
bool	wanted_has(const struct wanted *, enum wanted_type, const char *,
	    size_t n);
void	wanted_add(struct wanted *, enum wanted_type, const char *, size_t n);
bool	wanted_has_number(const struct wanted *, enum wanted_type, uint64_t);
void	wanted_add_number(struct wanted *, enum wanted_type, uint64_t);

/* wanted_mids - each MID. */
void	wanted_mids(const struct wanted *, void (*each)(void *arg, uint64_t),
	    void *arg);
void	wanted_drop(struct wanted *);

#endif
