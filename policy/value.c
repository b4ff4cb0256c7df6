/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/value.h"

#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/escape.h"

enum { MAILBOX_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63 };

/* atoms - length of the dot-string at the start, 0: none */
static size_t
atoms(const char *text)
{
	size_t n = 0, atom;

	for (;;) {
		atom = strspn(text + n, VALUE_ATEXT);
		if (atom == 0)
			return 0;
		n += atom;
		if (text[n] != '.')
			return n;
		n++;
	}
}

/* quoted - length of the quoted-string at the start, 0: none */
static size_t
quoted(const char *text)
{
	size_t n = 1;

	if (text[0] != '"')
		return 0;
	for (; text[n] != '"'; n++) {
		if (text[n] == '\\')
			n++;
		if (text[n] < 32 || text[n] > 126)
			return 0;
	}
	return n + 1;
}

/* value_is_domain - labels between dots */
bool
value_is_domain(const char *text)
{
	for (;;) {
		size_t n = strspn(text, VALUE_LETDIG "-");

		if (n == 0 || n > LABEL_MAX ||
		    text[0] == '-' || text[n - 1] == '-')
			return false;
		text += n;
		if (*text == '\0')
			return true;
		if (*text++ != '.')
			return false;
	}
}

static bool
is_literal(const char *text)
{
	size_t n = strlen(text);

	return n > 2 && text[0] == '[' && text[n - 1] == ']' &&
	    strspn(text + 1, VALUE_LETDIG ".:") == n - 2;
}

/* value_local_length - of the local part at the start */
size_t
value_local_length(const char *text)
{
	return text[0] == '"' ? quoted(text) : strcspn(text, "@");
}

/* value_is_mailbox - local part, at sign, domain */
bool
value_is_mailbox(const char *text)
{
	size_t n = text[0] == '"' ? quoted(text) : atoms(text);

	return n > 0 && n <= LOCAL_MAX && text[n] == '@' &&
	    strlen(text) <= MAILBOX_MAX &&
	    (value_is_domain(text + n + 1) || is_literal(text + n + 1));
}

/* value_is_name - may it follow name=? */
bool
value_is_name(const char *text)
{
	size_t n = strlen(text);

	for (const char *p = text; *p != '\0'; p++)
		if (*p < 33 || *p > 126)
			return false;
	return n > 0 && n <= VALUE_NAME_MAX;
}

/* value_keyword - one of the three words that are not addresses? */
bool
value_keyword(const char *word, enum action *out)
{
	static const struct {
		const char	*word;
		enum action	 action;
	} words[] = {
		{ "NO", ACTION_NO },
		{ "DEFAULT", ACTION_DEFAULT },
		{ "DUNNO", ACTION_DUNNO },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(word, words[i].word) == 0) {
			*out = words[i].action;
			return true;
		}
	return false;
}

/* action_of - what the first word means; false: it is invalid */
static bool
action_of(const char *word, struct value *out)
{
	if (value_keyword(word, &out->action))
		return true;
	out->action = ACTION_ADDRESS;
	out->intake = word;
	return value_is_mailbox(word);
}

/* word_end - where the first word ends; blanks in a quoted local part do not
 * end it */
static char *
word_end(char *text)
{
	size_t n = quoted(text);

	return text + n + strcspn(text + n, BLANKS);
}

/* name_of - "name=WORD", or nothing at all; false: neither */
static bool
name_of(const char *text, struct value *out)
{
	if (*text == '\0')
		return true;
	if (strncmp(text, "name=", 5) != 0 || !value_is_name(text + 5))
		return false;
	out->name = text + 5;
	return true;
}

/* value_words - the first word, and what follows it */
void
value_words(const char *text, struct arena *arena, char **out_word,
    char **out_rest)
{
	char *word = arena_text(arena, text + strspn(text, BLANKS));
	char *rest = word_end(word);

	if (*rest != '\0')
		*rest++ = '\0';
	rest += strspn(rest, BLANKS);
	for (size_t n = strlen(rest); n > 0 && strchr(BLANKS, rest[n - 1]); n--)
		rest[n - 1] = '\0';
	*out_word = word;
	*out_rest = rest;
}

/* value_parse - a value without $n */
int
value_parse(const char *text, struct arena *arena, struct value *out,
    struct err *err)
{
	struct value value = { 0 };
	char *word, *rest;

	value_words(text, arena, &word, &rest);
	if (!action_of(word, &value))
		return err_set(err, ERR_NEVER, "bad value '%s': neither NO, "
		    "DEFAULT, DUNNO nor user@domain", ESCAPE(text));
	if (!name_of(rest, &value))
		return err_set(err, ERR_NEVER, "bad value '%s': only name=WORD "
		    "may follow '%s'", ESCAPE(text),
		    ESCAPE(word));
	*out = value;
	return 0;
}

/* value_text - as it would be written in a table */
char *
value_text(const struct value *value, struct arena *arena)
{
	static const char *const words[] = {
		[ACTION_NO] = "NO", [ACTION_DEFAULT] = "DEFAULT",
		[ACTION_DUNNO] = "DUNNO",
	};
	const char *word = value->action == ACTION_ADDRESS ? value->intake :
	    words[value->action];

	return value->name == NULL ? arena_text(arena, word) :
	    arena_format(arena, "%s name=%s", word, value->name);
}
