/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/keys.h"

#include <string.h>
#include <strings.h>

/* An address in parts, unquoted and in lower case. */
struct parts {
	struct buf	 local;
	size_t		 user;		/* length of local without extension */
	const char	*at_domain;	/* "@domain", or "" */
};

static void
fold(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
}

/* route_end - behind a source route (RFC 5321 appendix C) */
static const char *
route_end(const char *address)
{
	const char *colon = *address == '@' ? strchr(address, ':') : NULL;

	return colon != NULL ? colon + 1 : address;
}

/* domain_start - the last at sign outside quotes, or the end */
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

/* needs_quotes - is it no dot-string?  As Postfix sees it: bytes over 127
 * are as good as letters. */
static bool
needs_quotes(const char *local, size_t n)
{
	if (n == 0 || local[0] == '.' || local[n - 1] == '.')
		return true;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)local[i];

		if (c <= ' ' || c == 127 || strchr("()<>@,;:\\\"[]", c))
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

static void
add(struct keys *keys, const char *text, size_t n, const char *behind)
{
	buf_bytes(&keys->texts, text, n);
	buf_text(&keys->texts, behind);
	buf_byte(&keys->texts, '\0');
}

static void
add_quoted(struct keys *keys, const char *local, size_t n, const char *behind)
{
	buf_byte(&keys->texts, '"');
	for (size_t i = 0; i < n; i++) {
		if (strchr("\"\\\r", local[i]) != NULL)
			buf_byte(&keys->texts, '\\');
		buf_byte(&keys->texts, local[i]);
	}
	add(keys, "\"", 1, behind);
}

/* add_forms - the key quoted, if it needs that, and as it is; no key is
 * empty */
static void
add_forms(struct keys *keys, const char *local, size_t n, const char *behind)
{
	if (needs_quotes(local, n))
		add_quoted(keys, local, n, behind);
	if (n > 0 || *behind != '\0')
		add(keys, local, n, behind);
}

/* add_all - those with a local part, in the order of access(5) */
static void
add_all(struct keys *keys, const struct parts *parts)
{
	const char *local = parts->local.data;
	bool extended = parts->user < parts->local.len;

	add_forms(keys, local, parts->local.len, parts->at_domain);
	keys->wholes = keys->texts.len;
	if (extended)
		add_forms(keys, local, parts->user, parts->at_domain);
	keys->parted = keys->texts.len;
	add_forms(keys, local, parts->local.len, "@");
	if (extended)
		add_forms(keys, local, parts->user, "@");
	if (strlen(parts->at_domain) > 1)
		keys->domain = keys->texts.data + keys->parted -
		    strlen(parts->at_domain);
}

/* keys_of_address - get ready to give the keys of this address */
void
keys_of_address(struct keys *keys, const char *address,
    const struct keys_options *options)
{
	own(buf) struct buf domain = BUF;
	struct parts parts = { .local = BUF };
	const char *at;

	buf_cut(&keys->texts, 0);
	*keys = (struct keys){ .texts = keys->texts,
		.parents_match = options->parents_match };
	if (*address == '\0') {
		add(keys, "<>", 2, "");
		keys->wholes = keys->parted = keys->texts.len;
		return;
	}
	buf_room(&keys->texts, 5 * strlen(address));
	address = route_end(address);
	at = domain_start(address);
	buf_text(&domain, at);
	if (domain.len > 1 && domain.data[domain.len - 1] == '.')
		buf_cut(&domain, domain.len - 1);
	fold(domain.data);
	unquote(&parts.local, address, at);
	fold(parts.local.data);
	parts.user = user_length(parts.local.data, options->delimiters);
	parts.at_domain = domain.data;
	add_all(keys, &parts);
	buf_drop(&parts.local);
}

/* next_domain - the parent of this one, or NULL */
static const char *
next_domain(const struct keys *keys)
{
	const char *dot = strchr(keys->domain + 1, '.');

	if (dot == NULL || dot[1] == '\0' || *keys->domain == '[')
		return NULL;
	return keys->parents_match ? dot + 1 : dot;
}

/* keys_next - the next key; false at the end */
bool
keys_next(struct keys *keys, struct key *out)
{
	if (keys->at == keys->parted && keys->domain != NULL) {
		*out = (struct key){ .text = keys->domain };
		keys->domain = next_domain(keys);
		return true;
	}
	if (keys->at >= keys->texts.len)
		return false;
	*out = (struct key){
		.text = keys->texts.data + keys->at,
		.whole = keys->at < keys->wholes,
	};
	keys->at += strlen(out->text) + 1;
	return true;
}

/* keys_drop - free what they hold */
void
keys_drop(struct keys *keys)
{
	buf_drop(&keys->texts);
	*keys = (struct keys)KEYS;
}
