/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/proof/proof.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"
#include "history/sums.h"
#include "journal/report/header.h"
#include "remediate/proof/trace.h"

static const char another[] = " another-id";

/* proof_add - "QUEUEID ACCEPTED SUM", "-" for no sum, with a mark after it */
void
proof_add(const struct proof_copy *copy, struct buf *copies)
{
	if (*copy->queue_id == '\0' || strpbrk(copy->queue_id, " \n") != NULL)
		return;
	buf_texts(copies, copy->queue_id, " ");
	buf_number(copies, copy->accepted > 0 ? (uint64_t)copy->accepted : 0);
	buf_texts(copies, " ", *copy->fields_sum != '\0' ? copy->fields_sum :
	    "-", copy->another_id ? another : "", "\n");
}

/* A line of copies. */
struct line {
	const char	*queue_id, *sum;	/* no NUL at their ends */
	size_t		 queue_id_length, sum_length;
	int64_t		 accepted;
	bool		 another_id;
};

/* next_copy - false: that was the last */
static bool
next_copy(const char **at, struct line *out)
{
	const char *p = *at, *number;
	uint64_t accepted;
	size_t digits, rest;

	out->queue_id = p;
	out->queue_id_length = strcspn(p, " \n");
	p += out->queue_id_length;
	number = *p == ' ' ? p + 1 : p;
	digits = strcspn(number, " \n");
	p = number + digits;
	out->sum = *p == ' ' ? p + 1 : p;
	out->sum_length = strcspn(out->sum, " \n");
	p = out->sum + out->sum_length;
	rest = strcspn(p, "\n");
	out->another_id = rest == strlen(another) &&
	    memcmp(p, another, rest) == 0;
	p += rest;
	if (out->queue_id_length == 0 ||
	    !digits_parse(number, digits, INT64_MAX, &accepted))
		return false;
	out->accepted = (int64_t)accepted;
	*at = *p == '\n' ? p + 1 : p;
	return true;
}

/* is_ours - is that the name of a gateway? */
static bool
is_ours(const char *name, const char *gateways)
{
	size_t length = strlen(name), n;

	if (length > 0 && name[length - 1] == '.')
		length--;
	for (const char *p = gateways; *p != '\0'; p += n) {
		p += strspn(p, ", \t");
		n = strcspn(p, ", \t");
		if (n > 0 && n == length && strncasecmp(p, name, n) == 0)
			return true;
	}
	return false;
}

/* is_id - unfolded, octet for octet */
static bool
is_id(const struct header_field *field, const char *message_id)
{
	own(buf) struct buf value = BUF;

	header_unfold(field, &value);
	return value.len == strlen(message_id) &&
	    memcmp(value.data, message_id, value.len) == 0;
}

/* count_ids - Message-ID fields; *out_this: how many are this one */
static unsigned
count_ids(const struct proof_candidate *candidate, unsigned *out_this)
{
	struct header_field field;
	unsigned count = 0;
	size_t at = 0;

	*out_this = 0;
	while (header_next(candidate->header, candidate->size, &at, &field))
		if (header_is(&field, "Message-ID")) {
			*out_this += is_id(&field, candidate->message_id);
			count++;
		}
	return count;
}

/* has_this_id - and no other */
static bool
has_this_id(const struct proof_candidate *candidate)
{
	unsigned this;

	return count_ids(candidate, &this) == 1 && this == 1 &&
	    *candidate->message_id != '\0';
}

/* shows_id - the one that the API named it by; when that is none, it has at least
 * several to choose from */
static bool
shows_id(const struct proof_candidate *candidate)
{
	unsigned this, count = count_ids(candidate, &this);

	return *candidate->message_id != '\0' ? this > 0 : count > 1;
}

/* What is known of the message, and what proves it. */
struct evidence {
	const struct proof_candidate *candidate;
	const char	*copies, *gateways;
};

