/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/pattern/regexp_cost.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	COPIES_MAX = 5000,
	SKIPS_MAX = 350,
	ANCHORS_MAX = 8,
	DEPTH_MAX = 50,
	LOOP = 5,		/* what may be skipped, when that is repeated */
	MANY = 1 << 20		/* more is all the same */
};

/* What a part of the expression comes to, written out.  first, last: an anchor
 * at the beginning, or the end, of one of its branches at least; that is one,
 * however many branches have it. */
struct cost {
	uint64_t	 copies, skips, anchors;
	bool		 first, last;
};

struct scan {
	const char	*at;
	bool		 extended;
	bool		 back;		/* there is a reference back */
	bool		 loops;		/* something may come any number of
					   times */
	bool		 floats;	/* a branch may begin anywhere */
	bool		 begins;	/* here a branch does */
	unsigned	 depth;
	struct cost	 item;		/* what a repetition would repeat */
	struct cost	 groups[DEPTH_MAX + 1];	/* so far */
};

enum token { END, ATOM, ANCHOR_BEGIN, ANCHOR_END, ANCHOR, OPEN, CLOSE, BRANCH,
	REPEAT };

static uint64_t
at_most(uint64_t n)
{
	return n < MANY ? n : MANY;
}

/* close_branches - an anchor at either end is one like the others, for what is
 * around */
static void
close_branches(struct cost *cost)
{
	cost->anchors += cost->first + cost->last;
	cost->first = cost->last = false;
}

static void
add(struct cost *to, const struct cost *more)
{
	to->copies = at_most(to->copies + more->copies);
	to->skips = at_most(to->skips + more->skips);
	to->anchors = at_most(to->anchors + more->anchors);
	to->first |= more->first;
	to->last |= more->last;
}

static void
multiply(struct cost *cost, uint64_t times)
{
	close_branches(cost);
	cost->copies = at_most(cost->copies * times);
	cost->skips = at_most(cost->skips * times);
	cost->anchors = at_most(cost->anchors * times);
}

/* ---- tokens ---- */

/* skip_bracket - from after a "[" to after its "]", if it has one */
static const char *
skip_bracket(const char *at)
{
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	for (; *at != '\0' && *at != ']'; at++)
		if (*at == '[' && at[1] != '\0' &&
		    strchr(".:=", at[1]) != NULL) {
			const char end[] = { at[1], ']', '\0' };
			const char *close = strstr(at + 2, end);

			if (close != NULL)
				at = close + 1;
		}
	return *at == ']' ? at + 1 : at;
}

/* special - in an extended pattern as it is, in a basic one after a backslash */
static enum token
special(char c)
{
	switch (c) {
	case '(':
		return OPEN;
	case ')':
		return CLOSE;
	case '|':
		return BRANCH;
	default:
		return ATOM;
	}
}

/* escaped - what stands after a backslash */
static enum token
escaped(struct scan *scan)
{
	char c = *scan->at;

	if (c == '\0')
		return END;
	scan->at++;
	if (c >= '1' && c <= '9') {
		scan->back = true;
		return ATOM;
	}
	if (strchr("<>bB`'", c) != NULL)
		return ANCHOR;
	if (scan->extended)
		return ATOM;
	if (strchr("+?{", c) == NULL)
		return special(c);
	scan->at--;
	return REPEAT;
}

/* next - the token at scan->at, which moves after it; of a repetition it stays
 * at the character that tells which */
static enum token
next(struct scan *scan)
{
	char c = *scan->at;

	if (c == '\0')
		return END;
	if (c == '*' || (scan->extended && strchr("+?{", c) != NULL))
		return REPEAT;
	scan->at++;
	switch (c) {
	case '\\':
		return escaped(scan);
	case '[':
		scan->at = skip_bracket(scan->at);
		return ATOM;
	case '^':
		return ANCHOR_BEGIN;
	case '$':
		return ANCHOR_END;
	default:
		return scan->extended ? special(c) : ATOM;
	}
}

/* ---- repetitions ---- */

/* loop - it may come again and again */
static void
loop(struct scan *scan, struct cost *cost)
{
	scan->loops = true;
	cost->skips = at_most(cost->skips * LOOP + 1);
}

/* take_bounds - "{n,m}", at its first byte; false: it is none */
static bool
take_bounds(struct scan *scan, struct cost *cost)
{
	const char *at = scan->at + 1;
	bool open = false;
	uint64_t least = 0, most;

	for (; isdigit((unsigned char)*at); at++)
		least = at_most(least * 10 + (uint64_t)(*at - '0'));
	most = least;
	if (*at == ',') {
		open = !isdigit((unsigned char)*++at);
		for (most = 0; isdigit((unsigned char)*at); at++)
			most = at_most(most * 10 + (uint64_t)(*at - '0'));
		if (open)
			most = least + 1;
	}
	if (!scan->extended && *at == '\\')
		at++;
	if (*at != '}')
		return false;
	scan->at = at + 1;
	multiply(cost, most);
	if (open)
		loop(scan, cost);
	else if (most > least)
		cost->skips = at_most(cost->skips + most - least);
	return true;
}

