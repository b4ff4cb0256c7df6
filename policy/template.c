/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/template.h"

#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "policy/pattern/expand.h"

/* ---- when the table is loaded ---- */

static void
put_letter(void *arg, unsigned number, struct buf *out)
{
	(void)arg, (void)number;
	buf_byte(out, 'x');
}

/* with_letter - a part in which each $n is one letter; whether that is valid
 * depends on the template's own text only */
static void
with_letter(const char *part, struct buf *out)
{
	struct err unused;
	unsigned highest;

	if (expand(part, put_letter, NULL, out, &highest, &unused) == -1)
		buf_cut(out, 0);
}

/* address_of - the two parts of an address; false: it is not one, whatever
 * replaces $n */
static bool
address_of(const char *word, struct arena *arena, struct template *out)
{
	size_t n = value_local_length(word);
	own(buf) struct buf local = BUF;
	own(buf) struct buf domain = BUF;

	if (n == 0 || word[n] != '@')
		return false;
	out->action = ACTION_ADDRESS;
	out->local = arena_bytes(arena, word, n);
	out->domain = arena_text(arena, word + n + 1);
	with_letter(out->local, &local);
	with_letter(out->domain, &domain);
	if (template_is_open(out) && !value_is_domain(domain.data))
		return false;
	buf_texts(&local, "@", domain.data);
	return value_is_mailbox(local.data);
}

/* name_of - "name=WORD", or nothing at all; false: neither */
static bool
name_of(const char *rest, struct template *out)
{
	own(buf) struct buf name = BUF;

	if (*rest == '\0')
		return true;
	if (strncmp(rest, "name=", 5) != 0)
		return false;
	out->name = rest + 5;
	with_letter(out->name, &name);
	return value_is_name(name.data);
}

/* template_parse - a value with $n in it */
int
template_parse(const char *text, struct arena *arena, struct template *out,
    struct err *err)
{
	struct template template = { .text = arena_text(arena, text) };
	char *word, *rest;

	value_words(text, arena, &word, &rest);
	if (!value_keyword(word, &template.action) &&
	    !address_of(word, arena, &template))
		return err_set(err, ERR_NEVER, "bad value '%s': neither NO, "
		    "DEFAULT, DUNNO nor user@domain, with $n only in user, "
		    "domain and name=", ESCAPE(text));
	if (!name_of(rest, &template))
		return err_set(err, ERR_NEVER, "bad value '%s': only name=WORD "
		    "may follow '%s'", ESCAPE(text),
		    ESCAPE(word));
	*out = template;
	return 0;
}

/* ---- when something was found ---- */

struct filling {
	const struct buf *taken;
	bool		 in_domain;
	unsigned	 wrong;		/* the first $n that is not allowed */
};

/* is_piece - may this be a piece of a local part, or of a domain? */
static bool
is_piece(const char *text, bool in_domain)
{
	size_t n = strlen(text);

	if (!in_domain)
		return strspn(text, VALUE_ATEXT ".") == n;
	return strspn(text, VALUE_LETDIG "-.") == n &&
	    (n == 0 || (text[0] != '.' && text[n - 1] != '.'));
}

static void
put_piece(void *arg, unsigned number, struct buf *out)
{
	struct filling *filling = arg;
	const char *text = expand_took(filling->taken, number);

	if (is_piece(text, filling->in_domain))
		buf_text(out, text);
	else if (filling->wrong == 0)
		filling->wrong = number;
}

/* fill_address - local part and domain, each by itself */
static int
fill_address(const struct template *template, const struct buf *taken,
    struct buf *out, struct err *err)
{
	struct filling filling = { .taken = taken };
	unsigned highest;

	if (expand(template->local, put_piece, &filling, out, &highest,
	    err) == -1)
		return -1;
	buf_byte(out, '@');
	filling.in_domain = true;
	if (expand(template->domain, put_piece, &filling, out, &highest,
	    err) == -1)
		return -1;
	if (filling.wrong > 0)
		return err_set(err, ERR_NEVER, "bad value '%s': '%s' cannot "
		    "replace $%u there", ESCAPE(template->text),
		    ESCAPE(expand_took(taken, filling.wrong)),
		    filling.wrong);
	if (!value_is_mailbox(out->data))
		return err_set(err, ERR_NEVER, "bad value '%s': it became "
		    "'%s', which is not user@domain",
		    ESCAPE(template->text), ESCAPE(out->data));
	return 0;
}

static void
put_name(void *arg, unsigned number, struct buf *out)
{
	for (const char *p = expand_took(arg, number); *p != '\0'; p++)
		buf_byte(out, *p < 33 || *p > 126 ? '?' : *p);
}

/* fill_name - a name is for people and decides nothing: so it cannot fail */
static const char *
fill_name(const struct template *template, const struct buf *taken,
    struct arena *arena)
{
	own(buf) struct buf name = BUF;
	struct err unused;
	unsigned highest;

	if (template->name == NULL ||
	    expand(template->name, put_name, (void *)taken, &name, &highest,
	    &unused) == -1 || name.len == 0)
		return NULL;
	if (name.len > VALUE_NAME_MAX) {
		buf_cut(&name, VALUE_NAME_MAX - 3);
		buf_text(&name, "...");
	}
	return arena_text(arena, name.data);
}

/* template_fill - the value that $n leads to */
int
template_fill(const struct template *template, const struct buf *taken,
    struct arena *arena, struct value *out, struct err *err)
{
	struct value value = { .action = template->action };
	own(buf) struct buf address = BUF;

	if (template->action == ACTION_ADDRESS) {
		if (fill_address(template, taken, &address, err) == -1)
			return -1;
		value.intake = arena_text(arena, address.data);
	}
	value.name = fill_name(template, taken, arena);
	*out = value;
	return 0;
}

/* ---- what it can become ---- */

enum { ANYTHING = 1 };		/* the character for an unknown text */

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
		} else if (*text == '\0' && *pattern == '\0') {
			return true;
		} else if (*text != '\0' &&
		    strncasecmp(pattern, text, 1) == 0) {
			pattern++;
			text++;
		} else if (retry != NULL && *from != '\0' &&
		    strchr(VALUE_ATEXT ".", *from) != NULL) {
			pattern = retry;
			text = ++from;
		} else {
			return false;
		}
	}
}

/* template_leads_to - could it become this address? */
bool
template_leads_to(const struct template *template, const char *address)
{
	const char *at = strrchr(address, '@');
	own(buf) struct buf pattern = BUF;
	own(str) char *local = NULL;
	struct err unused;
	unsigned highest;

	if (template->action != ACTION_ADDRESS || template_is_open(template) ||
	    at == NULL || strcasecmp(at + 1, template->domain) != 0 ||
	    expand(template->local, put_anything, NULL, &pattern, &highest,
	    &unused) == -1)
		return false;
	local = mem_bytes(address, (size_t)(at - address));
	return fits(pattern.data, local);
}

/* template_is_open - is there a $n in its domain? */
bool
template_is_open(const struct template *template)
{
	/* no domain has a dollar sign of its own */
	return template->domain != NULL &&
	    strchr(template->domain, '$') != NULL;
}
