/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/mailbox/profile_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLANKS " \t\r"
#define LOWER "abcdefghijklmnopqrstuvwxyz_"
#define NAME LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

/* What is left of a line, and where its words go. */
struct cursor {
	const char	*at;
	char		*room;
	size_t		 number;	/* of the word, for people */
};

static void
skip_blanks(struct cursor *in)
{
	in->at += strspn(in->at, BLANKS);
}

/* keep - so many octets, as a string */
static const char *
keep(struct cursor *in, const char *bytes, size_t n)
{
	char *kept = in->room;

	memcpy(kept, bytes, n);
	kept[n] = '\0';
	in->room += n + 1;
	return kept;
}

/* ends - is this the end of a word? */
static bool
ends(char c)
{
	return c == '\0' || strchr(BLANKS, c) != NULL;
}

/* take_name - of a profile or a chain; stop: what may come right after it */
static int
take_name(struct cursor *in, char stop, const char **out, struct err *err)
{
	size_t n = strspn(in->at, NAME);

	if (n == 0 || n > PROFILE_NAME ||
	    (!ends(in->at[n]) && in->at[n] != stop))
		return err_set(err, ERR_NEVER, "word %zu is no name: letters, "
		    "digits, '.', '_' and '-', %d at most", in->number,
		    PROFILE_NAME);
	*out = keep(in, in->at, n);
	in->at += n;
	in->number++;
	skip_blanks(in);
	return 0;
}

/* take_quoted - what stands between quotation marks */
static int
take_quoted(struct cursor *in, const char **out, struct err *err)
{
	char *to = in->room;

	*out = to;
	for (in->at++; *in->at != '"'; in->at++) {
		if (*in->at == '\\' && (in->at[1] == '"' || in->at[1] == '\\'))
			in->at++;
		else if (*in->at == '\\')
			return err_set(err, ERR_NEVER, "word %zu: in quotation "
			    "marks a backslash is written \\\\", in->number);
		if (*in->at == '\0')
			return err_set(err, ERR_NEVER, "word %zu: its quotation "
			    "mark is not closed", in->number);
		*to++ = *in->at;
	}
	in->at++;
	if (!ends(*in->at))
		return err_set(err, ERR_NEVER, "word %zu goes on after its "
		    "quotation mark", in->number);
	*to++ = '\0';
	in->room = to;
	return 0;
}

static int
take_plain(struct cursor *in, const char **out, struct err *err)
{
	size_t n = strcspn(in->at, BLANKS);

	if (memchr(in->at, '"', n) != NULL)
		return err_set(err, ERR_NEVER, "word %zu: a value with a "
		    "quotation mark in it stands in quotation marks",
		    in->number);
	*out = keep(in, in->at, n);
	in->at += n;
	return 0;
}

static int
check_value(const struct cursor *in, const char *value, struct err *err)
{
	size_t n = strlen(value);

	for (const char *p = value; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return err_set(err, ERR_NEVER, "word %zu: its value has "
			    "a control character", in->number);
	if (n == 0 || n > PROFILE_VALUE)
		return err_set(err, ERR_NEVER, "word %zu: its value is %s",
		    in->number, n == 0 ? "empty" : "longer than 1024 octets");
	return 0;
}

/* take_word - WORD=VALUE */
static int
take_word(struct cursor *in, struct profile_word *out, struct err *err)
{
	size_t n = strspn(in->at, LOWER);

	if (n == 0 || in->at[n] != '=')
		return err_set(err, ERR_NEVER, "word %zu is not WORD=VALUE (a "
		    "value with blanks stands in quotation marks)", in->number);
	out->word = keep(in, in->at, n);
	in->at += n + 1;
	if ((*in->at == '"' ? take_quoted : take_plain)(in, &out->value,
	    err) == -1 || check_value(in, out->value, err) == -1)
		return -1;
	in->number++;
	skip_blanks(in);
	return 0;
}

static int
take_member(struct cursor *in, struct profile_word *out, struct err *err)
{
	out->word = NULL;
	return take_name(in, '\0', &out->value, err);
}

static int
take_words(struct cursor *in, struct profile_line *line, struct err *err)
{
	line->words = mem_new(PROFILE_WORDS * sizeof(*line->words));
	while (*in->at != '\0') {
		if (line->count == PROFILE_WORDS)
			return err_set(err, ERR_NEVER, "more than %d words",
			    PROFILE_WORDS);
		if ((line->is_chain ? take_member : take_word)(in,
		    &line->words[line->count], err) == -1)
			return -1;
		line->count++;
	}
	return 0;
}

/* take_head - "profile NAME" or "chain NAME =" */
static int
take_head(struct cursor *in, struct profile_line *line, struct err *err)
{
	size_t n;

	skip_blanks(in);
	n = strcspn(in->at, BLANKS);
	line->is_chain = n == 5 && memcmp(in->at, "chain", n) == 0;
	if (!line->is_chain && (n != 7 || memcmp(in->at, "profile", n) != 0))
		return err_set(err, ERR_NEVER, "neither 'profile NAME "
		    "type=TYPE ...' nor 'chain NAME = PROFILE ...'");
	in->at += n;
	skip_blanks(in);
	if (take_name(in, line->is_chain ? '=' : '\0', &line->name, err) == -1)
		return -1;
	if (!line->is_chain)
		return 0;
	if (*in->at != '=')
		return err_set(err, ERR_NEVER, "after the name of a chain "
		    "comes '='");
	in->at++;
	skip_blanks(in);
	if (*in->at == '\0')
		return err_set(err, ERR_NEVER, "a chain of no profile");
	return 0;
}

/* profile_line_parse - head and words */
int
profile_line_parse(const char *text, char **room, struct profile_line *out,
    struct err *err)
{
	struct cursor in = { .at = text, .room = *room, .number = 2 };
	struct profile_line line = { .name = NULL };

	if (take_head(&in, &line, err) == -1 ||
	    take_words(&in, &line, err) == -1) {
		free(line.words);
		return -1;
	}
	*room = in.room;
	*out = line;
	return 0;
}
