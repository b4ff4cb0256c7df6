/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/parts.h"
#include "control/control.h"
#include "control/past/past.h"
#include "control/queue/backlog.h"
#include "control/queue/suspended.h"
#include "journal/spool/spool_reason.h"

/* ---- one copy ---- */

/* kept_find - by its MID */
const struct kept_copy *
kept_find(const struct kept *kept, uint64_t mid)
{
	for (size_t i = 0; i < kept->count; i++)
		if (kept->copies[i]->mid == mid)
			return kept->copies[i];
	return NULL;
}

/* recipients_of - copied */
static const char **
recipients_of(struct kept *kept, const struct envelope *envelope)
{
	const char **list = arena_new(&kept->arena,
	    (envelope->recipient_count + 1) * sizeof(*list));

	for (size_t i = 0; i < envelope->recipient_count; i++)
		list[i] = arena_text(&kept->arena, envelope->recipients[i]);
	return list;
}

/* add - the one of that envelope, or the one that is known by its MID */
static struct kept_copy *
add(struct kept *kept, const struct envelope *envelope)
{
	struct arena *arena = &kept->arena;
	struct kept_copy *copy;

	for (size_t i = 0; i < kept->count; i++)
		if (kept->copies[i]->mid == envelope->mid)
			return kept->copies[i];
	copy = arena_new(arena, sizeof(*copy));
	*copy = (struct kept_copy){ .mid = envelope->mid,
		.size = envelope->length,
		.intake = arena_text(arena, envelope->intake),
		.sender = arena_text(arena, envelope->sender),
		.queue_id = arena_text(arena, envelope->queue_id),
		.message_id = arena_text(arena, envelope->message_id),
		.policy = arena_text(arena, envelope->policy),
		.client_addr = arena_text(arena, envelope->client_addr),
		.client_name = arena_text(arena, envelope->client_name),
		.recipients = recipients_of(kept, envelope),
		.recipient_count = envelope->recipient_count,
		.accepted = envelope->accepted,
		.alternate = "", .reason = "", .next = "", .next_in = -1,
		.verdict = "", .reply = "" };
	kept->copies = mem_grow(kept->copies, kept->count + 1,
	    sizeof(*kept->copies));
	kept->copies[kept->count++] = copy;
	return copy;
}

/* ---- the history ---- */

/* take_row - of several the last counts, and they come in the order of their
 * ends */
static void
take_row(void *arg, const struct history_row *row)
{
	struct kept *kept = arg;
	struct kept_copy *copy = add(kept, &row->envelope);

	if (row->fate.ended < copy->ended)
		return;
	if (strcmp(copy->intake, row->envelope.intake) != 0)
		copy->alternate = arena_text(&kept->arena,
		    row->envelope.intake);
	copy->verdict = arena_text(&kept->arena, row->fate.verdict);
	copy->reply = arena_text(&kept->arena, row->fate.reply);
	copy->dcid = row->fate.dcid;
	copy->tries = row->fate.attempts;
	copy->ended = row->fate.ended;
}

static void
look_into_history(struct kept *kept, struct history_query *query)
{
	struct err err;
	int count;

	if (kept->no_history)
		return;
	query->since = kept->since;
	count = past_find(kept->conf, query, take_row, kept, &err);
	if (count == -1) {
		kept->no_history = true;
		(void)complain(EX_OK, err.text);
	} else if (query->limit > 0 && (unsigned)count == query->limit) {
		kept->left_out = true;
	}
}

/* ask_history - for what the word may be, and for one row more than is wanted,
 * which shows that there are more */
static void
ask_history(struct kept *kept, const struct word *word, size_t most)
{
	unsigned limit = (unsigned)most + 1;

	if (word->mid != 0)
		look_into_history(kept, &(struct history_query){
		    .mid = word->mid });
	if (word->may_be_id)
		look_into_history(kept, &(struct history_query){
		    .queue_id = word->text, .limit = limit });
	look_into_history(kept, &(struct history_query){
	    .message_id = word->text, .limit = limit });
	if (word->may_be_address)
		look_into_history(kept, &(struct history_query){
		    .address = word->text, .limit = limit });
}

/* ---- the spool ---- */

/* take_next - when it is tried next, in the words of tdcctl queue */
static void
take_next(struct kept *kept, const struct copy *copy, struct kept_copy *out)
{
	int64_t delay = kept->conf->retry_delay, left = 0;
	char text[STATUS_NEXT];

	out->next = arena_text(&kept->arena, status_next_words(&kept->status,
	    copy, delay, text));
	switch (status_next_try(&kept->status, copy, delay, &left)) {
	case TRY_DUE:
		out->next_in = 0;
		break;
	case TRY_LATER:
		out->next_in = left;
		break;
	case TRY_HOST:
	case TRY_SUSPENDED:
	case TRY_NEVER:
		break;
	}
}

