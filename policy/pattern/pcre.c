/* SPDX-License-Identifier: BSD-2-Clause */
/* Patterns of pcre tables: those of Perl, by PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/pattern/pattern_private.h"

/* What one pattern, or one match, may cost.  The steps are some 30 ms; a match
 * that ends by itself takes a few hundred. */
enum {
	PATTERN_LONGEST = 32 << 10,	/* bytes of text */
	PATTERN_MEMORY = 4 << 20,	/* bytes, compiled */
	ROW = 1024,			/* bytes, whatever it is */
	MATCH_STEPS = 1000000,
	MATCH_MEMORY = 8 << 10		/* KiB */
};

struct expression {
	pcre2_code	*code;
	size_t		 left;		/* bytes that it may still take */
};

/* take_memory - for PCRE2, which asks for little else than the code */
static void *
take_memory(PCRE2_SIZE n, void *arg)
{
	struct expression *expression = arg;

	if (n > expression->left)
		return NULL;
	expression->left -= n;
	return malloc(n);
}

static void
give_memory(void *at, void *arg)
{
	(void)arg;
	free(at);
}

/* Written once, then only read. */
static pcre2_match_context *limits;
static pthread_once_t limits_once = PTHREAD_ONCE_INIT;

static void
make_limits(void)
{
	limits = pcre2_match_context_create(NULL);
	if (limits == NULL)
		mem_none();
	pcre2_set_match_limit(limits, MATCH_STEPS);
	pcre2_set_depth_limit(limits, MATCH_STEPS);
	pcre2_set_heap_limit(limits, MATCH_MEMORY);
}

/* flags_at - the letters after the closing delimiter; each toggles its flag */
static int
flags_at(const char **at, uint32_t *out, struct err *err)
{
	static const struct {
		char		letter;
		uint32_t	flag;
	} flags[] = {
		{ 'i', PCRE2_CASELESS }, { 'm', PCRE2_MULTILINE },
		{ 's', PCRE2_DOTALL }, { 'x', PCRE2_EXTENDED },
		{ 'A', PCRE2_ANCHORED }, { 'E', PCRE2_DOLLAR_ENDONLY },
		{ 'U', PCRE2_UNGREEDY },
		{ 'X', 0 },	/* PCRE2 knows no PCRE_EXTRA */
	};
	size_t i, count = sizeof(flags) / sizeof(*flags);

	*out = PCRE2_CASELESS | PCRE2_DOTALL;
	for (; **at != '\0' && strchr(BLANKS, **at) == NULL; (*at)++) {
		for (i = 0; i < count && flags[i].letter != **at; i++)
			;
		if (i == count)
			return err_set(err, ERR_NEVER,
			    "unknown flag '%c' after the pattern", **at);
		*out ^= flags[i].flag;
	}
	return 0;
}

/* build - within its memory; NULL: err */
static pcre2_code *
build(struct expression *expression, const char *text, uint32_t flags,
    struct err *err)
{
	pcre2_general_context *memory = pcre2_general_context_create(
	    take_memory, give_memory, expression);
	pcre2_compile_context *context = memory == NULL ? NULL :
	    pcre2_compile_context_create(memory);
	PCRE2_UCHAR why[120];
	PCRE2_SIZE where;
	pcre2_code *code;
	int error;

	if (context == NULL)
		mem_none();
	pcre2_set_max_pattern_length(context, PATTERN_LONGEST);
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, flags,
	    &error, &where, context);
	pcre2_compile_context_free(context);
	pcre2_general_context_free(memory);
	if (code != NULL)
		return code;
	if (error == PCRE2_ERROR_HEAP_FAILED) {
		err_set(err, ERR_NEVER, "the pattern is too large: it takes "
		    "more than %d MB", PATTERN_MEMORY >> 20);
	} else {
		(void)pcre2_get_error_message(error, why, sizeof(why));
		err_set(err, ERR_NEVER, "at byte %zu of the pattern: %s",
		    where, (const char *)why);
	}
	return NULL;
}

static void *
compile(const char **at, struct pattern_extent *extent, struct err *err)
{
	own(str) char *text = pattern_delimited(at, err);
	struct expression *expression;
	uint32_t flags, groups = 0;

	if (text == NULL || flags_at(at, &flags, err) == -1)
		return NULL;
	pthread_once(&limits_once, make_limits);
	expression = mem_new(sizeof(*expression));
	expression->left = PATTERN_MEMORY;
	expression->code = build(expression, text, flags, err);
	extent->bytes = ROW + PATTERN_MEMORY - expression->left;
	if (expression->code == NULL ||
	    pattern_fits(extent->patterns, extent->bytes, err) == -1) {
		pcre2_code_free(expression->code);
		free(expression);
		return NULL;
	}
	(void)pcre2_pattern_info(expression->code, PCRE2_INFO_CAPTURECOUNT,
	    &groups);
	extent->groups = groups;
	return expression;
}

/* take_groups - what the groups matched; an unused one matched nothing */
static void
take_groups(pcre2_match_data *data, size_t count, struct groups *groups)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);

	for (size_t i = 0; i <= groups->count; i++) {
		bool is = i < count && at[2 * i] != PCRE2_UNSET &&
		    at[2 * i] < at[2 * i + 1];

		groups->at[i].start = is ? at[2 * i] : 0;
		groups->at[i].end = is ? at[2 * i + 1] : 0;
	}
}

static int
match(const void *code, struct subject *subject, struct groups *groups,
    struct err *err)
{
	const struct expression *expression = code;
	PCRE2_UCHAR why[120];
	int count;

	/* PCRE2 writes only to memory that belongs to one lookup, so threads
	 * can share the patterns. */
	if (subject->scratch == NULL)
		subject->scratch = pcre2_match_data_create(GROUPS_MAX + 1,
		    NULL);
	if (subject->scratch == NULL)
		return err_set(err, ERR_LATER, "no memory for a match");
	count = pcre2_match(expression->code, (PCRE2_SPTR)subject->text,
	    subject->length, 0, 0, subject->scratch, limits);
	if (count == PCRE2_ERROR_NOMATCH)
		return 0;
	if (count < 0) {
		(void)pcre2_get_error_message(count, why, sizeof(why));
		return err_set(err, ERR_NEVER, "%s", (const char *)why);
	}
	take_groups(subject->scratch, count == 0 ? GROUPS_MAX + 1 :
	    (size_t)count, groups);
	return 1;
}

static void
drop(void *code)
{
	struct expression *expression = code;

	pcre2_code_free(expression->code);
	free(expression);
}

static void
done(struct subject *subject)
{
	pcre2_match_data_free(subject->scratch);
	subject->scratch = NULL;
}

const struct pattern_type pattern_pcre = {
	.compile = compile,
	.match = match,
	.drop = drop,
	.done = done,
	.expressions = true,
};
