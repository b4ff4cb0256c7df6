/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups in the rows of patterns, once all are there. */
#include <string.h>
#include <time.h>

#include "policy/pattern/pattern_private.h"

enum {
	LOOKUP = 300000,	/* us that one lookup may take */
	ROWS = 4		/* after so many of them it looks */
};

static _Thread_local int64_t *patience;

/* patterns_patience - of this thread */
void
patterns_patience(int64_t *left)
{
	patience = left;
}

/* time_taken - by this thread, in us */
static int64_t
time_taken(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* time_allowed - for one lookup */
static int64_t
time_allowed(void)
{
	return patience != NULL && *patience < LOOKUP ? *patience : LOOKUP;
}

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

static int
too_long(struct err *err)
{
	return err_set(err, ERR_LATER, "its patterns take too long");
}

/* walk - the index of the first row that holds; 0: none; -1: err; end: of its
 * time, 0: that does not matter */
static int
walk(const struct patterns *patterns, struct subject *subject, int64_t end,
    struct groups *groups, size_t *out, struct err *err)
{
	size_t asked = 0;

	for (size_t i = 0; i < patterns->count; i++) {
		const struct pattern_line *row = &patterns->rows[i];
		int is;

		if (end != 0 && ++asked % ROWS == 0 && time_taken() >= end)
			return too_long(err);
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
	bool slow = patterns->type->expressions;
	int64_t began = slow ? time_taken() : 0;
	size_t index = 0;
	int found;

	if (!slow)
		cidr_subject(&subject);
	else if (time_allowed() <= 0)
		return too_long(err);
	found = walk(patterns, &subject, slow ? began + time_allowed() : 0,
	    &groups, &index, err);
	if (patterns->type->done != NULL)
		patterns->type->done(&subject);
	if (slow && patience != NULL)
		*patience -= time_taken() - began;
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
