/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of copies, for people */
#include <inttypes.h>
#include <string.h>

#include "control/track/block_private.h"

/* is_delivered - did an original get to a recipient, or should it? */
static bool
is_delivered(const struct block *block)
{
	for (size_t i = 0; i < block->stay_count; i++)
		if (block->stays[i]->delivery_count > 0)
			return true;
	return false;
}

/* block_policy - lines that are about no copy */
void
block_policy(const struct block *block, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < block->stay_count; i++)
		for (size_t k = 0; k < block->stays[i]->policy.count; k++) {
			block_row(out, count++ == 0 ? "policy" : "");
			block_text(out, block->stays[i]->policy.said[k]->text);
			buf_text(out, "\n");
		}
	if (count > 0 || block->copy_count > 0 || !is_delivered(block))
		return;
	block_row(out, "policy");
	buf_text(out, "no copy is known, and no line says why: see log_skipped "
	    "in tdc.cf(5)\n");
}

/* print_recipients - of a copy */
static void
print_recipients(const struct block *block, const struct copied *copied,
    struct buf *out)
{
	const struct kept_copy *kept = copied->kept;
	size_t count = kept != NULL ? kept->recipient_count : 0, left_out = 0;

	block_row(out, "");
	buf_text(out, "policy ");
	block_text(out, copied->policy);
	buf_text(out, ", for ");
	if (count == 0)
		block_text(out, copied->to);
	for (size_t i = 0; i < count; i++) {
		const char *address = kept->recipients[i];

		if (i >= BLOCK_FIRST && count > BLOCK_FEW && !block->all &&
		    !block_is_asked(block, address)) {
			left_out++;
			continue;
		}
		buf_text(out, i == 0 ? "" : ", ");
		block_address(out, address);
	}
	if (left_out > 0)
		buf_format(out, " and %zu more", left_out);
	buf_text(out, "\n");
}

/* print_connection - the one on which it was sent last */
static void
print_connection(const struct block *block, const struct copied *copied,
    struct buf *out)
{
	const struct connection *connection = story_connection(block->story,
	    copied->dcid);

	if (copied->dcid == 0)
		return;
	block_row(out, "");
	buf_format(out, "DCID %" PRIu64, copied->dcid);
	if (connection != NULL && *connection->peer != '\0') {
		buf_text(out, " interface ");
		block_text(out, connection->peer);
	}
	if (connection != NULL && *connection->tls != '\0') {
		buf_text(out, ", ");
		block_text(out, connection->tls);
	}
	if (connection != NULL && *connection->trust != '\0') {
		buf_text(out, ", TLS trust: ");
		block_text(out, connection->trust);
	}
	buf_text(out, "\n");
}

static void
print_attempts(const struct block *block, const struct copied *copied,
    struct buf *out)
{
	const struct lines *lines = &copied->lines;
	size_t count = 0, at = 0;

	for (size_t i = 0; i < lines->count; i++)
		count += block_is_attempt(lines->said[i]);
	for (size_t i = 0; i < lines->count; i++) {
		if (!block_is_attempt(lines->said[i]))
			continue;
		if (block->all || count <= BLOCK_FEW || at < BLOCK_FIRST ||
		    at >= count - BLOCK_LAST) {
			block_row(out, "");
			buf_texts(out, WHEN(lines->said[i]->at), " ");
			block_text(out, lines->said[i]->text);
			buf_text(out, "\n");
		} else if (at == BLOCK_FIRST) {
			block_row(out, "");
			buf_format(out, "(%zu more lines, see -v)\n",
			    count - BLOCK_FIRST - BLOCK_LAST);
		}
		at++;
	}
}

/* print_waiting - for what, and how long */
static void
print_waiting(const struct kept_copy *kept, struct buf *out)
{
	block_row(out, "");
	buf_format(out, "waiting after %u failed attempt%s", kept->attempts,
	    kept->attempts == 1 ? "" : "s");
	if (*kept->reason != '\0') {
		buf_text(out, ", the last one: ");
		block_text(out, kept->reason);
	}
	buf_texts(out, "; next try ", kept->next, "\n");
}

/* reply_of - the last one, or why it was given up, as the spool has it */
static const char *
reply_of(const struct copied *copied)
{
	if (copied->fate == FATE_UNKNOWN)
		return "";
	return *copied->reply == '\0' && copied->kept != NULL &&
	    copied->kept->set_aside ? copied->kept->reason : copied->reply;
}

/* print_fate - what became of it, or will */
static void
print_fate(const struct copied *copied, struct buf *out)
{
	const struct kept_copy *kept = copied->kept;
	unsigned attempts = block_attempts(copied);

	if (copied->fate == FATE_WAITS) {
		print_waiting(kept, out);
		return;
	}
	block_row(out, "");
	if (copied->fate == FATE_UNKNOWN)
		buf_text(out, "its end is not known");
	else
		block_text(out, *copied->verdict != '\0' ? copied->verdict :
		    "given up");
	if (block_delay(copied) >= 0)
		buf_format(out, " after %.1f s", block_delay(copied));
	if (copied->ended != 0)
		buf_format(out, ", %u attempt%s", attempts,
		    attempts == 1 ? "" : "s");
	if (*reply_of(copied) != '\0') {
		buf_text(out, ": ");
		block_text(out, reply_of(copied));
	}
	if (kept != NULL && kept->set_aside)
		buf_format(out, "; kept, see tdcctl requeue %" PRIu64,
		    copied->mid);
	buf_text(out, "\n");
}

/* block_copy - one of them */
void
block_copy(const struct block *block, const struct copied *copied,
    struct buf *out)
{
	block_row(out, "copy");
	buf_format(out, "MID %" PRIu64, copied->mid);
	if (*copied->intake != '\0') {
		buf_text(out, " to ");
		block_text(out, copied->intake);
	}
	if (*copied->alternate != '\0') {
		buf_text(out, ", then to ");
		block_text(out, copied->alternate);
	}
	if (copied->accepted != 0)
		buf_texts(out, ", enqueued ", WHEN(copied->accepted));
	buf_text(out, "\n");
	if (*copied->policy != '\0')
		print_recipients(block, copied, out);
	print_connection(block, copied, out);
	print_attempts(block, copied, out);
	print_fate(copied, out);
}
