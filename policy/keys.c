/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/keys.h"

#include <limits.h>
#include <string.h>

#include "policy/domain.h"
#include "policy/table/fold.h"

/* One key: the offsets of its texts. */
struct keys_entry {
	size_t		 text, pattern;
	bool		 whole;		/* shown to patterns */
};

/* An address in its parts, unquoted and in lower case. */
struct parts {
	struct buf	 local;
	size_t		 user;		/* length of local without extension */
	struct domain	 domain;
};

/* route_end - what follows a source route (RFC 5321 appendix C) */
static const char *
route_end(const char *address)
{
	const char *colon = *address == '@' ? strchr(address, ':') : NULL;

	return colon != NULL ? colon + 1 : address;
}

/* domain_start - the last at sign outside of quotes, or the end */
static const char *
domain_start(const char *address)
{
	const char *at = NULL;
	bool in_quotes = false;

	for (; *address != '\0'; address++) {
		if (*address == '"')
			in_quotes = !in_quotes;
		else if (*address == '@' && !in_quotes)
			at = address;
		else if (*address == '\\' && address[1] != '\0')
			address++;
	}
	return at != NULL ? at : address;
}

static void
unquote(struct buf *out, const char *from, const char *end)
{
	while (from < end) {
		size_t n = strcspn(from, "\"\\");

		if (n > (size_t)(end - from))
			n = (size_t)(end - from);
		buf_bytes(out, from, n);
		from += n;
		if (from < end && *from++ == '\\' && from < end)
			buf_byte(out, *from++);
	}
}

/* needs_quotes - is it not a dot-string?  To Postfix bytes over 127 are as
 * good as letters. */
static bool
needs_quotes(const char *local, size_t n)
{
	static const bool special[UCHAR_MAX + 1] = {
		['('] = true, [')'] = true, ['<'] = true, ['>'] = true,
		['@'] = true, [','] = true, [';'] = true, [':'] = true,
		['\\'] = true, ['"'] = true, ['['] = true, [']'] = true,
	};

	if (n == 0 || local[0] == '.' || local[n - 1] == '.')
		return true;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)local[i];

		if (c <= ' ' || c == 127 || special[c])
			return true;
		if (c == '.' && local[i + 1] == '.')
			return true;
	}
	return false;
}

/* user_length - of the local part without its extension */
static size_t
user_length(const char *local, const char *delimiters)
{
	static const char *const whole[] = {
		"postmaster", "mailer-daemon", "double-bounce",
	};
	size_t all = strlen(local), n = strcspn(local, delimiters);

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (strcmp(local, whole[i]) == 0)
			return all;
	if (strchr(delimiters, '-') != NULL) {
		if (strncmp(local, "owner-", 6) == 0)
			return all;
		if (all > 8 && strcmp(local + all - 8, "-request") == 0)
			return all;
	}
	return n > 0 ? n : all;
}

/* enter - add the text at this offset as a key */
static void
enter(struct keys *keys, size_t text, bool whole)
{
	struct keys_entry entry = { text, text, whole };

	buf_bytes(&keys->entries, &entry, sizeof(entry));
}

static void
begin(struct keys *keys)
{
	buf_cut(&keys->texts, 0);
	buf_cut(&keys->entries, 0);
	keys->at = 0;
}

/* add - a text and what follows it */
static void
add(struct keys *keys, const char *text, size_t n, const char *after,
    bool whole)
{
	enter(keys, keys->texts.len, whole);
	buf_bytes(&keys->texts, text, n);
	buf_text(&keys->texts, after);
	buf_byte(&keys->texts, '\0');
}

static void
add_quoted(struct keys *keys, const char *local, size_t n, const char *after,
    bool whole)
{
	enter(keys, keys->texts.len, whole);
	buf_byte(&keys->texts, '"');
	for (size_t i = 0; i < n; i++) {
		if (strchr("\"\\\r", local[i]) != NULL)
			buf_byte(&keys->texts, '\\');
		buf_byte(&keys->texts, local[i]);
	}
	buf_byte(&keys->texts, '"');
	buf_text(&keys->texts, after);
	buf_byte(&keys->texts, '\0');
}

/* add_forms - the key quoted, if it needs that, and as it is; no key is
 * empty */
static void
add_forms(struct keys *keys, const char *local, size_t n, const char *after,
    bool whole)
{
	if (needs_quotes(local, n))
		add_quoted(keys, local, n, after, whole);
	if (n > 0 || *after != '\0')
		add(keys, local, n, after, whole);
}

/* add_at - local part and domain, in every form of the domain */
static void
add_at(struct keys *keys, const struct parts *parts, size_t n, bool whole)
{
	for (size_t i = 0; i < parts->domain.count; i++)
		add_forms(keys, parts->local.data, n, parts->domain.at[i],
		    whole && i == 0);
}

/* parent_of - the parent of a domain, with its dot unless parents match; NULL:
 * it has none */
static const char *
parent_of(const char *domain, bool parents_match)
{
	const char *dot = strchr(domain + 1, '.');

	if (dot == NULL || dot[1] == '\0' || *domain == '[')
		return NULL;
	return parents_match ? dot + 1 : dot;
}

/* add_domains - the domain and its parents, each in every form */
static void
add_domains(struct keys *keys, const struct domain *domain,
    const struct keys_options *options, bool whole)
{
	const char *at[DOMAIN_FORMS];
	size_t text[DOMAIN_FORMS], left = domain->count;

	for (size_t i = 0; i < left; i++) {
		at[i] = domain->at[i] + 1;
		text[i] = keys->texts.len;
		buf_bytes(&keys->texts, at[i], strlen(at[i]) + 1);
	}
	while (left > 0) {
		/* a form that is the same from here on is looked up once */
		while (left > 1 && strcmp(at[left - 1], at[0]) == 0)
			left--;
		for (size_t i = 0; i < left; i++)
			enter(keys, text[i], whole && i == 0);
		whole = false;
		for (size_t i = 0; i < left; i++) {
			const char *parent = parent_of(at[i],
			    options->parents_match);

			if (parent == NULL) {
				left = i;
				break;
			}
			text[i] += (size_t)(parent - at[i]);
			at[i] = parent;
		}
	}
}

