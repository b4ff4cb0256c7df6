/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "policy/expand.h"
#include "policy/lines.h"
#include "policy/pattern_private.h"

enum op { OP_ANSWER, OP_IF, OP_ENDIF };

struct row {
	enum op		 op;
	bool		 negated;
	unsigned	 line;
	unsigned	 depth;		/* how many IFs are around it */
	void		*code;		/* of an ENDIF: NULL */
	char		*pattern, *result;
	unsigned	 highest;	/* $n in the result; 0: none */
	size_t		 end;		/* of an IF: its ENDIF */
	size_t		 number;	/* of an answer */
};

struct patterns {
	const struct pattern_type *type;
	struct row	*rows;
	size_t		 count, room;
	size_t		*answers;	/* indexes into rows */
	size_t		 answer_count, answer_room;
	size_t		*open;		/* IFs without their ENDIF so far */
	size_t		 open_count, open_room;
};

/* patterns_new - without any row */
struct patterns *
patterns_new(const struct pattern_type *type)
{
	struct patterns *patterns = mem_new(sizeof(*patterns));

	patterns->type = type;
	return patterns;
}

static void
row_drop(const struct patterns *patterns, struct row *row)
{
	if (row->code != NULL)
		patterns->type->drop(row->code);
	free(row->pattern);
	free(row->result);
	*row = (struct row){ 0 };
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
	return text + strspn(text, LINES_BLANKS);
}

/* is_statement - does the line begin with this word? */
static bool
is_statement(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(line, word, n) == 0 &&
	    !isalnum((unsigned char)line[n]);
}

/* pattern_delimited - what stands between two delimiters */
char *
pattern_delimited(const char **at, struct err *err)
{
	char delimiter = **at;
	const char *start = *at + 1, *end;

	for (end = start; *end != '\0' && *end != delimiter; end++)
		if (*end == '\\' && *++end == '\0')
			break;
	if (*end == '\0') {
		err_set(err, ERR_NEVER, "no closing '%c' behind the pattern",
		    delimiter);
		return NULL;
	}
	*at = end + 1;
	return mem_bytes(start, (size_t)(end - start));
}

/* take_pattern - "!/pattern/flags" or "!address/length" at *at */
static int
take_pattern(struct patterns *patterns, const char **at, struct row *row,
    unsigned *out_groups, struct err *err)
{
	const char *start = *at;

	for (; **at == '!' || (**at != '\0' && strchr(LINES_BLANKS, **at));
	    (*at)++)
		if (**at == '!')
			row->negated = !row->negated;
	if (**at == '\0')
		return err_set(err, ERR_NEVER, "no pattern");
	row->code = patterns->type->compile(at, out_groups, err);
	if (row->code == NULL)
		return -1;
	row->pattern = mem_bytes(start, (size_t)(*at - start));
	return 0;
}

/* take_result - what the row says; no blanks around it */
static int
take_result(const struct patterns *patterns, const char *text,
    struct row *row, unsigned groups, struct err *err)
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
		    "$%u, but what does not match has no groups", row->highest);
	if (row->highest > groups)
		return err_set(err, ERR_NEVER,
		    "$%u, but the pattern has %u group%s", row->highest,
		    groups, groups == 1 ? "" : "s");
	return 0;
}

/* take_answer - a pattern, and what it leads to */
static int
take_answer(struct patterns *patterns, const char *line, struct row *row,
    struct err *err)
{
	unsigned groups = 0;

	if (patterns->type->expressions && isalnum((unsigned char)*line))
		return err_set(err, ERR_NEVER, "neither a pattern, IF nor "
		    "ENDIF: '%s'", LOG_ESCAPE(line));
	if (take_pattern(patterns, &line, row, &groups, err) == -1)
		return -1;
	line = skip_blanks(line);
	if (*line == '\0' && !patterns->type->expressions)
		return err_set(err, ERR_NEVER, "no value behind '%s'",
		    LOG_ESCAPE(row->pattern));
	return take_result(patterns, line, row, groups, err);
}

/* take_if - a pattern, and nothing more */
static int
take_if(struct patterns *patterns, const char *line, struct row *row,
    struct err *err)
{
	unsigned groups;

	row->op = OP_IF;
	if (take_pattern(patterns, &line, row, &groups, err) == -1)
		return -1;
	if (*skip_blanks(line) != '\0')
		return err_set(err, ERR_NEVER, "text behind IF: '%s' (lines "
		    "between IF and ENDIF begin without a blank)",
		    LOG_ESCAPE(skip_blanks(line)));
	return 0;
}

static int
take_endif(const struct patterns *patterns, const char *line,
    struct row *row, struct err *err)
{
	row->op = OP_ENDIF;
	if (*skip_blanks(line) != '\0')
		return err_set(err, ERR_NEVER, "text behind ENDIF: '%s'",
		    LOG_ESCAPE(skip_blanks(line)));
	if (patterns->open_count == 0)
		return err_set(err, ERR_NEVER, "ENDIF without an IF");
	return 0;
}

