/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/value.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "policy/expand.h"

#define BLANKS " \t\r\n\v\f"
#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { MAILBOX_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63, WORD_MAX = 64 };

/* atoms - length of the dot-string at the start, 0: none */
static size_t
atoms(const char *text)
{
	size_t n = 0, atom;

	for (;;) {
		atom = strspn(text + n,
		    LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~");
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

static bool
is_domain(const char *text)
{
	for (;;) {
		size_t n = strspn(text, LETTERS DIGITS "-");

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
	    strspn(text + 1, LETTERS DIGITS ".:") == n - 2;
}

/* value_is_mailbox - local part, at sign, domain */
bool
value_is_mailbox(const char *text)
{
	size_t n = text[0] == '"' ? quoted(text) : atoms(text);

	return n > 0 && n <= LOCAL_MAX && text[n] == '@' &&
	    strlen(text) <= MAILBOX_MAX &&
	    (is_domain(text + n + 1) || is_literal(text + n + 1));
}

static bool
is_word(const char *text)
{
	size_t n = strlen(text);

	for (const char *p = text; *p != '\0'; p++)
		if (*p < 33 || *p > 126)
			return false;
	return n > 0 && n <= WORD_MAX;
}

/* action_of - what the first word asks for; false: nothing we know */
static bool
action_of(const char *word, struct value *out)
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
			out->action = words[i].action;
			return true;
		}
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
	if (strncmp(text, "name=", 5) != 0 || !is_word(text + 5))
		return false;
	out->name = text + 5;
	return true;
}

/* value_parse - understand one value */
int
value_parse(const char *text, struct arena *arena, struct value *out,
    struct err *err)
{
	struct value value = { 0 };
	char *word = arena_text(arena, text + strspn(text, BLANKS));
	char *rest = word_end(word);
	size_t n;

	if (*rest != '\0')
		*rest++ = '\0';
	rest += strspn(rest, BLANKS);
	for (n = strlen(rest); n > 0 && strchr(BLANKS, rest[n - 1]); n--)
		rest[n - 1] = '\0';
	if (!action_of(word, &value))
		return err_set(err, ERR_NEVER, "bad value '%s': neither NO, "
		    "DEFAULT, DUNNO nor user@domain", LOG_ESCAPE(text));
	if (!name_of(rest, &value))
		return err_set(err, ERR_NEVER, "bad value '%s': after '%s' may "
		    "stand name=WORD alone", LOG_ESCAPE(text),
		    LOG_ESCAPE(word));
	*out = value;
	return 0;
}

static void
put_probe(void *arg, unsigned number, struct buf *out)
{
	(void)number;
	buf_text(out, arg);
}

/* value_check - try a word, a number, an address and nothing in all places */
int
value_check(const char *text, struct err *err)
{
	static char probes[][8] = { "x", "1", "x@x", "" };

	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
		own(buf) struct buf made = BUF;
		struct arena arena = { 0 };
		struct value value;
		unsigned unused;
		int result = expand(text, put_probe, probes[i], &made, &unused,
		    err);

		if (result == 0)
			result = value_parse(made.data, &arena, &value, err);
		arena_drop(&arena);
		if (result == 0)
			return 0;
	}
	return err_set(err, ERR_NEVER, "bad value '%s': it is none whatever "
	    "stands for $n", LOG_ESCAPE(text));
}

enum { ANYTHING = 1 };		/* the character for what is not known */

static void
put_anything(void *arg, unsigned number, struct buf *out)
{
	(void)arg, (void)number;
	buf_byte(out, ANYTHING);
}

/* fits - without regard to case */
static bool
fits(const char *pattern, const char *text)
{
	const char *retry = NULL, *from = NULL;

	for (;;) {
		if (*pattern == ANYTHING) {
			retry = ++pattern;
			from = text;
		} else if (*text == '\0') {
			return *pattern == '\0';
		} else if (strncasecmp(pattern, text, 1) == 0) {
			pattern++;
			text++;
		} else if (retry != NULL) {
			pattern = retry;
			text = ++from;
		} else {
			return false;
		}
	}
}

/* value_leads_to - could it come to be this address? */
bool
value_leads_to(const char *text, const char *address)
{
	own(buf) struct buf made = BUF;
	struct err err;
	unsigned unused;
	const char *at;

	if (expand(text + strspn(text, BLANKS), put_anything, NULL, &made,
	    &unused, &err) == -1)
		return false;
	*word_end(made.data) = '\0';
	at = strrchr(made.data, '@');
	return at != NULL && strchr(at, ANYTHING) == NULL &&
	    fits(made.data, address);
}