/* add_all - those of an address, in the order of access(5) */
static void
add_all(struct keys *keys, const struct parts *parts,
    const struct keys_options *options)
{
	const char *local = parts->local.data;
	bool extended = parts->user < parts->local.len;

	add_at(keys, parts, parts->local.len, true);
	if (extended)
		add_at(keys, parts, parts->user, false);
	if (strlen(parts->domain.at[0]) > 1)
		add_domains(keys, &parts->domain, options, false);
	add_forms(keys, local, parts->local.len, "@", false);
	if (extended)
		add_forms(keys, local, parts->user, "@", false);
}

/* keys_of_address - prepare the keys of an address */
void
keys_of_address(struct keys *keys, const char *address,
    const struct keys_options *options)
{
	own(buf) struct buf domain = BUF;
	own(buf) struct buf folded = BUF;
	struct parts parts = { .local = BUF };
	const char *at;

	begin(keys);
	if (*address == '\0') {
		add(keys, "<>", 2, "", true);
		return;
	}
	address = route_end(address);
	at = domain_start(address);
	buf_text(&domain, at);
	if (domain.len > 1 && domain.data[domain.len - 1] == '.')
		buf_cut(&domain, domain.len - 1);
	fold_append(&folded, domain.data, domain.len);
	unquote(&parts.local, address, at);
	fold_buf(&parts.local);
	parts.user = user_length(parts.local.data, options->delimiters);
	domain_init(&parts.domain, domain.data, folded.data);
	add_all(keys, &parts, options);
	domain_drop(&parts.domain);
	buf_drop(&parts.local);
}

/* show - set what patterns see instead of the key entered at this offset */
static void
show(struct keys *keys, size_t at, const char *text)
{
	struct keys_entry entry;

	memcpy(&entry, keys->entries.data + at, sizeof(entry));
	entry.pattern = keys->texts.len;
	memcpy(keys->entries.data + at, &entry, sizeof(entry));
	buf_bytes(&keys->texts, text, strlen(text) + 1);
}

/* add_host - the keys of a host's name */
static void
add_host(struct keys *keys, const char *name,
    const struct keys_options *options)
{
	own(buf) struct buf at_name = BUF;
	own(buf) struct buf folded = BUF;
	size_t first = keys->entries.len;
	struct domain domain;

	if (*name == '\0')
		return;
	buf_byte(&at_name, '@');
	buf_text(&at_name, name);
	fold_append(&folded, at_name.data, at_name.len);
	domain_init(&domain, at_name.data, folded.data);
	add_domains(keys, &domain, options, true);
	show(keys, first, name);
	domain_drop(&domain);
}

/* add_networks - an address, then without its last number, and so on */
static void
add_networks(struct keys *keys, const char *address)
{
	own(buf) struct buf rest = BUF;
	char part = strchr(address, ':') != NULL ? ':' : '.';
	bool whole = true;

	buf_text(&rest, address);
	fold_buf(&rest);
	while (rest.len > 0) {
		const char *last = strrchr(rest.data, part);

		add(keys, rest.data, rest.len, "", whole);
		whole = false;
		buf_cut(&rest, last != NULL ? (size_t)(last - rest.data) : 0);
	}
}

/* keys_of_client - prepare the keys of a client */
void
keys_of_client(struct keys *keys, const char *name, const char *address,
    const struct keys_options *options)
{
	begin(keys);
	add_host(keys, name, options);
	add_networks(keys, address);
}

/* keys_of_helo - prepare the keys of a HELO name */
void
keys_of_helo(struct keys *keys, const char *name,
    const struct keys_options *options)
{
	begin(keys);
	add_host(keys, name, options);
}

/* keys_of_pair - prepare the keys of a sender with a recipient */
void
keys_of_pair(struct keys *keys, const char *sender, const char *recipient,
    const struct keys_options *options)
{
	own(keys) struct keys senders = KEYS;
	own(keys) struct keys recipients = KEYS;
	struct key one, other;

	begin(keys);
	keys_of_address(&senders, sender, options);
	keys_of_address(&recipients, recipient, options);
	while (keys_next(&senders, &one)) {
		recipients.at = 0;
		while (keys_next(&recipients, &other)) {
			enter(keys, keys->texts.len,
			    one.pattern != NULL && other.pattern != NULL);
			buf_format(&keys->texts, "%s %s%c", one.text,
			    other.text, '\0');
			enter(keys, keys->texts.len, false);
			buf_format(&keys->texts, "\"%s %s\"%c", one.text,
			    other.text, '\0');
		}
	}
}

/* keys_next - the next key; false at the end */
bool
keys_next(struct keys *keys, struct key *out)
{
	struct keys_entry entry;

	if (keys->at >= keys->entries.len)
		return false;
	memcpy(&entry, keys->entries.data + keys->at, sizeof(entry));
	keys->at += sizeof(entry);
	*out = (struct key){ keys->texts.data + entry.text,
		entry.whole ? keys->texts.data + entry.pattern : NULL };
	return true;
}

/* keys_drop - free what they hold */
void
keys_drop(struct keys *keys)
{
	buf_drop(&keys->texts);
	buf_drop(&keys->entries);
	keys->at = 0;
}
