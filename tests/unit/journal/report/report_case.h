/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_case - a directory of tests/cases/report: a message, its envelope as
 * in a spool file, and the whole report to expect; "facts" is for others,
 * tests/readers/judge.py
 */
#ifndef TESTS_REPORT_CASE_H
#define TESTS_REPORT_CASE_H

#include <string.h>

#include "base/own.h"
#include "journal/envelope.h"
#include "tests/unit/scratch.h"

#define CASES "tests/cases/report"

struct report_case {
	const char	*name;
	struct buf	 message, expect;
	struct envelope	 envelope;
	struct arena	 arena;
};

static inline void
report_case_read(const char *dir, const char *name, struct buf *out)
{
	own(str) char *path = mem_format(CASES "/%s/%s", dir, name);
	FILE *file = fopen(path, "r");
	size_t n;

	if (file == NULL)
		fail_msg("%s is not there", path);
	while ((n = fread(buf_room(out, 65536), 1, 65536, file)) > 0)
		out->len += n;
	fclose(file);
	buf_room(out, 0)[0] = '\0';
}

/* report_case_load - and what the envelope tells of the message must be so */
static inline void
report_case_load(const char *name, struct report_case *out)
{
	own(buf) struct buf json = BUF;
	struct err err;
	size_t line = 0, longest = 0;
	bool eight_bit = false;

	*out = (struct report_case){ .name = name, .message = BUF,
	    .expect = BUF };
	report_case_read(name, "message", &out->message);
	report_case_read(name, "expect", &out->expect);
	report_case_read(name, "envelope", &json);
	if (envelope_parse(json.data, json.len, &out->arena, &out->envelope,
	    &err) == -1)
		fail_msg("%s: %s", name, err.text);
	for (size_t i = 0; i < out->message.len; i++) {
		const char *p = out->message.data + i;

		line = p[0] == '\r' && p[1] == '\n' ? 0 :
		    i > 0 && p[-1] == '\r' && p[0] == '\n' ? 0 : line + 1;
		longest = line > longest ? line : longest;
		eight_bit |= (unsigned char)*p > 127;
	}
	assert_int_equal(out->envelope.length, out->message.len);
	assert_int_equal(out->envelope.longest_line, longest);
	assert_int_equal(out->envelope.eight_bit, eight_bit);
}

static inline void
report_case_drop(struct report_case *test)
{
	buf_drop(&test->message);
	buf_drop(&test->expect);
	arena_drop(&test->arena);
}

/* count_of - how often a text holds another */
static inline size_t
count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		count++;
	return count;
}

/* count_lines - how many lines of the head begin so */
static inline size_t
count_lines(const struct report *report, const char *start)
{
	own(str) char *wanted = mem_format("\n%s", start);

	return count_of(report->head.data, wanted);
}

#endif
