/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/ledger/remedies.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char	*one, *many, *word, *status;
	unsigned char	 weight;	/* which of two recipients counts */
} rows[REMEDIES] = {
	[REMEDY_DELETED] = { "Message Deleted", "Messages Deleted",
	    "deleted", "Success", 5 },
	[REMEDY_FORWARDED] = { "Message Forwarded", "Messages Forwarded",
	    "forwarded", "Success", 4 },
	[REMEDY_BOTH] = { "Message Forwarded and Deleted",
	    "Messages Forwarded and Deleted", "forwarded_and_deleted",
	    "Success", 6 },
	[REMEDY_FAILED] = { "Message Failed", "Messages Failed", "failed",
	    "Failed", 7 },
	[REMEDY_IN_PROGRESS] = { "Message Remediated In-Progress",
	    "Messages Remediated In-Progress", "in_progress",
	    "In Progress", 8 },
	[REMEDY_RESTORED] = { "Message Restored", "Messages Restored",
	    "restored", "Restored", 3 },
	[REMEDY_WITHDRAWN] = { "Message Withdrawn", "Messages Withdrawn",
	    "withdrawn", "Withdrawn", 2 },
	[REMEDY_REPORTED] = { "Message Reported", "Messages Reported",
	    "reported", "Reported", 1 },
	[REMEDY_ELSEWHERE] = { "Message Moved by the Service",
	    "Messages Moved by the Service", "moved_by_service",
	    "Moved by the Service", 1 },
	[REMEDY_IGNORED] = { "Message Left Alone", "Messages Left Alone",
	    "ignored", "Left Alone", 0 },
};

/* remedy_of - the state of one recipient */
enum remedy
remedy_of(const struct ledger_action *action)
{
	switch (action->step) {
	case STATE_DUE:
	case STATE_FORWARDED:
	case STATE_QUARANTINED:
		return REMEDY_IN_PROGRESS;
	case STATE_DONE:
	case STATE_PURGED:
		return action->what == CONF_REMEDIATE_FORWARD ?
		    REMEDY_FORWARDED : action->what == CONF_REMEDIATE_BOTH ?
		    REMEDY_BOTH : REMEDY_DELETED;
	case STATE_FAILED:
		return REMEDY_FAILED;
	case STATE_RESTORED:
		return REMEDY_RESTORED;
	case STATE_WITHDRAWN:
		return REMEDY_WITHDRAWN;
	case STATE_REPORTED:
		return REMEDY_REPORTED;
	case STATE_ELSEWHERE:
		return REMEDY_ELSEWHERE;
	case STATE_SEEN:
	case STATE_IGNORED:
	case STATE_STEPS:
		break;
	}
	return REMEDY_IGNORED;
}

/* remedy_title - in the words of the page */
const char *
remedy_title(enum remedy remedy, unsigned count)
{
	return count == 1 ? rows[remedy].one : rows[remedy].many;
}

/* remedy_word - as a value of JSON or a label */
const char *
remedy_word(enum remedy remedy)
{
	return rows[remedy].word;
}

/* remedy_status - of a row of a batch */
const char *
remedy_status(enum remedy remedy)
{
	return rows[remedy].status;
}

/* remedies_add - one more message */
void
remedies_add(struct remedy_counts *counts, enum remedy remedy)
{
	counts->of[remedy]++;
	counts->total += remedy < REMEDY_IN_PROGRESS;
}

/* by_message - and those of one in the order of their making */
static int
by_message(const void *one, const void *other)
{
	const struct ledger_action *const *a = one, *const *b = other;
	int order = strcmp((*a)->api_id, (*b)->api_id);

	return order != 0 ? order : ((*a)->id > (*b)->id) -
	    ((*a)->id < (*b)->id);
}

static int
by_batch(const void *one, const void *other)
{
	const struct remedy_message *a = one, *b = other;
	int order = (a->batch > b->batch) - (a->batch < b->batch);

	return order != 0 ? order :
	    (a->actions[0]->id > b->actions[0]->id) -
	    (a->actions[0]->id < b->actions[0]->id);
}

/* judge - what all its recipients come to, and the batch of the first that has
 * one */
static void
judge(const struct ledger *ledger, struct remedy_message *message)
{
	const struct ledger_batch *batch;

	message->remedy = remedy_of(message->actions[0]);
	for (size_t i = 0; i < message->count; i++) {
		enum remedy remedy = remedy_of(message->actions[i]);

		if (rows[remedy].weight > rows[message->remedy].weight)
			message->remedy = remedy;
		if (message->batch == 0)
			message->batch = message->actions[i]->batch;
	}
	batch = ledger_batch(ledger, message->batch);
	message->searched = batch != NULL &&
	    strcmp(batch->by, "tdc-remediator") != 0;
}

/* take - the next message of the sorted actions; how many those are */
static size_t
take(const struct ledger *ledger, struct remedies *out, size_t at)
{
	struct remedy_message message = { .actions = out->order + at };

	while (at + message.count < ledger->count &&
	    strcmp(message.actions[0]->api_id,
	    message.actions[message.count]->api_id) == 0)
		message.count++;
	judge(ledger, &message);
	out->messages[out->count++] = message;
	return message.count;
}

/* remedies_count - of a span of time */
void
remedies_count(const struct ledger *ledger, int64_t since, int64_t until,
    struct remedies *out)
{
	*out = (struct remedies){ .count = 0 };
	if (ledger->count == 0)
		return;
	out->order = mem_grow(NULL, ledger->count,
	    sizeof(*out->order));
	out->messages = mem_grow(NULL, ledger->count,
	    sizeof(*out->messages));
	for (size_t i = 0; i < ledger->count; i++)
		out->order[i] = &ledger->actions[i];
	qsort(out->order, ledger->count, sizeof(*out->order), by_message);
	for (size_t i = 0; i < ledger->count; ) {
		const struct remedy_message *message =
		    &out->messages[out->count];

		i += take(ledger, out, i);
		if (message->actions[0]->made < since ||
		    message->actions[0]->made >= until) {
			out->count--;
			continue;
		}
		remedies_add(&out->all, message->remedy);
		remedies_add(message->searched ? &out->searched :
		    &out->automatic, message->remedy);
	}
	qsort(out->messages, out->count, sizeof(*out->messages), by_batch);
}

/* remedies_drop - the ledger stays */
void
remedies_drop(struct remedies *remedies)
{
	free(remedies->messages);
	free(remedies->order);
	*remedies = (struct remedies){ .count = 0 };
}

/* remedies_batch - its messages stand together */
size_t
remedies_batch(const struct remedies *remedies, int64_t batch,
    size_t *out_first)
{
	size_t first = 0, count = 0;

	while (first < remedies->count &&
	    remedies->messages[first].batch != batch)
		first++;
	while (first + count < remedies->count &&
	    remedies->messages[first + count].batch == batch)
		count++;
	*out_first = first;
	return count;
}
