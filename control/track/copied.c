/* SPDX-License-Identifier: BSD-2-Clause */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "control/past/told_text.h"
#include "control/track/story_private.h"

static int
compare(const void *a, const void *b)
{
	const struct copied *one = a, *other = b;

	return one->mid < other->mid ? -1 : one->mid > other->mid;
}

/* copied_of - by its MID, or a new one */
static struct copied *
copied_of(struct story *story, uint64_t mid)
{
	const struct copied key = { .mid = mid };
	void *node = tfind(&key, &story->by_mid, compare);
	struct copied *copied;

	if (node != NULL)
		return *(struct copied **)node;
	copied = arena_new(&story->arena, sizeof(*copied));
	*copied = (struct copied){ .mid = mid, .queue_id = "", .message_id = "",
		.intake = "", .policy = "", .to = "", .reply = "",
		.alternate = "", .verdict = "" };
	if (tsearch(copied, &story->by_mid, compare) == NULL)
		mem_none();
	story->copies = mem_grow(story->copies, story->copy_count + 1,
	    sizeof(*story->copies));
	story->copies[story->copy_count++] = copied;
	return copied;
}

/* How the end of a line "delivery failed to" stands in the history. */
static const struct {
	const char	*words, *verdict;
} ends[] = {
	{ ":TLS Error.", "TLS error" },
	{ ": Hard Bounced.", "hard bounced" },
	{ ": Retries Exhausted.", "retries exhausted" },
	{ ": Connection Error.", "connection error" },
	{ ": Expired.", "expired" },
};

/* verdict_of - a line; "": nobody knows */
static const char *
verdict_of(const char *rest)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(rest), m = strlen(ends[i].words);

		if (n >= m && strcmp(rest + n - m, ends[i].words) == 0)
			return ends[i].verdict;
	}
	return "";
}

/* copied_end_words - the other way */
const char *
copied_end_words(const struct copied *copied)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (strcmp(ends[i].verdict, copied->verdict) == 0)
			return ends[i].words;
	return NULL;
}

/* last - where the text stands for the last time */
static const char *
last(const char *text, const char *what)
{
	const char *found = NULL;

	while ((text = strstr(text, what)) != NULL)
		found = text++;
	return found;
}

/* take_origin - "<a@x> to <b@y> policy EMEA size 20480", which may be cut */
static void
take_origin(struct story *story, struct copied *copied, const struct said *said)
{
	const char *rest = said->event.rest, *to = strstr(rest, "> to ");
	const char *policy = last(rest, " policy ");
	const char *size = last(rest, " size ");
	char id[EVENT_ID];

	copied->queue_id = arena_text(&story->arena,
	    event_id(&said->event, id));
	if (to == NULL || policy == NULL)
		return;
	to += sizeof("> to ") - 1;
	if (policy > to)
		copied->to = story_text(story, to, (size_t)(policy - to));
	policy += sizeof(" policy ") - 1;
	copied->policy = story_text(story, policy, size != NULL &&
	    size > policy ? (size_t)(size - policy) : strlen(policy));
}

/* take_enqueued - "<id>' enqueued for forwarding to ... address a@b" */
static void
take_enqueued(struct story *story, struct copied *copied,
    const struct said *said)
{
	const char *rest = said->event.rest, *end = strstr(rest, "' enqueued ");
	const char *intake = strrchr(rest, ' ');

	if (end == NULL)
		return;
	copied->message_id = story_text(story, rest, (size_t)(end - rest));
	copied->intake = arena_text(&story->arena, intake + 1);
	copied->accepted = said->at;
}

/* end - the line that tells how it ended, so far */
static void
end(struct copied *copied, enum fate fate, const char *verdict,
    const struct said *said)
{
	copied->fate = fate;
	copied->verdict = verdict;
	copied->end = said;
	copied->ended = said->at;
}

/* go_on - it had ended, and waits again */
static void
go_on(struct copied *copied)
{
	copied->fate = FATE_UNKNOWN;
	copied->verdict = "";
	copied->end = NULL;
	copied->ended = 0;
}

/* take_fate - what a line makes of it */
static void
take_fate(struct story *story, struct copied *copied, const struct said *said)
{
	const char *rest = said->event.rest;
	size_t n = strlen(rest);

	switch (said->event.kind) {
	case EVENT_DELIVERED:
		end(copied, FATE_DELIVERED, "delivered", said);
		break;
	case EVENT_RESPONSE:
		/* As the history has it. */
		copied->reply = told_plain(rest,
		    n > 0 && rest[n - 1] == '\'' ? n - 1 : n, &story->arena);
		break;
	case EVENT_GIVEN_UP:
		end(copied, FATE_GIVEN_UP, verdict_of(rest), said);
		break;
	case EVENT_DELETED:
		end(copied, FATE_DELETED, "deleted", said);
		break;
	case EVENT_DIVERTED:
		copied->alternate = story_text(story, rest,
		    strcspn(rest, ","));
		go_on(copied);
		break;
	case EVENT_REQUEUED:
		go_on(copied);
		break;
	case EVENT_DELAYED:
		copied->failures++;
		break;
	default:
		break;
	}
}

