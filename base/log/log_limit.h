/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_limit - how often a line of one kind, and for one reason, may be written
 *
 *	static struct log_limit limit;
 *
 *	if (log_limit_pass(&limit, text, sizeof(text)))
 *		puts(text);
 *
 * A reason is the text without its digits: the same sentence about another
 * DCID is the same reason.  What somebody else's text can make of a line is
 * without end, so a kind has LOG_REASONS of them in ten seconds; those for
 * which there is no place are counted together.
 *
 * Any thread.  For log.c alone: the rows of log_events.h say which lines are
 * limited.
 */
#ifndef BASE_LOG_LIMIT_H
#define BASE_LOG_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_REASONS = 8 };

/* All zero at first. */
struct log_limit {
	struct log_reason {
		uint64_t	 hash;
		int64_t		 last;		/* 0: never */
		unsigned	 left_out;
	} reasons[LOG_REASONS];
	unsigned	 others;	/* left out, of no reason that is here */
};

/* log_limit_pass - true when this line may be written now: one in ten seconds
 * for each reason.  Then it has at its end, which may cost it some of its own
 * text, how many were held back, of the same reason and of others.  size: of
 * text, 128 at least. */
bool	log_limit_pass(struct log_limit *, char *text, size_t size);

#endif
