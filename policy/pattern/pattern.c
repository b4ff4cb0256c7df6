/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/pattern/pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/escape.h"
#include "base/mem.h"
#include "policy/pattern/expand.h"
#include "policy/pattern/pattern_private.h"

/* patterns_new - without any row */
struct patterns *
patterns_new(const struct pattern_type *type)
{
	struct patterns *patterns = mem_new(sizeof(*patterns));

	patterns->type = type;
	return patterns;
}

static void
row_drop(const struct patterns *patterns, struct pattern_line *row)
{
	if (row->code != NULL)
		patterns->type->drop(row->code);
	free(row->pattern);
	free(row->result);
	*row = (struct pattern_line){ 0 };
}

/* patterns_free - with all rows */
struct patterns *
patterns_free(struct patterns *patterns)
{
	if (patterns == NULL)
		return NULL;
	for (size_t i = 0; i < patterns->count; i++)
		row_drop(patterns, &patterns->rows[i]);
	free(patterns->rows);
	free(patterns->answers);
	free(patterns->open);
	free(patterns);
	return NULL;
}

/* ---- lines ---- */

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, BLANKS);
}

/* is_statement - does the line begin with this word? */
static bool
is_statement(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(line, word, n) == 0 &&
	    !isalnum((unsigned char)line[n]);
}

/* pattern_delimited - the text between two delimiters */
char *
pattern_delimited(const char **at, struct err *err)
{
	char delimiter = **at;
	const char *start = *at + 1, *end;

	for (end = start; *end != '\0' && *end != delimiter; end++)
		if (*end == '\\' && *++end == '\0')
			break;
	if (*end == '\0') {
		err_set(err, ERR_NEVER, "no closing '%c' after the pattern",
		    delimiter);
		return NULL;
	}
	*at = end + 1;
	return mem_bytes(start, (size_t)(end - start));
}

/* take_pattern - "!/pattern/flags" or "!address/length" at *at */
static int
take_pattern(struct patterns *patterns, const char **at,
    struct pattern_line *row, unsigned *out_groups, struct err *err)
{
	struct pattern_extent extent = { .patterns = patterns };
	const char *start = *at;

	for (; **at == '!' || (**at != '\0' && strchr(BLANKS, **at));
	    (*at)++)
		if (**at == '!')
			row->negated = !row->negated;
	if (**at == '\0')
		return err_set(err, ERR_NEVER, "no pattern");
	row->code = patterns->type->compile(at, &extent, err);
	if (row->code == NULL)
		return -1;
	patterns->bytes += extent.bytes;
	*out_groups = extent.groups;
	row->pattern = mem_bytes(start, (size_t)(*at - start));
	return 0;
}

/* take_result - the rest of the row, without blanks around it */
static int
take_result(const struct patterns *patterns, const char *text,
    struct pattern_line *row, unsigned groups, struct err *err)
{
	struct buf plain = BUF;

	row->result = mem_text(text);
	if (!patterns->type->expressions)
		return 0;
	if (expand(text, NULL, NULL, &plain, &row->highest, err) == -1) {
		buf_drop(&plain);
		return -1;
	}
	if (row->highest == 0) {
		free(row->result);
		row->result = mem_text(plain.data);
	}
	buf_drop(&plain);
	if (row->highest > 0 && row->negated)
		return err_set(err, ERR_NEVER,
		    "$%u, but a negated pattern has no groups", row->highest);
	if (row->highest > groups)
		return err_set(err, ERR_NEVER,
		    "$%u, but the pattern has %u group%s", row->highest,
		    groups, groups == 1 ? "" : "s");
	return 0;
}

/* take_answer - a pattern and its result */
static int
take_answer(struct patterns *patterns, const char *line,
    struct pattern_line *row, struct err *err)
{
	unsigned groups = 0;

	if (patterns->type->expressions && isalnum((unsigned char)*line))
		return err_set(err, ERR_NEVER, "neither a pattern, IF nor "
		    "ENDIF: '%s'", ESCAPE(line));
	if (take_pattern(patterns, &line, row, &groups, err) == -1)
		return -1;
	line = skip_blanks(line);
	if (*line == '\0' && !patterns->type->expressions)
		return err_set(err, ERR_NEVER, "no value after '%s'",
		    ESCAPE(row->pattern));
	return take_result(patterns, line, row, groups, err);
}