/* take_copy - that is in the spool now */
static void
take_copy(struct kept *kept, enum spool_place place, const struct copy *copy)
{
	struct kept_copy *found = add(kept, &copy->envelope);
	char reason[SPOOL_REASON];

	found->waits = place == SPOOL_READY;
	found->set_aside = place == SPOOL_FAILED;
	found->attempts = copy->entry.attempts;
	if (copy->entry.why != SPOOL_WHY_NOT)
		found->alternate = arena_text(&kept->arena, backlog_address(
		    copy, kept->conf->alternate_intake_address));
	found->reason = arena_text(&kept->arena, spool_get_reason(
	    kept->status.spool, place, &copy->entry, reason));
	if (found->waits)
		take_next(kept, copy, found);
}

/* look_at - one entry; a word NULL: it is wanted */
static void
look_at(struct kept *kept, enum spool_place place,
    const struct spool_entry *entry, const struct word *word)
{
	struct copy copy;
	struct err err;
	own(str) char *text = NULL;

	switch (copy_peek(kept->status.spool, place, entry, &copy, &err)) {
	case COPY_OPEN:
		break;
	case COPY_GONE:
	case COPY_BUSY:
		return;
	case COPY_BAD:		/* it may be the one that is looked for */
	case COPY_TROUBLE:
		text = mem_format("MID %" PRIu64 ": %s", entry->mid, err.text);
		(void)complain(EX_OK, text);
		return;
	}
	if ((word == NULL || word_in_envelope(word, &copy.envelope)) &&
	    copy.envelope.accepted >= kept->since)
		take_copy(kept, place, &copy);
	copy_close(&copy);
}

static void
search_spool(struct kept *kept, enum spool_place place,
    const struct word *word)
{
	struct spool_entry *entries;
	struct err err;
	size_t count;

	if (kept->status.spool == NULL)
		return;
	if (spool_list(kept->status.spool, place, &entries, &count, &err) ==
	    -1) {
		(void)complain(EX_OK, err.text);
		return;
	}
	for (size_t i = 0; i < count; i++)
		look_at(kept, place, &entries[i], word);
	free(entries);
}

/* ---- both ---- */

/* open_spool - when there is one */
static void
open_spool(struct kept *kept)
{
	struct status *status = &kept->status;
	struct err err;

	if (look_into_spool(kept->conf, &status->spool, &err) == -1) {
		status->spool = NULL;
		if (access(kept->conf->spool_directory, F_OK) == 0)
			(void)complain(EX_OK, err.text);
		return;
	}
	buf_text(&kept->where, kept->where.len > 0 ? ", the spool" :
	    "the spool");
	(void)site_counts_peek(spool_dirfd(status->spool), &status->sites,
	    &err);
	status->forwards = spool_forwarder(status->spool, &status->forwarder);
	status->alternate = kept->conf->alternate_intake_address;
	suspended_load(status->spool, &status->suspended);
}

/* kept_open - nothing is read yet */
void
kept_open(struct kept *kept, const struct conf *conf, int64_t since)
{
	const char *path = conf->history_database;

	*kept = (struct kept){ .conf = conf, .since = since, .where = BUF };
	kept->no_history = !WITH_HISTORY || *path == '\0' ||
	    (access(path, F_OK) == -1 && errno == ENOENT);
	if (!kept->no_history)
		buf_texts(&kept->where, "the history ", ESCAPE(path));
	open_spool(kept);
}

/* kept_by_word - whatever the word is */
void
kept_by_word(struct kept *kept, const struct word *word, size_t most)
{
	ask_history(kept, word, most);
	search_spool(kept, SPOOL_READY, word);
	search_spool(kept, SPOOL_FAILED, word);
}

/* kept_by_mid - unless it is known */
void
kept_by_mid(struct kept *kept, uint64_t mid)
{
	struct spool_entry entry;
	enum spool_place place;
	struct err err;

	if (kept_find(kept, mid) != NULL)
		return;
	look_into_history(kept, &(struct history_query){ .mid = mid });
	if (kept->status.spool != NULL && spool_find(kept->status.spool, mid,
	    &place, &entry, &err) == 1)
		look_at(kept, place, &entry, NULL);
}

/* kept_close - and forget it */
void
kept_close(struct kept *kept)
{
	suspensions_drop(&kept->status.suspended);
	kept->status.sites = site_counts_close(kept->status.sites);
	kept->status.spool = kept->status.spool != NULL ?
	    spool_close(kept->status.spool) : NULL;
	arena_drop(&kept->arena);
	buf_drop(&kept->where);
	free(kept->copies);
}
