/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * told_text - piece by piece through a line whose form is known
 *
 *	const char *at = "MID 7 with Message-ID '<a@b>' enqueued";
 *
 *	if (told_word(&at, "MID ") && told_number(&at, &mid) &&
 *	    told_word(&at, " with Message-ID '") &&
 *	    told_inside(&at, '\'', &arena, &id))
 *		puts(id);
 *
 * Each moves on and is true when its piece is there.  Pure.
 */
#ifndef CONTROL_TOLD_TEXT_H
#define CONTROL_TOLD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

bool	told_word(const char **at, const char *literal);
bool	told_number(const char **at, uint64_t *out);

/* told_inside - what escape_inside() wrote, up to its end, which is passed
 * over; told_until - what stands before the next of a literal, likewise. */
bool	told_inside(const char **at, char end, struct arena *,
	    const char **out);
bool	told_until(const char **at, const char *literal, struct arena *,
	    const char **out);

/* told_plain - what escape() made n bytes of. */
const char *told_plain(const char *, size_t n, struct arena *);

/* told_list - "<a>,<b>", and " and 7 more", which is added. */
bool	told_list(const char **at, struct arena *, const char ***list,
	    size_t *count, uint64_t *more);

#endif