/* take_if - a pattern and nothing more */
static int
take_if(struct patterns *patterns, const char *line, struct pattern_line *row,
    struct err *err)
{
	unsigned groups;

	row->op = PATTERN_IF;
	if (take_pattern(patterns, &line, row, &groups, err) == -1)
		return -1;
	if (*skip_blanks(line) != '\0')
		return err_set(err, ERR_NEVER, "text after IF: '%s' (lines "
		    "between IF and ENDIF do not begin with a blank)",
		    ESCAPE(skip_blanks(line)));
	return 0;
}

static int
take_endif(const struct patterns *patterns, const char *line,
    struct pattern_line *row, struct err *err)
{
	row->op = PATTERN_ENDIF;
	if (*skip_blanks(line) != '\0')
		return err_set(err, ERR_NEVER, "text after ENDIF: '%s'",
		    ESCAPE(skip_blanks(line)));
	if (patterns->open_count == 0)
		return err_set(err, ERR_NEVER, "ENDIF without an IF");
	return 0;
}

static int
take(struct patterns *patterns, const char *line, struct pattern_line *row,
    struct err *err)
{
	if (is_statement(line, "IF"))
		return take_if(patterns, skip_blanks(line + 2), row, err);
	if (is_statement(line, "ENDIF"))
		return take_endif(patterns, line + 5, row, err);
	return take_answer(patterns, line, row, err);
}

/* push - append a number to a list */
static void
push(size_t **list, size_t *count, size_t *room, size_t number)
{
	if (*count == *room) {
		*room += *room / 2 + 16;
		*list = mem_grow(*list, *room, sizeof(**list));
	}
	(*list)[(*count)++] = number;
}

/* keep - add a row that was parsed */
static void
keep(struct patterns *patterns, struct pattern_line *row)
{
	size_t index = patterns->count;

	if (index == patterns->room) {
		patterns->room += patterns->room / 2 + 16;
		patterns->rows = mem_grow(patterns->rows, patterns->room,
		    sizeof(*row));
	}
	row->depth = (unsigned)patterns->open_count;
	if (row->op == PATTERN_ANSWER) {
		row->number = patterns->answer_count;
		push(&patterns->answers, &patterns->answer_count,
		    &patterns->answer_room, index);
	} else if (row->op == PATTERN_IF) {
		push(&patterns->open, &patterns->open_count,
		    &patterns->open_room, index);
	} else {
		patterns->open_count--;
		patterns->rows[patterns->open[patterns->open_count]].end =
		    index;
	}
	patterns->rows[patterns->count++] = *row;
}

/* patterns_add - one logical line */
int
patterns_add(struct patterns *patterns, const char *line, unsigned number,
    struct pattern_row *out, struct err *err)
{
	char *text = mem_text(line);
	size_t n = strlen(text);
	struct pattern_line row = { .line = number };
	int result;

	while (n > 0 && strchr(BLANKS, text[n - 1]) != NULL)
		text[--n] = '\0';
	result = take(patterns, text, &row, err);
	free(text);
	if (result == -1) {
		row_drop(patterns, &row);
		return -1;
	}
	keep(patterns, &row);
	if (row.op != PATTERN_ANSWER)
		return 0;
	patterns_row(patterns, row.number, out);
	return 1;
}

/* patterns_end - no more lines */
int
patterns_end(const struct patterns *patterns, struct err *err)
{
	if (patterns->open_count == 0)
		return 0;
	return err_set(err, ERR_NEVER, "the IF on line %u has no ENDIF",
	    patterns->rows[patterns->open[patterns->open_count - 1]].line);
}

/* patterns_row - the contents of a row */
void
patterns_row(const struct patterns *patterns, size_t number,
    struct pattern_row *out)
{
	const struct pattern_line *row =
	    &patterns->rows[patterns->answers[number]];

	*out = (struct pattern_row){
		.pattern = row->pattern,
		.result = row->result,
		.made = row->highest > 0,
		.line = row->line,
	};
}
