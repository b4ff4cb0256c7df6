/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pattern - the rows of a pcre, regexp or cidr table
 *
 *	patterns = patterns_new(&pattern_pcre);
 *	if (patterns_add(patterns, "/^(.*)@a$/ $1@b", 1, &row, &err) == -1 ||
 *	    patterns_end(patterns, &err) == -1)
 *		return -1;
 *	if (patterns_find(patterns, key, &number, &taken, &err) == 1)
 *		patterns_row(patterns, number, &row);
 *
 * As in pcre_table(5), regexp_table(5), cidr_table(5):
 *
 *	row	= ["!"] pattern result
 *	block	= "IF" ["!"] pattern newline *(row / block) "ENDIF"
 *	pattern	= "/" regular-expression "/" flags	; or any delimiter
 *		/ address ["/" length]			; cidr
 *
 * The first row that matches answers.  $1, ${1}, $(1) in its result stand for
 * what the groups of the pattern matched, $$ for a dollar sign; in a cidr
 * table a dollar sign has no meaning.  What postmap(1) warns of and skips is
 * an error here.
 *
 * Rows are immutable once they are added: any number of threads may look.
 */
#ifndef POLICY_PATTERN_PATTERN_H
#define POLICY_PATTERN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct pattern_type;
extern const struct pattern_type pattern_regexp, pattern_cidr;
extern const struct pattern_type pattern_pcre;	/* WITH_PCRE (parts.h) */

struct patterns;

/* The contents of a row; borrowed from the patterns. */
struct pattern_row {
	const char	*pattern;	/* as it is in the file, with its "!"
					   and flags */
	const char	*result;	/* with $n, if made */
	bool		 made;		/* the result has $n in it */
	unsigned	 line;
};

struct patterns *patterns_new(const struct pattern_type *);
struct patterns *patterns_free(struct patterns *);	/* NULL */

/* patterns_add - one logical line.  1: a row with a result; 0: IF or ENDIF;
 * -1: it is neither. */
int	 patterns_add(struct patterns *, const char *line, unsigned number,
	    struct pattern_row *out, struct err *);

/*
 * What the rows may take, compiled: those of one table, and those of all tables
 * that are loaded together.  In bytes, as estimated before they are compiled.
 * Measured, with glibc 2.36 to 2.41 on 64 bits: a regexp takes 0.1 to 0.9 of
 * its estimate, some 4 KB of 6 KB when it is an ordinary one, and 1 to 6 ms of
 * time for each MB of that; a pcre what PCRE2 asks for, 1 KB and some hundred
 * bytes, and 1 to 40 ms/MB.  So a table may have 15,000 ordinary rows of
 * regexp, and even the worst ones are there, or refused, after a second or two
 * and 256 MB; twice that for the moment in which new ones replace those in force.
 */
#define PATTERNS_TABLE ((size_t)128 << 20)
#define PATTERNS_TOGETHER ((size_t)256 << 20)

/* patterns_budget - what the tables that this thread loads from now on may
 * take, together; patterns_spend() takes from it.  NULL, as at first: only each
 * by itself has a limit.  Whatever exceeds one of them is refused by
 * patterns_add(), with err->sys EFBIG: what follows would hardly fit. */
void	 patterns_budget(size_t *left);
void	 patterns_spend(const struct patterns *);

/* patterns_bytes - of all rows. */
size_t	 patterns_bytes(const struct patterns *);

/* patterns_end - after the last line: is every IF closed? */
int	 patterns_end(const struct patterns *, struct err *);

/* patterns_find - 1: row *out_row, counted from 0, matches, and if its result
 * has $n, what its groups matched is appended to taken (expand.h); 0: none
 * does; -1: unknown (an expression ran into the limits of its library, or all of
 * them took too long). */
int	 patterns_find(const struct patterns *, const char *key,
	    size_t *out_row, struct buf *taken, struct err *);

/* patterns_patience - what the lookups of this thread may take from now on,
 * together, in us of its own time; each takes from it.  Where nothing is left
 * a lookup is -1 at once.  NULL, as at first: only each by itself has a limit.
 * For whoever makes many of them while somebody waits. */
#define PATTERNS_PATIENCE 500000
void	 patterns_patience(int64_t *left);

/* patterns_row - a row with a result, by its number. */
void	 patterns_row(const struct patterns *, size_t row,
	    struct pattern_row *out);

/* patterns_dead - can the row never match, because an earlier one, on line
 * *out_line, matches all that it would?  Only in obvious cases. */
bool	 patterns_dead(const struct patterns *, size_t row,
	    unsigned *out_line);

/* patterns_take_all - does a row match every key?  Likewise. */
bool	 patterns_take_all(const struct patterns *);

#endif
