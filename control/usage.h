/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage - what the arguments of a verb are, from the line that shows them
 *
 *	own(usage) struct usage usage =
 *	    usage_parse("[--json] [--for TIME] INTAKE | ALL");
 *
 *	for (size_t i = 0; i < usage.option_count; i++)
 *		puts(usage.options[i].name);
 *
 * Brackets, bars and dots only say how often and together with what: options
 * and operands are listed each once, in their order.  The word after an option
 * is its value, unless a bracket ends before it; options with a bar between them
 * share the value of the last: [--sender | --recipient ADDRESS].  -sv is -s and
 * -v.
 */
#ifndef CONTROL_USAGE_H
#define CONTROL_USAGE_H

#include <stddef.h>

#include "base/mem.h"

struct usage {
	struct usage_option {
		const char	*name;		/* with its dashes */
		const char	*value;		/* TIME; NULL: none */
	}		*options;
	size_t		 option_count;
	const char	**operands;		/* MID, ALL */
	size_t		 operand_count;
	struct arena	 arena;			/* of all that */
};

/* usage_parse - of a row of verbs.c. */
struct usage usage_parse(const char *arguments);

static inline void
own_usage(struct usage *usage)
{
	arena_drop(&usage->arena);
}

#endif
