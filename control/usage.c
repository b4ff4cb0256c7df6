/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/usage.h"

#include <stdbool.h>
#include <string.h>

/* One word of the line, and where it stands. */
struct reader {
	struct usage	*usage;
	int		 depth;		/* of brackets before this word */
	size_t		 chain;		/* first option of those with bars
					   between them that lead to this one */
	bool		 after_bar, after_option;
};

static void
add_option(struct reader *reader, const char *name)
{
	struct usage *usage = reader->usage;

	for (size_t i = 0; i < usage->option_count; i++)
		if (strcmp(usage->options[i].name, name) == 0)
			return;
	usage->options[usage->option_count++].name = name;
}

/* take_option - or several that share a dash; what follows a bar belongs to
 * those before that */
static void
take_option(struct reader *reader, const char *word, size_t n, bool opens)
{
	struct arena *arena = &reader->usage->arena;

	if (!reader->after_bar || opens)
		reader->chain = reader->usage->option_count;
	if (word[1] == '-')
		add_option(reader, arena_bytes(arena, word, n));
	else
		for (size_t i = 1; i < n; i++)
			add_option(reader, arena_format(arena, "-%c", word[i]));
	reader->after_option = true;
}

/* take_value - of the last option, and of those with a bar before it */
static void
take_value(struct reader *reader, const char *value)
{
	struct usage *usage = reader->usage;

	for (size_t i = reader->chain; i < usage->option_count; i++)
		usage->options[i].value = value;
	reader->after_option = false;
}

static void
take_operand(struct reader *reader, const char *operand)
{
	struct usage *usage = reader->usage;

	for (size_t i = 0; i < usage->operand_count; i++)
		if (strcmp(usage->operands[i], operand) == 0)
			return;
	usage->operands[usage->operand_count++] = operand;
}

/* deepen - by the brackets of a word */
static int
deepen(const char *word, size_t n)
{
	int depth = 0;

	for (size_t i = 0; i < n; i++)
		depth += (word[i] == '[') - (word[i] == ']');
	return depth;
}

static void
take_word(struct reader *reader, const char *word, size_t n)
{
	size_t open = strspn(word, "["), length;
	bool inside = reader->after_option && (open == 0 || reader->depth > 0);
	const char *text;

	length = strcspn(word + open, "[] .");
	text = arena_bytes(&reader->usage->arena, word + open, length);
	if (*text == '-')
		take_option(reader, text, length, open > 0);
	else if (inside)
		take_value(reader, text);
	else
		take_operand(reader, text);
	reader->depth += deepen(word, n);
	if (memchr(word, ']', n) != NULL)
		reader->after_option = false;
	reader->after_bar = false;
}

/* usage_parse - word by word */
struct usage
usage_parse(const char *arguments)
{
	struct usage usage = { .options = NULL };
	size_t most = strlen(arguments) + 1;
	struct reader reader = { .usage = &usage };

	usage.options = arena_new(&usage.arena, most * sizeof(*usage.options));
	usage.operands = arena_new(&usage.arena,
	    most * sizeof(*usage.operands));
	while (*(arguments += strspn(arguments, " ")) != '\0') {
		size_t n = strcspn(arguments, " ");

		if (n == 1 && *arguments == '|') {
			reader.after_bar = true;
			reader.after_option = false;
		} else {
			take_word(&reader, arguments, n);
		}
		arguments += n;
	}
	return usage;
}
