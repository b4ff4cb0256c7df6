/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * word - what an operator asks for: it may be any of several things
 *
 *	struct word word;
 *
 *	word_read("<a@b>", &word);
 *	if (word_is_message_id(&word, "a@b", 3))
 *		...
 *	word_drop(&word);
 *
 * A queue id has letters and digits, a MID digits, an address an @; all of
 * these may be a Message-ID as well.  Angle brackets do not count.
 */
#ifndef CONTROL_WORD_H
#define CONTROL_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/envelope.h"

struct word {
	char		*text;		/* without <> */
	size_t		 length;
	uint64_t	 mid;		/* 0: it is none */
	bool		 may_be_id, may_be_address;
};

/* word_read - false: it is nothing that can be asked for; nothing to drop. */
bool	word_read(const char *, struct word *out);
void	word_drop(struct word *);

/* Texts of n bytes; of a Message-ID with or without its <>. */
bool	word_is_id(const struct word *, const char *, size_t n);
bool	word_is_message_id(const struct word *, const char *, size_t n);
bool	word_is_address(const struct word *, const char *, size_t n);

/* word_in_line - is it an address of the line, as Postfix writes them: after =
 * and in <>? */
bool	word_in_line(const struct word *, const char *line);
bool	word_in_envelope(const struct word *, const struct envelope *);

#endif
