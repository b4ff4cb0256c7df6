/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/pattern/regexp_cost.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "policy/pattern/regexp_sum.h"

enum { DEPTH_MAX = 50 };

struct scan {
	const char	*at;
	bool		 extended;
	bool		 back;		/* there is a reference back */
	bool		 loops;		/* something may come any number of
					   times */
	bool		 floats;	/* a branch may begin anywhere */
	bool		 begins;	/* here a branch does */
	unsigned	 depth;
	struct regexp_sum item;		/* what a repetition would repeat */
	struct regexp_sum groups[DEPTH_MAX + 1];	/* so far */
};

enum token { END, ATOM, ANCHOR_BEGIN, ANCHOR_END, ANCHOR, OPEN, CLOSE, BRANCH,
	REPEAT };

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

/* number - at the digits, which are passed over */
static uint64_t
number(const char **at)
{
	uint64_t n = 0;

	for (; isdigit((unsigned char)**at); (*at)++)
		n = REGEXP_AT_MOST(n * 10 + (uint64_t)(**at - '0'));
	return n;
}

/* take_bounds - "{n,m}", at its first byte; false: it is none */
static bool
take_bounds(struct scan *scan)
{
	const char *at = scan->at + 1;
	bool open = false;
	uint64_t least = number(&at), most = least;

	if (*at == ',') {
		open = !isdigit((unsigned char)*++at);
		most = open ? least + 1 : number(&at);
	}
	if (!scan->extended && *at == '\\')
		at++;
	if (*at != '}')
		return false;
	scan->at = at + 1;
	if (open)
		regexp_sum_loop(&scan->item, most);
	else
		regexp_sum_repeat(&scan->item, least, most);
	scan->loops |= open;
	return true;
}

/* repeat - what came last; its sum is in the group until then */
static void
repeat(struct scan *scan)
{
	switch (*scan->at) {
	case '{':
		if (take_bounds(scan))
			return;
		regexp_sum_one(&scan->item);		/* as it is */
		break;
	case '+':
	case '*':
		regexp_sum_loop(&scan->item, *scan->at == '+' ? 2 : 1);
		scan->item.empty |= *scan->at == '*';
		scan->loops = true;
		break;
	default:
		regexp_sum_repeat(&scan->item, 0, 1);
	}
	scan->at++;
}

/* ---- groups ---- */

/* settle - nothing repeats the last one any more */
static void
settle(struct scan *scan)
{
	regexp_sum_add(&scan->groups[scan->depth], &scan->item);
	scan->item = REGEXP_SUM;
}

static int
open_group(struct scan *scan)
{
	settle(scan);
	if (scan->depth == DEPTH_MAX)
		return -1;
	scan->depth++;
	scan->groups[scan->depth] = REGEXP_SUM;
	return 0;
}

/* close_group - it is one thing now */
static void
close_group(struct scan *scan)
{
	settle(scan);
	if (scan->depth == 0) {
		regexp_sum_one(&scan->item);	/* a parenthesis, or an error */
		return;
	}
	scan->item = scan->groups[scan->depth--];
	regexp_sum_close(&scan->item);
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
	regexp_sum_one(&scan->item);
	scan->item.empty = true;
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
	struct regexp_sum *group = &scan->groups[scan->depth];

	if (scan->begins && (token == BRANCH || token == CLOSE))
		group->skips = REGEXP_AT_MOST(group->skips + 1);
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
		regexp_sum_branch(&scan->groups[scan->depth]);
		break;
	case ANCHOR_BEGIN:
	case ANCHOR_END:
	case ANCHOR:
		take_anchor(scan, token);
		break;
	default:
		settle(scan);
		regexp_sum_one(&scan->item);
	}
	scan->begins = token == BRANCH || token == OPEN;
	return 0;
}

/* regexp_cost - whether the C library may see it */
int
regexp_cost(const char *text, bool extended, struct regexp_cost *out,
    struct err *err)
{
	struct scan scan = { .at = text, .extended = extended,
		.begins = true, .item = REGEXP_SUM, .groups = { REGEXP_SUM } };
	struct regexp_sum *whole = &scan.groups[0];
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
	if (!regexp_sum_fits(whole))
		return err_set(err, ERR_NEVER, "pattern: too large, written "
		    "out as the C library does it: use a pcre table, or less "
		    "repetition");
	out->quadratic = scan.loops && scan.floats;
	out->bytes = regexp_sum_bytes(whole);
	return 0;
}
