/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the past, from the copies that the history knows. */
#include <string.h>

#include "base/mem.h"
#include "control/past/past.h"
#include "control/policy/policy_replay.h"

/* One message, of which copies are being gathered. */
struct gathering {
	replay_each	*each;
	void		*arg;
	struct arena	 arena;		/* of the message */
	struct past_message message;
	struct past_recipient *recipients;
	size_t		 room;
};

/* give - the message, if there is one */
static void
give(struct gathering *gathering)
{
	struct past_message *message = &gathering->message;

	if (message->count > 0) {
		message->recipients = gathering->recipients;
		gathering->each(gathering->arg, message);
	}
	arena_drop(&gathering->arena);
	*message = (struct past_message){ .time = 0 };
}

/* begin - with what all copies have alike */
static void
begin(struct gathering *gathering, const struct envelope *envelope)
{
	struct arena *arena = &gathering->arena;

	gathering->message = (struct past_message){
		.time = envelope->accepted,
		.queue_id = arena_text(arena, envelope->queue_id),
		.message_id = arena_text(arena, envelope->message_id),
		.sender = arena_text(arena, envelope->sender),
		.client = { .address = arena_text(arena,
		    envelope->client_addr), .name = arena_text(arena,
		    envelope->client_name), .helo = "" },
		.size = envelope->length,
	};
}

/* is_new - a copy has a row for each of its ends; the first one has the intake
 * that the policy gave it */
static bool
is_new(const struct gathering *gathering, uint64_t mid)
{
	for (size_t i = 0; i < gathering->message.count; i++)
		if (gathering->recipients[i].mid == mid)
			return false;
	return true;
}

static void
add_recipient(struct gathering *gathering, struct past_recipient recipient)
{
	size_t count = gathering->message.count++;

	if (count == gathering->room) {
		gathering->room = count > 0 ? 2 * count : 8;
		gathering->recipients = mem_grow(gathering->recipients,
		    gathering->room, sizeof(recipient));
	}
	gathering->recipients[count] = recipient;
}

static void
take_row(void *arg, const struct history_row *row)
{
	struct gathering *gathering = arg;
	const struct envelope *envelope = &row->envelope;
	const struct past_message *message = &gathering->message;
	struct arena *arena = &gathering->arena;
	struct past_recipient recipient = { .mid = envelope->mid };

	if (message->count == 0 || message->time != envelope->accepted ||
	    strcmp(message->queue_id, envelope->queue_id) != 0) {
		give(gathering);
		begin(gathering, envelope);
	}
	if (!is_new(gathering, envelope->mid))
		return;
	recipient.intake = arena_text(arena, envelope->intake);
	recipient.policy = arena_text(arena, envelope->policy);
	for (size_t i = 0; i < envelope->recipient_count; i++) {
		recipient.address = arena_text(arena, envelope->recipients[i]);
		add_recipient(gathering, recipient);
	}
}

/* replay_history - in the order of acceptance */
int
replay_history(const struct conf *conf, const struct replay_from *from,
    replay_each *each, void *arg, struct err *err)
{
	struct gathering gathering = { .each = each, .arg = arg };
	const struct history_query query = { .since = from->since,
	    .until = from->until, .by_message = true };
	int count = past_find(conf, &query, take_row, &gathering, err);

	if (count != -1)
		give(&gathering);
	arena_drop(&gathering.arena);
	free(gathering.recipients);
	return count == -1 ? -1 : 0;
}
