/* SPDX-License-Identifier: BSD-2-Clause */
/* What Postfix and other programs say of a message, for people */
#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "control/track/block_private.h"

/* add_remark - of Postfix without its queue id, which stands above */
static void
add_remark(struct buf *out, const struct said *said)
{
	const char *name = strrchr(said->program, '/');
	own(buf) struct buf program = BUF;

	block_text(&program, name != NULL ? name + 1 : said->program);
	block_row(out, program.data);
	block_text(out, said->event.queue_id != NULL ? said->event.rest :
	    said->text);
	buf_text(out, "\n");
}

/* print_remarks - in the order of their times; of very many the middle is left
 * out */
static void
print_remarks(const struct block *block, const struct message *stay,
    struct buf *out)
{
	size_t count = stay->remarks.count;

	for (size_t i = 0; i < count; i++) {
		if (!block->all && count > BLOCK_FEW && i == BLOCK_FIRST) {
			i = count - BLOCK_LAST;
			block_row(out, "");
			buf_format(out, "(%zu more lines, see -v)\n",
			    i - BLOCK_FIRST);
		}
		add_remark(out, stay->remarks.said[i]);
	}
}

/* add_result - how it went for a recipient */
static void
add_result(struct buf *out, const struct delivery *delivery)
{
	buf_text(out, " ");
	block_text(out, delivery->status);
	if (*delivery->relay != '\0') {
		buf_text(out, " by ");
		block_text(out, delivery->relay);
	}
	if (*delivery->delay != '\0') {
		buf_text(out, " after ");
		block_text(out, delivery->delay);
		buf_text(out, " s");
	}
	if (delivery->attempts > 1)
		buf_format(out, ", attempt %u", delivery->attempts);
	if (*delivery->dsn != '\0') {
		buf_text(out, ", ");
		block_text(out, delivery->dsn);
	}
	if (*delivery->answer != '\0') {
		buf_text(out, ": ");
		block_text(out, delivery->answer);
	}
	buf_text(out, "\n");
}

static void
add_delivery(struct buf *out, const struct delivery *delivery)
{
	block_row(out, "to");
	block_address(out, delivery->address);
	if (*delivery->was != '\0') {
		buf_text(out, " (for ");
		block_address(out, delivery->was);
		buf_text(out, ")");
	}
	add_result(out, delivery);
}

/* alike - do two recipients have the same relay and status? */
static bool
alike(const struct delivery *one, const struct delivery *other)
{
	return strcmp(one->status, other->status) == 0 &&
	    strcmp(one->relay, other->relay) == 0;
}

/* is_first - is no recipient before it like that one? */
static bool
is_first(const struct message *stay, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (alike(&stay->deliveries[i], &stay->deliveries[at]))
			return false;
	return true;
}

/* print_alike - the first few of those that are like that one, those that were
 * asked for, and how many there are */
static void
print_alike(const struct block *block, const struct message *stay, size_t at,
    struct buf *out)
{
	size_t count = 0, left_out = 0;

	for (size_t i = at; i < stay->delivery_count; i++) {
		const struct delivery *delivery = &stay->deliveries[i];

		if (!alike(delivery, &stay->deliveries[at]))
			continue;
		if (count++ < BLOCK_FIRST ||
		    block_is_asked(block, delivery->address) ||
		    block_is_asked(block, delivery->was))
			add_delivery(out, delivery);
		else
			left_out++;
	}
	if (left_out == 0)
		return;
	block_row(out, "to");
	buf_format(out, "%zu more, see -v: ", left_out);
	block_text(out, stay->deliveries[at].status);
	buf_text(out, " by ");
	block_text(out, stay->deliveries[at].relay);
	buf_text(out, "\n");
}

static void
print_deliveries(const struct block *block, const struct message *stay,
    struct buf *out)
{
	bool each = block->all || stay->delivery_count <= BLOCK_FEW;

	for (size_t i = 0; i < stay->delivery_count; i++)
		if (each)
			add_delivery(out, &stay->deliveries[i]);
		else if (is_first(stay, i))
			print_alike(block, stay, i, out);
}

/* print_received - from whom, and how much */
static void
print_received(const struct message *stay, struct buf *out)
{
	/* Of a copy that only our log knows its own line says all. */
	if (!stay->logged && *stay->client == '\0')
		return;
	block_row(out, stay->logged && *stay->queue_id == '\0' ? "refused" :
	    "received");
	buf_text(out, WHEN(stay->begin));
	if (*stay->client != '\0') {
		buf_text(out, " from ");
		block_text(out, stay->client);
	}
	if (stay->size > 0)
		buf_format(out, ", %" PRIu64 " bytes", stay->size);
	if (stay->recipients > 0)
		buf_format(out, ", %u recipient%s", stay->recipients,
		    stay->recipients == 1 ? "" : "s");
	buf_text(out, "\n");
}

/* block_stay - one of Postfix's queue */
void
block_stay(const struct block *block, const struct message *stay, struct buf *out)
{
	if (stay != block->stays[0]) {
		block_row(out, "then");
		block_text(out, stay->queue_id);
		buf_text(out, ": ");
		block_text(out, stay->relation);
		buf_text(out, "\n");
	}
	print_received(stay, out);
	if (stay->size > 0 || *stay->sender != '\0') {
		block_row(out, "from");
		block_address(out, stay->sender);
		buf_text(out, "\n");
	}
	print_remarks(block, stay, out);
	print_deliveries(block, stay, out);
}
