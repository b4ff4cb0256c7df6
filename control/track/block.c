/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/block.h"

#include <stdlib.h>
#include <string.h>

/* add_stay - with its copies */
static void
add_stay(struct block *block, struct message *stay)
{
	block->stays = mem_grow(block->stays, block->stay_count + 1,
	    sizeof(*block->stays));
	block->stays[block->stay_count++] = stay;
	for (size_t i = 0; i < stay->copy_count; i++) {
		block->copies = mem_grow(block->copies, block->copy_count + 1,
		    sizeof(*block->copies));
		block->copies[block->copy_count++] = stay->copies[i];
	}
}

/* block_gather - the first stay first, the others in the order of their begin */
void
block_gather(struct block *block, struct message *first)
{
	const struct story *story = block->story;

	block_drop(block);
	add_stay(block, first);
	for (size_t i = 0; i < story->count; i++)
		if (story->messages[i] != first &&
		    story->messages[i]->first == first)
			add_stay(block, story->messages[i]);
}

/* block_drop - what was gathered */
void
block_drop(struct block *block)
{
	free(block->stays);
	free(block->copies);
	block->stays = NULL;
	block->copies = NULL;
	block->stay_count = block->copy_count = 0;
}

/* block_text - without what a terminal would obey */
void
block_text(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= ' ' && *text <= '~')
			buf_byte(out, *text);
		else
			buf_format(out, "\\x%02x", (unsigned char)*text);
}

/* ---- how it ended ---- */

/* add_mid - how most lines begin */
static void
add_mid(struct buf *line, const char *before, uint64_t mid, const char *after)
{
	buf_texts(line, "TDC: ", before, " ");
	buf_number(line, mid);
	buf_text(line, after);
}

/* is_enqueued - what is known of a copy that did not end */
static void
is_enqueued(const struct block *block, const struct copied *copied,
    struct buf *line)
{
	add_mid(line, "MID", copied->mid, " with Message-ID '");
	block_text(line, copied->message_id);
	buf_texts(line, "' enqueued for forwarding to ", block->name,
	    " to the message intake address ");
	block_text(line, *copied->alternate != '\0' ? copied->alternate :
	    copied->intake);
}

/* delivered - in the words of Message Tracking, which are not those of the log;
 * the name of the intake is the one that it had then */
static void
delivered(const struct block *block, const struct copied *copied,
    struct buf *line)
{
	add_mid(line, "Message", copied->mid,
	    " was successfully delivered for scanning with ");
	if (copied->end != NULL)
		block_text(line, copied->end->event.rest);
	else
		buf_texts(line, block->name, ".");
}

/* block_end - or that it is under way */
void
block_end(const struct block *block, const struct copied *copied,
    struct buf *line, int64_t *out_at)
{
	const char *words = copied_end_words(copied);

	buf_cut(line, 0);
	*out_at = copied->ended != 0 ? copied->ended : copied->accepted;
	if (copied->fate == FATE_DELIVERED) {
		delivered(block, copied, line);
	} else if (copied->end != NULL) {
		buf_text(line, "TDC: ");
		block_text(line, copied->end->text);
	} else if (copied->fate == FATE_DELETED) {
		add_mid(line, "MID", copied->mid, " deleted ");
		block_text(line, copied->reply);
	} else if (words != NULL) {
		add_mid(line, "MID", copied->mid, " delivery failed to ");
		buf_texts(line, block->name, words);
	} else {
		is_enqueued(block, copied, line);
	}
}

/* block_no_copy - the last such line */
const struct said *
block_no_copy(const struct block *block)
{
	const struct said *found = NULL;

	for (size_t i = 0; i < block->stay_count && block->copy_count == 0; i++)
		for (size_t k = 0; k < block->stays[i]->policy.count; k++) {
			const struct said *said =
			    block->stays[i]->policy.said[k];

			if (said->event.kind == EVENT_SKIPPED ||
			    said->event.kind == EVENT_NO_COPY ||
			    said->event.kind == EVENT_DEFERRED)
				found = said;
		}
	return found;
}

/* block_attempts - those of the history, or as the log shows them */
unsigned
block_attempts(const struct copied *copied)
{
	if (copied->kept != NULL && copied->kept->tries > 0)
		return copied->kept->tries;
	if (copied->kept != NULL && copied->kept->waits)
		return copied->kept->attempts;
	return copied->failures + (copied->fate == FATE_DELIVERED ||
	    (copied->fate == FATE_GIVEN_UP &&
	    strcmp(copied->verdict, "expired") != 0));
}

/* block_delay - in seconds; clocks of logs may differ by some */
double
block_delay(const struct copied *copied)
{
	if (copied->ended == 0 || copied->accepted == 0)
		return -1;
	return copied->ended > copied->accepted ?
	    (double)(copied->ended - copied->accepted) / 1000 : 0;
}

/* block_is_attempt - a line that tells how an attempt failed, or that it went to
 * another intake, or waits again */
bool
block_is_attempt(const struct said *said)
{
	switch (said->event.kind) {
	case EVENT_DELAYED:
	case EVENT_DIVERTED:
	case EVENT_REQUEUED:
		return true;
	case EVENT_COPY:
		return strncmp(said->text, "Message finished ", 17) != 0;
	default:
		return false;
	}
}

/* block_is_asked - in any case */
bool
block_is_asked(const struct block *block, const char *address)
{
	return word_is_address(block->word, address, strlen(address));
}

/* is_of - is it of a copy of this block? */
static bool
is_of(const struct block *block, const struct ledger_action *action)
{
	for (size_t i = 0; i < block->copy_count; i++)
		if (block->copies[i]->mid == action->mid)
			return true;
	return false;
}

/* block_remedies - by the MID of the first copy */
size_t
block_remedies(const struct block *block, const struct ledger_action ***out)
{
	const struct ledger *ledger = block->ledger;
	const struct ledger_action **found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < ledger->count; i++) {
		if (!is_of(block, &ledger->actions[i]))
			continue;
		found = mem_grow(found, count + 1, sizeof(*found));
		found[count++] = &ledger->actions[i];
	}
	*out = found;
	return count;
}
