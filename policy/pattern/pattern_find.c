/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups in the rows of patterns, once all are there. */
#include <string.h>

#include "policy/pattern/pattern_private.h"

/* append_taken - what the groups matched, up to the highest one wanted */
static void
append_taken(const struct subject *subject, const struct groups *groups,
    struct buf *out)
{
	for (size_t i = 1; i <= groups->count; i++) {
		buf_bytes(out, subject->text + groups->at[i].start,
		    groups->at[i].end - groups->at[i].start);
		buf_byte(out, '\0');
	}
}

/* holds - 1: the row's condition does; 0: it does not; -1: err */
static int
holds(const struct patterns *patterns, const struct pattern_line *row,
    struct subject *subject, struct groups *groups, struct err *err)
{
	int match;

	groups->count = row->highest;
	match = patterns->type->match(row->code, subject, groups, err);
	if (match == -1)
		return err_wrap(err, "line %u", row->line);
	return match != 2 && (match == 1) != row->negated;
}

/* walk - the index of the first row that holds; 0: none; -1: err */
static int
walk(const struct patterns *patterns, struct subject *subject,
    struct groups *groups, size_t *out, struct err *err)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern_line *row = &patterns->rows[i];
		int is;

		if (row->op == PATTERN_ENDIF)
			continue;
		is = holds(patterns, row, subject, groups, err);
		if (is == -1)
			return -1;
		if (row->op == PATTERN_IF && !is)
			i = row->end;
		if (row->op == PATTERN_ANSWER && is) {
			*out = i;
			return 1;
		}
	}
	return 0;
}

/* patterns_find - the first row that holds for the key */
int
patterns_find(const struct patterns *patterns, const char *key,
    size_t *out_row, struct buf *taken, struct err *err)
{
	struct subject subject = { .text = key, .length = strlen(key) };
	struct groups groups;
	size_t index;
	int found;

	if (!patterns->type->expressions)
		cidr_subject(&subject);
	found = walk(patterns, &subject, &groups, &index, err);
	if (patterns->type->done != NULL)
		patterns->type->done(&subject);
	if (found != 1)
		return found;
	*out_row = patterns->rows[index].number;
	append_taken(&subject, &groups, taken);
	return 1;
}

/* takes_all - does the row obviously match every key? */
static bool
takes_all(const struct pattern_line *row)
{
	static const char *const all[] = {
		"/^/", "//", "/./", "/.*/", "/^.*/", "/^.*$/", "/.*$/", "/$/",
		"/.+/", "/^.+/", "/^.+$/", "/^./", "/^(.*)$/", "/(.*)/",
		"/^(.+)$/", "/(.+)/",
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(row->pattern, all[i]) == 0)
			return true;
	return false;
}

/* covers - does row a match all that row b, which comes later, does? */
static bool
covers(const struct patterns *patterns, const struct pattern_line *a,
    const struct pattern_line *b)
{
	if (a->op != PATTERN_ANSWER || a->depth > 0)
		return false;
	if (strcmp(a->pattern, b->pattern) == 0)
		return true;
	if (patterns->type->expressions)
		return takes_all(a);
	return b->op == PATTERN_ANSWER && !a->negated && !b->negated &&
	    patterns->type->covers(a->code, b->code);
}

/* patterns_dead - can the row never match? */
bool
patterns_dead(const struct patterns *patterns, size_t number,
    unsigned *out_line)
{
	size_t index = patterns->answers[number];

	for (size_t i = 0; i < index; i++)
		if (covers(patterns, &patterns->rows[i],
		    &patterns->rows[index])) {
			*out_line = patterns->rows[i].line;
			return true;
		}
	return false;
}

/* patterns_take_all - does one row obviously match every key? */
bool
patterns_take_all(const struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern_line *row = &patterns->rows[i];

		if (row->op == PATTERN_ANSWER && row->depth == 0 &&
		    patterns->type->expressions && takes_all(row))
			return true;
	}
	return false;
}
