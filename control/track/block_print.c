/* SPDX-License-Identifier: BSD-2-Clause */
/* A message for people */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/own.h"
#include "control/ledger/tracked.h"
#include "control/track/block_private.h"

/* block_row - begin a line; a name "" continues what the one before is about */
void
block_row(struct buf *out, const char *name)
{
	buf_format(out, "  %-10s ", name);
}

/* block_address - in its brackets */
void
block_address(struct buf *out, const char *address)
{
	buf_text(out, "<");
	block_text(out, address);
	buf_text(out, ">");
}

/* add_tracking - as the gateway's page has it, with its date */
static void
add_tracking(struct buf *out, int64_t at, const char *line)
{
	time_t seconds = (time_t)(at / 1000);
	struct tm tm;
	char date[64];
	long zone;

	localtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%d %b %Y %H:%M:%S", &tm);
	zone = tm.tm_gmtoff / 60;
	buf_format(out, "%s (GMT %c%02ld:%02ld)  ", date, zone < 0 ? '-' : '+',
	    (zone < 0 ? -zone : zone) / 60, (zone < 0 ? -zone : zone) % 60);
	buf_texts(out, line, "\n");
}

static void
print_ends(const struct block *block, struct buf *out)
{
	const struct said *none = block_no_copy(block);
	own(buf) struct buf line = BUF;

	for (size_t i = 0; i < block->copy_count; i++) {
		int64_t at;

		block_end(block, block->copies[i], &line, &at);
		add_tracking(out, at, line.data);
	}
	if (none == NULL)
		return;
	buf_text(&line, "TDC: ");
	block_text(&line, none->text);
	add_tracking(out, none->at, line.data);
}

/* print_remedies - as Message Tracking has them, after what became of the copy */
static void
print_remedies(const struct block *block, struct buf *out)
{
	const struct ledger_action **actions;
	size_t count = block_remedies(block, &actions);
	own(buf) struct buf line = BUF;

	for (size_t i = 0; i < count; i++) {
		bool first = i == 0 || actions[i]->mid != actions[i - 1]->mid ||
		    actions[i]->batch != actions[i - 1]->batch;

		line.len = 0;
		if (first && tracked_begun(block->ledger, actions[i], &line))
			add_tracking(out, actions[i]->made, line.data);
		line.len = 0;
		if (tracked_ended(block->ledger, actions[i], &line))
			add_tracking(out, actions[i]->changed, line.data);
	}
	free(actions);
}

/* block_print - one block */
void
block_print(const struct block *block)
{
	const struct message *first = block->stays[0];
	own(buf) struct buf out = BUF;

	if (*first->queue_id != '\0')
		block_text(&out, first->queue_id);
	else
		buf_text(&out, block->copy_count > 0 ? "unknown queue id" :
		    "NOQUEUE");
	if (*first->message_id != '\0') {
		buf_text(&out, "  ");
		block_text(&out, first->message_id);
	}
	buf_text(&out, "\n");
	for (size_t i = 0; i < block->stay_count; i++)
		block_stay(block, block->stays[i], &out);
	block_policy(block, &out);
	for (size_t i = 0; i < block->copy_count; i++)
		block_copy(block, block->copies[i], &out);
	print_ends(block, &out);
	print_remedies(block, &out);
	fwrite(out.data, 1, out.len, stdout);
}