static int
take(struct patterns *patterns, const char *line, struct row *row,
    struct err *err)
{
	if (is_statement(line, "IF"))
		return take_if(patterns, skip_blanks(line + 2), row, err);
	if (is_statement(line, "ENDIF"))
		return take_endif(patterns, line + 5, row, err);
	return take_answer(patterns, line, row, err);
}

/* push - one more number in a list of them */
static void
push(size_t **list, size_t *count, size_t *room, size_t number)
{
	if (*count == *room) {
		*room += *room / 2 + 16;
		*list = mem_grow(*list, *room, sizeof(**list));
	}
	(*list)[(*count)++] = number;
}

/* keep - a row that was understood */
static void
keep(struct patterns *patterns, struct row *row)
{
	size_t index = patterns->count;

	if (index == patterns->room) {
		patterns->room += patterns->room / 2 + 16;
		patterns->rows = mem_grow(patterns->rows, patterns->room,
		    sizeof(*row));
	}
	row->depth = (unsigned)patterns->open_count;
	if (row->op == OP_ANSWER) {
		row->number = patterns->answer_count;
		push(&patterns->answers, &patterns->answer_count,
		    &patterns->answer_room, index);
	} else if (row->op == OP_IF) {
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
	struct row row = { .line = number };
	int result;

	while (n > 0 && strchr(LINES_BLANKS, text[n - 1]) != NULL)
		text[--n] = '\0';
	result = take(patterns, text, &row, err);
	free(text);
	if (result == -1) {
		row_drop(patterns, &row);
		return -1;
	}
	keep(patterns, &row);
	if (row.op != OP_ANSWER)
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

/* ---- looking ---- */

struct taken {
	const struct subject *subject;
	const struct groups *groups;
};

static void
append_group(void *arg, unsigned number, struct buf *out)
{
	const struct taken *taken = arg;

	if (number <= taken->groups->count)
		buf_bytes(out, taken->subject->text +
		    taken->groups->at[number].start,
		    taken->groups->at[number].end -
		    taken->groups->at[number].start);
}

/* holds - 1: the row's condition does; 0: it does not; -1: err */
static int
holds(const struct patterns *patterns, const struct row *row,
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
		const struct row *row = &patterns->rows[i];
		int is;

		if (row->op == OP_ENDIF)
			continue;
		is = holds(patterns, row, subject, groups, err);
		if (is == -1)
			return -1;
		if (row->op == OP_IF && !is)
			i = row->end;
		if (row->op == OP_ANSWER && is) {
			*out = i;
			return 1;
		}
	}
	return 0;
}

/* patterns_find - the first row that holds for the key */
int
patterns_find(const struct patterns *patterns, const char *key,
    size_t *out_row, struct buf *made, struct err *err)
{
	struct subject subject = { .text = key, .length = strlen(key) };
	struct groups groups;
	struct taken taken = { &subject, &groups };
	const struct row *row;
	unsigned highest;
	size_t index;
	int found;

	if (!patterns->type->expressions)
		cidr_subject(&subject);
	found = walk(patterns, &subject, &groups, &index, err);
	if (patterns->type->done != NULL)
		patterns->type->done(&subject);
	if (found != 1)
		return found;
	row = &patterns->rows[index];
	*out_row = row->number;
	if (row->highest > 0)
		return expand(row->result, append_group, &taken, made,
		    &highest, err) == -1 ? -1 : 1;
	return 1;
}

/* patterns_row - what a row says */
void
patterns_row(const struct patterns *patterns, size_t number,
    struct pattern_row *out)
{
	const struct row *row = &patterns->rows[patterns->answers[number]];

	*out = (struct pattern_row){
		.pattern = row->pattern,
		.result = row->result,
		.made = row->highest > 0,
		.line = row->line,
	};
}

/* takes_all - does the row hold for whatever is looked for? */
static bool
takes_all(const struct row *row)
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

/* same_family - cidr rows alone: are both of IPv4, or of IPv6? */
static bool
same_family(const struct row *a, const struct row *b)
{
	return (strchr(a->pattern, ':') == NULL) ==
	    (strchr(b->pattern, ':') == NULL);
}

/* covers - is whatever row b takes taken by row a before? */
static bool
covers(const struct patterns *patterns, const struct row *a,
    const struct row *b)
{
	if (a->op != OP_ANSWER || a->depth > 0)
		return false;
	if (strcmp(a->pattern, b->pattern) == 0)
		return true;
	if (patterns->type->expressions)
		return takes_all(a);
	return same_family(a, b) && (strcmp(a->pattern, "0.0.0.0/0") == 0 ||
	    strcmp(a->pattern, "::/0") == 0);
}

/* patterns_dead - can the row never answer? */
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
