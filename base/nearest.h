/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nearest - the name that was probably meant
 *
 *	const char *const names[] = { "check", "config", "policy" };
 *
 *	name = nearest("chek", names, 3, sizeof(*names));
 *	if (name != NULL)
 *		printf("did you mean '%s'?\n", name);
 *
 * Near is what a few slips of the fingers make of a name: letters that are
 * wrong, missing, too many or swapped, one in three at the most, in any case;
 * or a name with something after it ("check_sender_access").  Pure.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* nearest - names: the first of count, each stride bytes after the one before
 * (sizeof(*names) in a plain array).  Borrowed; NULL: none is near. */
const char *nearest(const char *word, const char *const *names, size_t count,
	    size_t stride);

#endif