/* copied_take - a line with its MID */
void
copied_take(struct story *story, struct said *said)
{
	struct copied *copied = copied_of(story, said->event.mid);

	lines_add(&copied->lines, said);
	if (said->event.dcid != 0)
		copied->dcid = said->event.dcid;
	if (said->event.kind == EVENT_ORIGIN)
		take_origin(story, copied, said);
	else if (said->event.kind == EVENT_ENQUEUED)
		take_enqueued(story, copied, said);
	else
		take_fate(story, copied, said);
}

/* connection_of - by its DCID, or a new one */
static struct connection *
connection_of(struct story *story, uint64_t dcid)
{
	struct connection *list = story->connections;

	for (size_t i = story->connection_count; i-- > 0;)
		if (list[i].dcid == dcid)
			return &list[i];
	list = mem_grow(list, story->connection_count + 1, sizeof(*list));
	list[story->connection_count] = (struct connection){ .dcid = dcid,
	    .peer = "", .trust = "", .tls = "" };
	story->connections = list;
	return &list[story->connection_count++];
}

/* connection_take - what it says of the connection */
void
connection_take(struct story *story, const struct said *said)
{
	struct connection *connection = connection_of(story, said->event.dcid);

	if (said->event.kind == EVENT_CONNECTED)
		connection->peer = said->event.rest;
	else if (said->event.kind == EVENT_TRUST)
		connection->trust = said->event.rest;
	else if (said->event.kind == EVENT_TLS)
		connection->tls = said->event.rest;
}

/* story_connection - as it was found */
const struct connection *
story_connection(const struct story *story, uint64_t dcid)
{
	for (size_t i = 0; i < story->connection_count; i++)
		if (story->connections[i].dcid == dcid)
			return &story->connections[i];
	return NULL;
}

/* fate_of - in the words of the history */
static enum fate
fate_of(const struct kept_copy *kept)
{
	if (strcmp(kept->verdict, "delivered") == 0)
		return FATE_DELIVERED;
	return strcmp(kept->verdict, "deleted") == 0 ? FATE_DELETED :
	    FATE_GIVEN_UP;
}

/* take_end - as what is kept has it, where no line tells */
static void
take_end(struct copied *copied, const struct kept_copy *kept)
{
	if (kept->waits) {
		go_on(copied);
		copied->fate = FATE_WAITS;
	} else if (*kept->verdict != '\0' && copied->end == NULL) {
		copied->fate = fate_of(kept);
		copied->verdict = kept->verdict;
		copied->ended = kept->ended;
		copied->dcid = kept->dcid;
	} else if (kept->set_aside && copied->fate == FATE_UNKNOWN) {
		copied->fate = FATE_GIVEN_UP;
	}
	/* Some logs have whole seconds. */
	if (copied->end != NULL && strcmp(copied->verdict, kept->verdict) == 0)
		copied->ended = kept->ended;
}

/* complete - with what is kept; the logs of another gateway have the numbers of
 * its own copies */
static void
complete(struct copied *copied, const struct kept_copy *kept)
{
	if (kept == NULL || (*copied->queue_id != '\0' &&
	    *kept->queue_id != '\0' &&
	    strcmp(copied->queue_id, kept->queue_id) != 0))
		return;
	copied->kept = kept;
	copied->queue_id = kept->queue_id;
	copied->message_id = kept->message_id;
	copied->intake = kept->intake;
	copied->policy = kept->policy;
	copied->accepted = kept->accepted;
	if (*kept->alternate != '\0')
		copied->alternate = kept->alternate;
	take_end(copied, kept);
	if (*copied->reply == '\0')
		copied->reply = kept->reply;
}

/* attach - to its stay, of which it may know more than the log */
static void
attach(struct story *story, struct copied *copied)
{
	const struct kept_copy *kept = copied->kept;
	int64_t at = copied->accepted != 0 ? copied->accepted :
	    copied->lines.count > 0 ? copied->lines.said[0]->at : 0;
	struct message *message = message_for(story, copied->queue_id, at);

	message->copies = mem_grow(message->copies, message->copy_count + 1,
	    sizeof(*message->copies));
	message->copies[message->copy_count++] = copied;
	if (*message->message_id == '\0')
		message->message_id = copied->message_id;
	if (kept == NULL)
		return;
	if (*message->client == '\0')
		message->client = arena_format(&story->arena, "%s[%s]",
		    kept->client_name, kept->client_addr);
	if (*message->sender == '\0')
		message->sender = kept->sender;
	if (message->size == 0)
		message->size = kept->size;
}

/* copied_attach - those of the logs, and those that only are kept */
void
copied_attach(struct story *story, const struct kept *kept)
{
	for (size_t i = 0; i < kept->count; i++)
		(void)copied_of(story, kept->copies[i]->mid);
	for (size_t i = 0; i < story->copy_count; i++) {
		struct copied *copied = story->copies[i];

		complete(copied, kept_find(kept, copied->mid));
		if (copied->fate == FATE_UNKNOWN && copied->lines.count > 0 &&
		    copied->accepted == 0)
			copied->accepted = copied->lines.said[0]->at;
		attach(story, copied);
	}
}
