/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_ticket.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"
#include "remediate/imap/imap_names.h"

static const char *const kinds[] = { [IMAP_KEY] = "key", [IMAP_OWN] = "own",
	[IMAP_OTHER] = "other" };

/* ---- tickets ---- */

static bool
parse_kind(const char *word, enum imap_ticket_kind *out)
{
	for (size_t i = IMAP_KEY; i <= IMAP_OTHER; i++)
		if (strcmp(word, kinds[i]) == 0) {
			*out = (enum imap_ticket_kind)i;
			return true;
		}
	return false;
}

static bool
next_number(const char **at, struct buf *word, uint64_t most, uint64_t *out)
{
	return imap_word_next(at, word) &&
	    digits_parse(word->data, word->len, most, out);
}

/* parse_place - where it is, and how to know it */
static bool
parse_place(const char **at, struct imap_ticket *out)
{
	own(buf) struct buf word = BUF;
	uint64_t validity, uid, size;

	if (!next_number(at, &word, UINT32_MAX, &validity) ||
	    !next_number(at, &word, UINT32_MAX, &uid) || uid == 0 ||
	    !next_number(at, &word, INT64_MAX, &size) ||
	    !imap_word_next(at, &word) || word.len != IMAP_DIGEST - 1 ||
	    strlen(word.data) != word.len ||
	    !imap_word_next(at, &out->folder) || out->folder.len == 0 ||
	    strpbrk(out->folder.data, "\r\n") != NULL)
		return false;
	memcpy(out->digest, word.data, IMAP_DIGEST);
	out->validity = (uint32_t)validity;
	out->uid = (uint32_t)uid;
	out->size = (int64_t)size;
	return true;
}

/* imap_ticket_parse - a key or a handle */
bool
imap_ticket_parse(const char *text, struct imap_ticket *out)
{
	own(buf) struct buf word = BUF;

	if (!imap_word_next(&text, &word) ||
	    !parse_kind(word.data, &out->kind) || !parse_place(&text, out))
		return false;
	if (out->kind == IMAP_KEY)
		return *text == '\0';
	return imap_word_next(&text, &out->home) && out->home.len > 0 &&
	    imap_word_next(&text, &out->flags) &&
	    imap_word_next(&text, &out->date) &&
	    imap_word_next(&text, &out->id) && *text == '\0';
}

/* imap_ticket_print - the same */
void
imap_ticket_print(const struct imap_ticket *ticket, struct buf *out)
{
	buf_format(out, "%s %u %u %lld %s", kinds[ticket->kind],
	    ticket->validity, ticket->uid, (long long)ticket->size,
	    ticket->digest);
	imap_word_add(out, ticket->folder.data);
	if (ticket->kind == IMAP_KEY)
		return;
	imap_word_add(out, ticket->home.data);
	imap_word_add(out, ticket->flags.data);
	imap_word_add(out, ticket->date.data);
	imap_word_add(out, ticket->id.data);
}

/* imap_ticket_drop - what it holds */
void
imap_ticket_drop(struct imap_ticket *ticket)
{
	buf_drop(&ticket->folder);
	buf_drop(&ticket->home);
	buf_drop(&ticket->flags);
	buf_drop(&ticket->date);
	buf_drop(&ticket->id);
}

/* ---- headers ---- */

/* imap_digest - the first half of its SHA-256, in hex */
void
imap_digest(const char *header, size_t n, char out[IMAP_DIGEST])
{
	unsigned char sum[EVP_MAX_MD_SIZE] = { 0 };

	(void)EVP_Digest(header, n, sum, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < (IMAP_DIGEST - 1) / 2; i++)
		digits_hex(out + 2 * i, sum[i], 2);
	out[IMAP_DIGEST - 1] = '\0';
}

/* field_end - after the LF that no blank follows */
static const char *
field_end(const char *at, const char *end)
{
	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		if (lf == NULL)
			return end;
		at = lf + 1;
		if (at == end || (*at != ' ' && *at != '\t'))
			return at;
	}
	return end;
}

/* value_of - of the field, when it has that name; NULL: it has not */
static const char *
value_of(const char *at, const char *end, const char *name)
{
	size_t n = strlen(name);

	if ((size_t)(end - at) <= n || strncasecmp(at, name, n) != 0)
		return NULL;
	for (at += n; at < end && (*at == ' ' || *at == '\t'); at++)
		;
	return at < end && *at == ':' ? at + 1 : NULL;
}

/* add_unfolded - without the line ends, and without blanks around it */
static void
add_unfolded(const char *at, const char *end, struct buf *out)
{
	while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0')
		at++;
	while (end > at && strchr(" \t\r\n", end[-1]) != NULL &&
	    end[-1] != '\0')
		end--;
	for (; at < end; at++)
		if (*at != '\n' && !(*at == '\r' && at + 1 < end &&
		    at[1] == '\n'))
			buf_byte(out, *at);
}

/* imap_message_id - of the only field of that name */
bool
imap_message_id(const char *header, size_t n, struct buf *out)
{
	const char *at = header, *end = header + n;
	unsigned count = 0;

	while (at < end) {
		const char *next = field_end(at, end);
		const char *value = value_of(at, next, "Message-ID");

		if (value != NULL && ++count == 1)
			add_unfolded(value, next, out);
		at = next;
	}
	return count == 1;
}