/* repeat - what came last; its cost is in the group until then */
static void
repeat(struct scan *scan)
{
	struct cost *cost = &scan->item;

	switch (*scan->at) {
	case '{':
		if (take_bounds(scan, cost))
			return;
		cost->copies = at_most(cost->copies + 1);	/* as it is */
		break;
	case '+':
		multiply(cost, 2);
		loop(scan, cost);
		break;
	case '*':
		loop(scan, cost);
		break;
	default:
		cost->skips = at_most(cost->skips + 1);
	}
	scan->at++;
}

/* ---- groups ---- */

/* settle - nothing repeats the last one any more */
static void
settle(struct scan *scan)
{
	add(&scan->groups[scan->depth], &scan->item);
	scan->item = (struct cost){ 0 };
}

static int
open_group(struct scan *scan)
{
	settle(scan);
	if (scan->depth == DEPTH_MAX)
		return -1;
	scan->depth++;
	scan->groups[scan->depth] = (struct cost){ 0 };
	return 0;
}

/* close_group - it is one thing now */
static void
close_group(struct scan *scan)
{
	settle(scan);
	if (scan->depth == 0) {
		scan->item.copies = 1;		/* a parenthesis, or an error */
		return;
	}
	scan->item = scan->groups[scan->depth--];
	close_branches(&scan->item);
}

/* ends - does a branch end here? */
static bool
ends(const struct scan *scan)
{
	const char *at = scan->at;

	if (!scan->extended && *at == '\\')
		at++;
	return *scan->at == '\0' || *at == '|' || *at == ')';
}

static void
take_anchor(struct scan *scan, enum token token)
{
	settle(scan);
	scan->item.copies = 1;
	if (token == ANCHOR_BEGIN && scan->begins)
		scan->item.first = true;
	else if (token == ANCHOR_END && ends(scan))
		scan->item.last = true;
	else
		scan->item.anchors = 1;
}

/* note_empty - a branch of nothing: all the others may be skipped */
static void
note_empty(struct scan *scan, enum token token)
{
	struct cost *group = &scan->groups[scan->depth];

	if (scan->begins && (token == BRANCH || token == CLOSE))
		group->skips = at_most(group->skips + 1);
}

/* take - one token; -1: groups are too deep in each other */
static int
take(struct scan *scan, enum token token)
{
	note_empty(scan, token);
	if (scan->begins && scan->depth == 0 && token != ANCHOR_BEGIN)
		scan->floats = true;
	switch (token) {
	case OPEN:
		if (open_group(scan) == -1)
			return -1;
		break;
	case CLOSE:
		close_group(scan);
		break;
	case REPEAT:
		if (scan->extended || *scan->at == '*' ||
		    scan->at[-1] == '\\')
			repeat(scan);
		break;
	case BRANCH:
		settle(scan);
		break;
	case ANCHOR_BEGIN:
	case ANCHOR_END:
	case ANCHOR:
		take_anchor(scan, token);
		break;
	default:
		settle(scan);
		scan->item.copies = 1;
	}
	scan->begins = token == BRANCH || token == OPEN;
	return 0;
}

/* regexp_cost - whether the C library may see it */
int
regexp_cost(const char *text, bool extended, bool *out_quadratic,
    struct err *err)
{
	struct scan scan = { .at = text, .extended = extended,
		.begins = true };
	const struct cost *whole = &scan.groups[0];
	enum token token;

	while ((token = next(&scan)) != END)
		if (take(&scan, token) == -1)
			return err_set(err, ERR_NEVER, "pattern: more than %d "
			    "groups inside each other", DEPTH_MAX);
	while (scan.depth > 0)
		close_group(&scan);
	settle(&scan);
	if (scan.back)
		return err_set(err, ERR_NEVER, "pattern: a reference back "
		    "(\\1) may take for ever: use a pcre table");
	*out_quadratic = scan.loops && scan.floats;
	if (whole->copies <= COPIES_MAX && whole->anchors <= ANCHORS_MAX &&
	    whole->skips * (1 + whole->anchors) <= SKIPS_MAX)
		return 0;
	return err_set(err, ERR_NEVER, "pattern: too large, written out as "
	    "the C library does it: use a pcre table, or less repetition");
}
