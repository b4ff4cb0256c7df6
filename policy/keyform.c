/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/keyform.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* A key, and what would look for it. */
struct form {
	enum key_kind	 kind;
	const char	*key;
	size_t		 length;
	bool		 parents_match;
	struct arena	*arena;
};

#define DOMAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "0123456789-._"

static bool
is_of_address(const struct form *form)
{
	return form->kind == KEY_RECIPIENT || form->kind == KEY_SENDER;
}

static char
last_of(const struct form *form)
{
	return form->length > 0 ? form->key[form->length - 1] : '\0';
}

/* ---- what no key contains ---- */

/* has_letters - any beyond ASCII, apart from joiners? */
static bool
has_letters(const char *key)
{
	for (; *key != '\0'; key++)
		if (strncmp(key, "\xe2\x80\x8c", 3) == 0 ||
		    strncmp(key, "\xe2\x80\x8d", 3) == 0)
			key += 2;
		else if ((unsigned char)*key > 127)
			return true;
	return false;
}

/* invisible - the code point of a character that cannot be seen; 0: none.
 * Joiners belong to some languages (RFC 5892 A). */
static unsigned
invisible(const char *key)
{
	static const struct {
		const char	*bytes;
		unsigned	 number;
		bool		 joins;
	} letters[] = {
		{ "\xc2\xa0", 0xa0, false }, { "\xc2\xad", 0xad, false },
		{ "\xe2\x80\x8b", 0x200b, false },
		{ "\xe2\x80\x8c", 0x200c, true },
		{ "\xe2\x80\x8d", 0x200d, true },
		{ "\xe2\x80\x8e", 0x200e, false },
		{ "\xe2\x80\x8f", 0x200f, false },
		{ "\xe2\x80\xaf", 0x202f, false },
		{ "\xe2\x81\xa0", 0x2060, false },
		{ "\xe3\x80\x80", 0x3000, false },
		{ "\xef\xbb\xbf", 0xfeff, false },
	};

	for (const char *p = key; *p != '\0'; p++)
		if ((*p > 0 && *p < ' ') || *p == 127)
			return (unsigned)*p;
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (strstr(key, letters[i].bytes) != NULL &&
		    !(letters[i].joins && has_letters(key)))
			return letters[i].number;
	return 0;
}

static const char *
has_invisible(const struct form *form)
{
	unsigned number = invisible(form->key);

	return number == 0 ? NULL : arena_format(form->arena, "it has an "
	    "invisible character (U+%04X): type it again", number);
}

static const char *
has_brackets(const struct form *form)
{
	if (form->key[0] != '<' || last_of(form) != '>')
		return NULL;
	if (form->length > 2)
		return arena_format(form->arena, "keys have no <>: write %.*s",
		    (int)form->length - 2, form->key + 1);
	return form->kind == KEY_SENDER ? NULL :
	    "only a sender can be empty: use check_sender";
}

static const char *
has_scheme(const struct form *form)
{
	return strncasecmp(form->key, "mailto:", 7) != 0 ? NULL :
	    arena_format(form->arena, "keys have no scheme: write %s",
	    form->key + 7);
}

static const char *
is_pattern(const struct form *form)
{
	return form->length > 2 && form->key[0] == '/' &&
	    last_of(form) == '/' ?
	    "it looks like a pattern: use a pcre or regexp table" : NULL;
}

static const char *
has_star(const struct form *form)
{
	const char *domain = form->key + 2;

	if (strcmp(form->key, "*") == 0 || strcmp(form->key, "*@*") == 0)
		return "there are no wildcards: use default_policy";
	if (strncmp(form->key, "*.", 2) == 0 && !form->parents_match)
		return arena_format(form->arena, "there are no wildcards: "
		    "write .%s", domain);
	if (strncmp(form->key, "*.", 2) == 0 ||
	    (is_of_address(form) && strncmp(form->key, "*@", 2) == 0))
		return arena_format(form->arena, "there are no wildcards: "
		    "write %s", domain);
	return NULL;
}

static const char *
has_at_first(const struct form *form)
{
	return !is_of_address(form) || form->length < 2 ||
	    form->key[0] != '@' ? NULL :
	    arena_format(form->arena, "keys like this are for virtual(5): "
	    "write %s", form->key + 1);
}

static const char *
has_dot_first(const struct form *form)
{
	const char *at = strrchr(form->key, '@');

	if (form->length > 1 && form->key[0] == '.' && form->parents_match)
		return arena_format(form->arena,
		    "parent_domain_matches_subdomains = yes: write %s",
		    form->key + 1);
	if (is_of_address(form) && at != NULL && at[1] == '.')
		return "a domain cannot begin with a dot: there is no key for "
		    "a user in all subdomains";
	return NULL;
}

/* domain_of - what should be a domain; NULL: there is none to judge.  A word
 * without an @ and without a dot may be a user of this host. */
static const char *
domain_of(const struct form *form)
{
	const char *at = strrchr(form->key, '@');
	const char *domain = at != NULL ? at + 1 : form->key;

	if (form->kind == KEY_HELO || form->kind == KEY_PAIR ||
	    (form->kind == KEY_CLIENT && keyform_is_network(form->key)) ||
	    (at == NULL && strpbrk(form->key, ".:*") == NULL))
		return NULL;
	/* a part of an address, a literal, a quoted word, the null sender */
	return *domain == '\0' || *domain == '[' || last_of(form) == '"' ||
	    *domain == '<' ? NULL : domain;
}