/* by_copy - was it one of these that got this id at that time? */
static enum proof
by_copy(const struct trace_field *received, const struct evidence *evidence)
{
	const char *copies = evidence->copies;
	enum proof proof = PROOF_OTHER;
	struct line line;

	while (next_copy(&copies, &line)) {
		int64_t off = received->time - line.accepted;

		if (line.queue_id_length != received->id->len ||
		    memcmp(line.queue_id, received->id->data,
		    received->id->len) != 0 || off > PROOF_WINDOW ||
		    off < -PROOF_WINDOW)
			continue;
		if (!line.another_id || shows_id(evidence->candidate))
			return PROOF_QUEUE_ID;
		proof = PROOF_IDS;
	}
	return proof;
}

_Static_assert(PROOF_NONE < PROOF_OTHER && PROOF_OTHER < PROOF_IDS &&
    PROOF_IDS < PROOF_QUEUE_ID, "of several fields the best one counts");

/* What the Received: fields say, all together. */
struct trace {
	enum proof	 proof;		/* by a field of a gateway of ours */
	int64_t		 first;		/* the earliest time; INT64_MAX: there
					   is no field, INT64_MIN: one has none */
};

/* read_received - one field */
static void
read_received(const struct header_field *field,
    const struct evidence *evidence, struct trace *trace)
{
	own(buf) struct buf by = BUF, id = BUF, value = BUF;
	struct trace_field received = { &by, &id, 0 };
	enum proof proof;
	bool whole;

	header_unfold(field, &value);
	/* a NUL would hide what is behind it */
	whole = trace_parse(value.data, &received) &&
	    strlen(value.data) == value.len;
	if (received.time == 0)
		trace->first = INT64_MIN;
	else if (received.time < trace->first)
		trace->first = received.time;
	if (!is_ours(by.data, evidence->gateways))
		return;
	proof = whole ? by_copy(&received, evidence) : PROOF_OTHER;
	if (proof > trace->proof)
		trace->proof = proof;
}

/* read_trace - all of them */
static struct trace
read_trace(const struct evidence *evidence)
{
	const struct proof_candidate *candidate = evidence->candidate;
	struct trace trace = { PROOF_NONE, INT64_MAX };
	struct header_field field;
	size_t at = 0;

	while (header_next(candidate->header, candidate->size, &at, &field))
		if (header_is(&field, "Received"))
			read_received(&field, evidence, &trace);
	return trace;
}

/* by_fields - what it has wherever it goes, and when it came; first: since when
 * it is known to be under way */
static enum proof
by_fields(const struct proof_candidate *candidate, const char *copies,
    int64_t first)
{
	char sum[HISTORY_SUM];
	struct line line;

	sums_fields(candidate->header, candidate->size, sum);
	if (candidate->received == 0 || *sum == '\0')
		return PROOF_NONE;
	while (next_copy(&copies, &line))
		if (line.sum_length == strlen(sum) &&
		    memcmp(line.sum, sum, line.sum_length) == 0 &&
		    first >= line.accepted - PROOF_SKEW &&
		    candidate->received >= line.accepted - PROOF_SKEW &&
		    candidate->received <= line.accepted + PROOF_ARRIVAL)
			return PROOF_FIELDS;
	return PROOF_NONE;
}

/* proof_of - none is the harmless answer */
enum proof
proof_of(const struct proof_candidate *candidate, const char *copies,
    const char *gateways)
{
	const struct evidence evidence = { candidate, copies, gateways };
	struct trace trace = read_trace(&evidence);

	if (trace.proof != PROOF_NONE)
		return trace.proof;
	return has_this_id(candidate) ?
	    by_fields(candidate, copies, trace.first) : PROOF_NONE;
}

/* proof_word - for lines */
const char *
proof_word(enum proof proof)
{
	switch (proof) {
	case PROOF_NONE:
		return "nothing in its header proves that it came through "
		    "this gateway";
	case PROOF_OTHER:
		return "it came through this gateway as another message";
	case PROOF_IDS:
		return "it came through this gateway with another Message-ID "
		    "than the API names";
	case PROOF_QUEUE_ID:
		return "queue id";
	case PROOF_FIELDS:
		return "header sum";
	}
	return "";
}
