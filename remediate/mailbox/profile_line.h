/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile_line - one logical line of the file of profiles, cut into words
 *
 *	struct profile_line line;
 *
 *	if (profile_line_parse("chain both = a b", &room, &line, &err) == 0)
 *		... line.is_chain, line.name, line.words[0].value ("a") ...
 *	free(line.words);
 *
 *	line    = "profile" name 1*(word "=" value) / "chain" name "=" 1*name
 *	name    = 1*64(ALPHA / DIGIT / "." / "_" / "-")
 *	word    = 1*(lower-case letter / "_")
 *	value   = 1*(visible, no quotation mark) /
 *	          <"> 1*(any but controls, <"> and "\" / "\" <"> / "\\") <">
 *
 * separated by blanks, where there is no "=" between them; those around the "="
 * of a chain are optional.  Pure.  No err has a word of the line in it: what is
 * not where it should be may be a password.
 */
#ifndef REMEDIATE_PROFILE_LINE_H
#define REMEDIATE_PROFILE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { PROFILE_WORDS = 64, PROFILE_NAME = 64, PROFILE_VALUE = 1024 };

struct profile_word {
	const char	*word;		/* NULL in a chain */
	const char	*value;
};

struct profile_line {
	bool		 is_chain;
	const char	*name;
	struct profile_word *words;	/* new */
	size_t		 count;		/* 1 at least, but for a profile */
};

/* profile_line_parse - *room has as many octets as the line with its NUL; the
 * texts are put there, and *room goes on behind them. */
int	profile_line_parse(const char *line, char **room,
	    struct profile_line *out, struct err *);

#endif