/* has_no_domain - where a domain should be stands what none has */
static const char *
has_no_domain(const struct form *form)
{
	const char *domain = domain_of(form), *bad = domain;

	if (domain == NULL)
		return NULL;
	if (strcmp(domain, "*") == 0)
		return arena_format(form->arena, "there are no wildcards: "
		    "write %.*s", (int)(domain - form->key), form->key);
	if (strstr(domain, "..") != NULL)
		return "no domain has two dots in a row";
	while (*bad != '\0' && ((unsigned char)*bad > 127 ||
	    strchr(DOMAIN, *bad) != NULL))
		bad++;
	if (*bad == '*')
		return "there are no wildcards: use a pcre or regexp table";
	return *bad == '\0' ? NULL : arena_format(form->arena,
	    "no domain has a '%c'", *bad);
}

static const char *
has_end(const struct form *form)
{
	char last = last_of(form);

	/* a HELO may end in a dot, and "2001:db8:" is a part of an address */
	if ((last == '.' && form->kind == KEY_HELO) ||
	    (last == ':' && form->kind == KEY_CLIENT) ||
	    form->length < 2 || last == '\0' || strchr(".,;:", last) == NULL)
		return NULL;
	return arena_format(form->arena, "no key ends in '%c': write %.*s",
	    last, (int)form->length - 1, form->key);
}

/* ---- the right key in the wrong place ---- */

/* keyform_is_network - numbers with dots, or an address of IPv6 */
bool
keyform_is_network(const char *key)
{
	size_t digits = strspn(key, "0123456789."), hex;

	if (digits > 0 && (key[digits] == '\0' || key[digits] == '/'))
		return true;
	hex = strspn(key, "0123456789abcdefABCDEF:.");
	return strchr(key, ':') != NULL &&
	    (key[hex] == '\0' || key[hex] == '/');
}

static const char *
is_address_of_client(const struct form *form)
{
	return is_of_address(form) && keyform_is_network(form->key) ?
	    "it looks like a client's address: use check_client" : NULL;
}

static const char *
is_address_of_mail(const struct form *form)
{
	return form->kind == KEY_CLIENT && strchr(form->key, '@') != NULL ?
	    "clients are hosts: use check_sender or check_recipient" : NULL;
}

static const char *
has_length(const struct form *form)
{
	if (form->kind != KEY_CLIENT && form->kind != KEY_HELO)
		return NULL;
	return strchr(form->key, '/') == NULL ? NULL :
	    "networks have no prefix length here: write their first numbers, "
	    "or use check_client with a cidr table";
}

static const char *
has_other_form(const struct form *form)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr six;

	if (form->kind != KEY_CLIENT)
		return NULL;
	if (form->key[0] == '[')
		return "addresses have no brackets here; the name of a "
		    "client without one is \"unknown\"";
	if (inet_pton(AF_INET6, form->key, &six) != 1 ||
	    inet_ntop(AF_INET6, &six, text, sizeof(text)) == NULL ||
	    strcasecmp(text, form->key) == 0)
		return NULL;
	return arena_format(form->arena, "addresses are in their short form: "
	    "write %s", text);
}

/* ---- pairs ---- */

/* keyform_blank - a local part is quoted as a whole, or not at all */
const char *
keyform_blank(const char *key)
{
	if (*key == '"') {
		for (key++; *key != '"' && *key != '\0'; key++)
			if (*key == '\\' && key[1] != '\0')
				key++;
	}
	return strchr(key, ' ');
}

/* unquoted - a pair without the quotes that postmap(1) wants around it */
static const char *
unquoted(const struct form *form)
{
	return form->length > 2 && form->key[0] == '"' && last_of(form) == '"' ?
	    arena_bytes(form->arena, form->key + 1, form->length - 2) :
	    form->key;
}

static const char *
is_pair(const struct form *form)
{
	const char *pair = unquoted(form), *blank = keyform_blank(pair);
	const char *at = strchr(pair, '@');

	/* a local part with a blank is looked up without its quotes, too */
	if (!is_of_address(form) || blank == NULL ||
	    (pair == form->key && (at == NULL || at > blank)))
		return NULL;
	return "it looks like two addresses: use check_pair";
}

static const char *fault_of(const struct form *);

/* fault_of_half - of the address in these n bytes */
static const char *
fault_of_half(const struct form *form, enum key_kind kind, const char *text,
    size_t n)
{
	struct form half = *form;

	half.kind = kind;
	half.key = arena_bytes(form->arena, text, n);
	half.length = n;
	return fault_of(&half);
}

static const char *
has_bad_half(const struct form *form)
{
	const char *pair, *blank, *why;

	if (form->kind != KEY_PAIR)
		return NULL;
	pair = unquoted(form);
	blank = keyform_blank(pair);
	if (blank == NULL || blank == pair || blank[1] == '\0')
		return "want \"sender recipient\", separated by one blank";
	if (keyform_blank(blank + 1) != NULL)
		return NULL;		/* one has blanks: unclear which */
	why = fault_of_half(form, KEY_SENDER, pair, (size_t)(blank - pair));
	return why != NULL ? why : fault_of_half(form, KEY_RECIPIENT,
	    blank + 1, strlen(blank + 1));
}

/* fault_of - the first thing that is wrong */
static const char *
fault_of(const struct form *form)
{
	static const char *(*const faults[])(const struct form *) = {
		has_invisible, is_pair, has_bad_half, has_brackets, has_scheme,
		is_pattern, has_star, has_at_first, has_dot_first,
		is_address_of_client, is_address_of_mail, has_end,
		has_length, has_other_form, has_no_domain,
	};
	const char *why = NULL;

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults) && why == NULL;
	    i++)
		why = faults[i](form);
	return why;
}

/* keyform_fault - why nothing can ask for the key */
const char *
keyform_fault(enum key_kind kind, const char *key, bool parents_match,
    struct arena *arena)
{
	struct form form = { .kind = kind, .key = key, .length = strlen(key),
		.parents_match = parents_match, .arena = arena };

	return fault_of(&form);
}
