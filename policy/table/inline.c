/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "base/blank.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/table/list.h"
#include "policy/table/source.h"

/* trim - without blanks at either end */
static struct list_span
trim(const char *start, const char *end)
{
	while (start < end && strchr(BLANKS, *start) != NULL)
		start++;
	while (end > start && strchr(BLANKS, end[-1]) != NULL)
		end--;
	return (struct list_span){ start, (size_t)(end - start) };
}

/* key_length - up to the first blank or '=' outside quotation marks */
static size_t
key_length(struct list_span in)
{
	bool in_quotes = false;
	size_t i;

	for (i = 0; i < in.length; i++) {
		if (in.text[i] == '\\')
			i++;
		else if (in.text[i] == '"')
			in_quotes = !in_quotes;
		else if (!in_quotes && (in.text[i] == '=' ||
		    strchr(BLANKS, in.text[i]) != NULL))
			break;
	}
	return i < in.length ? i : in.length;
}

/* give - one "key = value" */
static int
give(struct source *source, struct list_span in, struct err *err)
{
	size_t n = key_length(in);
	struct list_span value = trim(in.text + n, in.text + in.length);
	struct source_pair pair;

	if (n == 0)
		return err_set(err, ERR_NEVER, "no key in '%.*s'",
		    (int)in.length, in.text);
	if (value.length == 0 || value.text[0] != '=')
		return err_set(err, ERR_NEVER, "no '=' after the key in '%.*s'",
		    (int)in.length, in.text);
	value = trim(value.text + 1, value.text + value.length);
	if (value.length == 0)
		return err_set(err, ERR_NEVER, "no value in '%.*s'",
		    (int)in.length, in.text);
	pair = (struct source_pair){ .key = in.text, .key_length = n,
		.value = value.text, .value_length = value.length };
	return source->pair(source, &pair, err);
}

/* inline_read - all pairs of "{ key=value, { key = va lue } }" */
int
inline_read(struct source *source, struct err *err)
{
	struct list_span in = { source->path, strlen(source->path) }, word;
	own(str) char *text = NULL;
	const char *at;
	int got;

	if (list_unbrace(in, &in, err) == -1)
		return -1;
	if (in.length == 0)
		return err_set(err, ERR_NEVER, "an empty table");
	text = mem_bytes(in.text, in.length);
	at = text;
	while ((got = list_next(&at, &word, err)) == 1) {
		if (word.text[0] == '{' &&
		    list_unbrace(word, &word, err) == -1)
			return -1;
		if (give(source, word, err) == -1)
			return -1;
	}
	return got;
}

/* static_read - one pair: any key has this value */
int
static_read(struct source *source, struct err *err)
{
	struct list_span value = { source->path, strlen(source->path) };
	struct source_pair pair;

	if (value.text[0] == '{' && list_unbrace(value, &value, err) == -1)
		return -1;
	pair = (struct source_pair){ .key = "static", .key_length = 6,
		.value = value.text, .value_length = value.length };
	return source->pair(source, &pair, err);
}
