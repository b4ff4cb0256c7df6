/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/proof/join.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "remediate/proof/proof.h"

/* An address of a client, IPv4 as IPv6 has it. */
enum { CLIENT = 16, CLIENT_V4 = 12 };

/* read_client - false: that is no address */
static bool
read_client(const char *text, unsigned char out[CLIENT])
{
	memset(out, 0, CLIENT_V4 - 2);
	memset(out + CLIENT_V4 - 2, 0xff, 2);
	return inet_pton(AF_INET, text, out + CLIENT_V4) == 1 ||
	    inet_pton(AF_INET6, text, out) == 1;
}

/* join_same_client - the same address, however it is written */
bool
join_same_client(const char *one, const char *other)
{
	unsigned char a[CLIENT], b[CLIENT];

	if (read_client(one, a) && read_client(other, b))
		return memcmp(a, b, sizeof(a)) == 0;
	return *one != '\0' && strcasecmp(one, other) == 0;
}

/* other_client - two addresses, and not the same one */
static bool
other_client(const char *one, const char *other)
{
	unsigned char a[CLIENT], b[CLIENT];

	return read_client(one, a) && read_client(other, b) &&
	    memcmp(a, b, sizeof(a)) != 0;
}

/* join_tells - is it the address of a client? */
bool
join_tells(const char *client)
{
	unsigned char address[CLIENT];

	return read_client(client, address);
}

static bool
row_names(const struct join_row *row, const char *address)
{
	for (size_t i = 0; i < row->recipient_count; i++)
		if (strcasecmp(row->recipients[i], address) == 0)
			return true;
	return false;
}

/* strip - an address of the API without blanks and <> around it */
static const char *
strip(const char *text, size_t *length)
{
	while (*length > 0 && strchr(" \t<", *text) != NULL) {
		text++;
		--*length;
	}
	while (*length > 0 && strchr(" \t>\r", text[*length - 1]) != NULL)
		--*length;
	return text;
}

/* join_names - is the address one of these lines? */
bool
join_names(const char *mailboxes, const char *address)
{
	size_t wanted = strlen(address), n;

	for (; *mailboxes != '\0'; mailboxes += n) {
		size_t length;
		const char *name;

		n = strcspn(mailboxes, "\n");
		length = n;
		name = strip(mailboxes, &length);
		if (length == wanted && wanted > 0 &&
		    strncasecmp(name, address, wanted) == 0)
			return true;
		if (mailboxes[n] == '\n')
			n++;
	}
	return false;
}

/* some_from - did one of the copies for this recipient come from the client? */
static bool
some_from(const struct join_facts *facts, const char *address)
{
	for (size_t i = 0; i < facts->count; i++)
		if (row_names(&facts->rows[i], address) &&
		    join_same_client(facts->rows[i].client,
		    facts->message->client))
			return true;
	return false;
}

/* has_word - is it one of those in the buf already?  No word always is. */
static bool
has_word(const struct buf *words, const char *word)
{
	size_t length = strlen(word);
	const char *p = words->data;

	if (length == 0)
		return true;
	while ((p = strstr(p, word)) != NULL) {
		if ((p == words->data || p[-1] == ' ') &&
		    (p[length] == ' ' || p[length] == '\0'))
			return true;
		p += length;
	}
	return false;
}

/* is_meant - may this copy be the one that the API names?  By_client: there are
 * some from the client that it tells. */
static bool
is_meant(const struct join_facts *facts, const struct join_row *row,
    bool by_client)
{
	const char *client = facts->message->client;

	return by_client ? join_same_client(row->client, client) :
	    !other_client(row->client, client);
}

/* gather - the copies that may be meant for this recipient */
static void
gather(const struct join_facts *facts, struct join *join,
    struct join_recipient *out)
{
	own(buf) struct buf ids = BUF, proof = BUF;
	bool by_client = some_from(facts, out->address);
	unsigned distinct = 0;

	for (size_t i = 0; i < facts->count; i++) {
		const struct join_row *row = &facts->rows[i];
		const struct proof_copy copy = { row->queue_id,
			row->accepted, row->fields_sum, row->another_id };

		if (!row_names(row, out->address))
			continue;
		if (!is_meant(facts, row, by_client)) {
			join->others = true;
			continue;
		}
		if (out->copies++ == 0) {
			out->mid = row->mid;
			out->accepted = row->accepted;
		}
		if (has_word(&ids, row->queue_id))
			continue;
		buf_texts(&ids, distinct++ > 0 ? " " : "", row->queue_id);
		proof_add(&copy, &proof);
	}
	out->queue_ids = arena_text(&join->arena, ids.data);
	out->proof = arena_text(&join->arena, proof.data);
	out->ambiguous = distinct > 1 &&
	    facts->named(facts->arg, out->address) < out->copies;
}

static bool
is_known(const struct join *join, const char *address)
{
	for (size_t i = 0; i < join->count; i++)
		if (strcasecmp(join->recipients[i].address, address) == 0)
			return true;
	return false;
}

static void
add(const struct join_facts *facts, const char *address, struct join *out)
{
	struct join_recipient *recipient = &out->recipients[out->count];

	*recipient = (struct join_recipient){
		.address = arena_text(&out->arena, address) };
	gather(facts, out, recipient);
	/* without a queue id nothing could ever be proved */
	if (*recipient->proof != '\0')
		out->count++;
}

/* join_open - all recipients that both name */
void
join_open(const struct join_facts *facts, struct join *out)
{
	size_t most = 0;

	*out = (struct join){ 0 };
	for (size_t i = 0; i < facts->count; i++)
		most += facts->rows[i].recipient_count;
	out->recipients = arena_new(&out->arena,
	    (most + 1) * sizeof(*out->recipients));
	for (size_t i = 0; i < facts->count; i++) {
		const struct join_row *row = &facts->rows[i];

		for (size_t j = 0; j < row->recipient_count; j++)
			if (!is_known(out, row->recipients[j]) &&
			    join_names(facts->message->mailboxes,
			    row->recipients[j]))
				add(facts, row->recipients[j], out);
	}
}

void
join_close(struct join *join)
{
	arena_drop(&join->arena);
	*join = (struct join){ 0 };
}
