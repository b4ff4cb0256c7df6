/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/word.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"
#include "base/mem.h"

/* is_id - letters and digits alone? */
static bool
is_id(const char *text)
{
	while (isalnum((unsigned char)*text))
		text++;
	return *text == '\0';
}

/* word_read - what it may be */
bool
word_read(const char *text, struct word *out)
{
	size_t n = strlen(text);
	bool angle = n > 2 && *text == '<' && text[n - 1] == '>';

	if (angle) {
		text++;
		n -= 2;
	}
	if (n == 0 || strpbrk(text, "\r\n") != NULL)
		return false;
	*out = (struct word){ .text = mem_bytes(text, n), .length = n };
	out->may_be_id = !angle && is_id(out->text);
	out->may_be_address = strchr(out->text, '@') != NULL;
	if (!angle)
		(void)digits_parse(out->text, n, INT64_MAX, &out->mid);
	return true;
}

/* word_drop - its text */
void
word_drop(struct word *word)
{
	free(word->text);
	word->text = NULL;
}

static bool
is(const struct word *word, const char *text, size_t n)
{
	return n == word->length && memcmp(text, word->text, n) == 0;
}

/* word_is_id - of a queue */
bool
word_is_id(const struct word *word, const char *text, size_t n)
{
	return word->may_be_id && is(word, text, n);
}

/* word_is_message_id - brackets or not */
bool
word_is_message_id(const struct word *word, const char *text, size_t n)
{
	if (n > 2 && *text == '<' && text[n - 1] == '>') {
		text++;
		n -= 2;
	}
	return is(word, text, n);
}

/* word_is_address - in any case */
bool
word_is_address(const struct word *word, const char *text, size_t n)
{
	return word->may_be_address && n == word->length &&
	    strncasecmp(text, word->text, n) == 0;
}

/* word_in_line - from=<>, to=<>, orig_to=<> */
bool
word_in_line(const struct word *word, const char *line)
{
	if (!word->may_be_address)
		return false;
	while ((line = strstr(line, "=<")) != NULL) {
		line += 2;
		if (strncasecmp(line, word->text, word->length) == 0 &&
		    line[word->length] == '>')
			return true;
	}
	return false;
}

/* word_in_envelope - of a copy */
bool
word_in_envelope(const struct word *word, const struct envelope *envelope)
{
	if ((word->mid != 0 && envelope->mid == word->mid) ||
	    word_is_id(word, envelope->queue_id, strlen(envelope->queue_id)) ||
	    word_is_message_id(word, envelope->message_id,
	    strlen(envelope->message_id)) ||
	    word_is_address(word, envelope->sender, strlen(envelope->sender)))
		return true;
	for (size_t i = 0; i < envelope->recipient_count; i++)
		if (word_is_address(word, envelope->recipients[i],
		    strlen(envelope->recipients[i])))
			return true;
	return false;
}
