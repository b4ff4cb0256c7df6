/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/life.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* life_new - nothing is known of it */
struct life *
life_new(uint64_t mid)
{
	struct life *life = mem_new(sizeof(*life));

	life->envelope = (struct envelope){ .mid = mid, .intake = "",
		.message_id = "", .sender = "", .queue_id = "",
		.client_addr = "", .client_name = "", .helo = "",
		.protocol = "", .gateway = "", .policy = "" };
	life->fate.reply = "";
	return life;
}

/* life_free - NULL */
struct life *
life_free(struct life *life)
{
	arena_drop(&life->arena);
	free(life);
	return NULL;
}

/* life_client - name and address */
void
life_client(struct life *life, const char *client)
{
	struct envelope *envelope = &life->envelope;
	const char *open = strrchr(client, '[');

	if (open == NULL)
		return;
	envelope->client_name = arena_bytes(&life->arena, client,
	    (size_t)(open - client));
	envelope->client_addr = arena_bytes(&life->arena, open + 1,
	    strcspn(open + 1, "]"));
}

/* life_wait - with nothing tried yet */
void
life_wait(struct life *life, const char *intake)
{
	life->envelope.intake = intake == NULL ? life->intake :
	    arena_text(&life->arena, intake);
	life->delays = life->failed = 0;
	life->ended = false;
	life->fate = (struct history_fate){ .reply = "" };
}

static void
enqueued(struct life *life, const struct told *told, int64_t at)
{
	struct envelope *envelope = &life->envelope;

	envelope->intake = life->intake = arena_text(&life->arena,
	    told->intake);
	envelope->message_id = arena_text(&life->arena, told->message_id);
	envelope->accepted = at;
	life->begun = true;
	life->known = envelope->recipients != NULL;
}

static void
origin(struct life *life, const struct told *told)
{
	struct envelope *envelope = &life->envelope;
	struct arena *arena = &life->arena;

	envelope->queue_id = arena_text(arena, told->queue_id);
	envelope->sender = arena_text(arena, told->sender);
	envelope->policy = arena_text(arena, told->policy);
	envelope->length = told->number;
	life->known = life->begun;
	envelope->recipients = arena_new(arena, (told->recipient_count + 1) *
	    sizeof(*envelope->recipients));
	envelope->recipient_count = told->recipient_count;
	for (size_t i = 0; i < told->recipient_count; i++)
		envelope->recipients[i] = arena_text(arena,
		    told->recipients[i]);
}

/* attempt_failed - the last one */
static void
attempt_failed(struct life *life, const struct told *told)
{
	life->failed = life->delays + 1;
	life->fate.dcid = told->dcid;
	life->fate.reply = arena_text(&life->arena, told->reply);
}

/* end - of this waiting */
static void
end(struct life *life, const char *verdict, int64_t at)
{
	life->fate.verdict = verdict;
	life->fate.ended = at;
}

/* deleted - by an operator, while it waited or was kept */
static void
deleted(struct life *life, uint64_t uid, int64_t at)
{
	end(life, "deleted", at);
	life->fate.dcid = 0;
	life->fate.reply = arena_format(&life->arena, "by uid %" PRIu64, uid);
	if (life->failed == 0)
		life->failed = life->delays;
}

/* life_keep - at the end of its list; those of a copy whose begin is not in the
 * log are many, and lost */
void
life_keep(struct life *life, enum told_what what, const char *text, int64_t at)
{
	enum { MOST = 100 };
	struct life_line **end = &life->early, *line;
	int count = 0;

	life->early_ends += what == TOLD_DELIVERED || what == TOLD_GIVEN_UP ||
	    what == TOLD_DELETED;
	for (; *end != NULL; end = &(*end)->next)
		if (++count == MOST)
			return;
	line = *end = arena_new(&life->arena, sizeof(*line));
	line->at = at;
	line->text = arena_text(&life->arena, text);
}

/* life_tell - by what it says */
void
life_tell(struct life *life, const struct told *told, int64_t at)
{
	switch (told->what) {
	case TOLD_ENQUEUED:
		enqueued(life, told, at);
		break;
	case TOLD_ORIGIN:
		origin(life, told);
		break;
	case TOLD_START:
		life->fate.dcid = told->dcid;
		break;
	case TOLD_DELAYED:
		life->delays++;
		break;
	case TOLD_DELIVERED:
		end(life, "delivered", at);
		life->failed = life->delays + 1;
		break;
	case TOLD_RESPONSE:
		life->fate.reply = arena_text(&life->arena, told->reply);
		break;
	case TOLD_LAST_ATTEMPT:
	case TOLD_BOUNCED:
		attempt_failed(life, told);
		break;
	case TOLD_NOT_IN_TIME:
		life->failed = (unsigned)told->number;
		life->fate.dcid = 0;
		break;
	case TOLD_GIVEN_UP:
		end(life, told->verdict, at);
		break;
	case TOLD_DELETED:
		deleted(life, told->number, at);
		break;
	default:
		break;
	}
}
