/* SPDX-License-Identifier: BSD-2-Clause */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "control/track/story_private.h"

/* A line of a message may come so much later than the last one that was seen,
 * ms; and clocks, or files with whole seconds, may set it so much before. */
enum { LATE = 3600000, EARLY = 2000 };

/* An id, and the last of its stays. */
struct stays {
	const char	*queue_id;
	struct message	*last;
};

static int
compare(const void *a, const void *b)
{
	const struct stays *one = a, *other = b;

	return strcmp(one->queue_id, other->queue_id);
}

/* stays_of - NULL: the id was not seen yet */
static struct stays *
stays_of(const struct story *story, const char *queue_id)
{
	const struct stays key = { .queue_id = queue_id };
	void *node = tfind(&key, &story->by_id, compare);

	return node != NULL ? *(struct stays **)node : NULL;
}

/* insert - among the stays of its id, of which the later one comes first; what
 * is kept may tell of a stay before those that the log has */
static void
insert(struct story *story, struct message *message)
{
	struct stays *stays = stays_of(story, message->queue_id);
	struct message **at;

	if (stays == NULL) {
		stays = arena_new(&story->arena, sizeof(*stays));
		*stays = (struct stays){ message->queue_id, NULL };
		if (tsearch(stays, &story->by_id, compare) == NULL)
			mem_none();
	}
	at = &stays->last;
	while (*at != NULL && (*at)->begin > message->begin)
		at = &(*at)->earlier;
	message->earlier = *at;
	*at = message;
}

/* begin - a new stay */
static struct message *
begin(struct story *story, const char *queue_id, int64_t at)
{
	struct message *message = arena_new(&story->arena, sizeof(*message));

	*message = (struct message){ .begin = at, .end = at, .client = "",
		.sender = "", .message_id = "", .relation = "",
		.queue_id = arena_text(&story->arena, queue_id),
		.first = message };
	story->messages = mem_grow(story->messages, story->count + 1,
	    sizeof(*story->messages));
	story->messages[story->count++] = message;
	if (*queue_id != '\0')
		insert(story, message);
	return message;
}

/* message_at - the last that had begun by then, and had not ended long ago */
struct message *
message_at(const struct story *story, const char *queue_id, int64_t at)
{
	const struct stays *stays = stays_of(story, queue_id);
	struct message *message = stays != NULL ? stays->last : NULL;

	while (message != NULL && message->begin > at + EARLY)
		message = message->earlier;
	/* Where Postfix's lines are gone nobody knows when it was removed. */
	if (message != NULL && (message->removed || !message->logged) &&
	    at > message->end + LATE)
		return NULL;
	return message;
}

/* message_for - or a new one */
struct message *
message_for(struct story *story, const char *queue_id, int64_t at)
{
	struct message *message = message_at(story, queue_id, at);

	return message != NULL ? message : begin(story, queue_id, at);
}

/* starts - does a line begin another stay? */
static bool
starts(const struct message *message, const struct said *said)
{
	if (said->event.kind == EVENT_CLIENT)
		return *message->client != '\0' || message->removed;
	/* Of a notice cleanup has the first line. */
	return said->event.kind == EVENT_MESSAGE_ID && message->removed;
}

/* number_of - of a value; 0: there is none */
static uint64_t
number_of(const char *line, const char *key)
{
	uint64_t number = 0;
	size_t n;
	const char *at = event_value(line, key, &n);

	if (at != NULL)
		(void)digits_parse(at, strspn(at, "0123456789"), INT64_MAX,
		    &number);
	return number;
}

/* delivery_of - of that recipient, or a new one */
static struct delivery *
delivery_of(struct message *message, const char *address)
{
	for (size_t i = message->delivery_count; i-- > 0;)
		if (strcmp(message->deliveries[i].address, address) == 0)
			return &message->deliveries[i];
	message->deliveries = mem_grow(message->deliveries,
	    message->delivery_count + 1, sizeof(*message->deliveries));
	message->deliveries[message->delivery_count] = (struct delivery){
	    .address = address };
	return &message->deliveries[message->delivery_count++];
}

/* deliver - what came of one attempt for one recipient */
static void
deliver(struct story *story, struct message *message, const struct said *said)
{
	const char *rest = said->event.rest, *answer;
	struct delivery *delivery = delivery_of(message,
	    story_value(story, rest, "to=<"));
	size_t n = 0;

	answer = event_status(rest, &n);
	delivery->was = story_value(story, rest, "orig_to=<");
	delivery->relay = story_value(story, rest, "relay=");
	delivery->dsn = story_value(story, rest, "dsn=");
	delivery->delay = story_value(story, rest, "delay=");
	delivery->status = story_value(story, rest, "status=");
	delivery->answer = story_text(story, answer, n);
	delivery->attempts++;
	delivery->at = said->at;
}

/* client_of - of "client=name[address], ..." or "uid=0 from=<root>" */
static const char *
client_of(struct story *story, const char *rest)
{
	static const char client[] = "client=";

	if (strncmp(rest, client, sizeof(client) - 1) == 0)
		return arena_text(&story->arena, rest + sizeof(client) - 1);
	return arena_format(&story->arena, "this host (%s)", rest);
}

/* note - what a line says */
static void
note(struct story *story, struct message *message, struct said *said)
{
	const char *rest = said->event.rest;

	switch (said->event.kind) {
	case EVENT_CLIENT:
		message->client = client_of(story, rest);
		break;
	case EVENT_MESSAGE_ID:
		message->message_id = rest;
		break;
	case EVENT_SENDER:
		message->sender = story_value(story, rest, "from=<");
		message->size = number_of(rest, "size=");
		message->recipients = (unsigned)number_of(rest, "nrcpt=");
		break;
	case EVENT_RECIPIENT:
		deliver(story, message, said);
		break;
	case EVENT_REMOVED:
		message->removed = true;
		break;
	default:
		lines_add(&message->remarks, said);
	}
}

/* message_take - of Postfix */
void
message_take(struct story *story, struct said *said)
{
	char id[EVENT_ID];
	struct message *message;

	(void)event_id(&said->event, id);
	message = *id != '\0' ? message_for(story, id, said->at) :
	    begin(story, "", said->at);
	if (*id != '\0' && starts(message, said))
		message = begin(story, id, said->at);
	if (said->at > message->end)
		message->end = said->at;
	if (said->at < message->begin)
		message->begin = said->at;
	message->logged = true;
	note(story, message, said);
}

/* has_message_id - in its brackets? */
static bool
has_message_id(const struct message *message, const char *id, size_t n)
{
	const char *known = message->message_id;

	return strlen(known) == n + 2 && *known == '<' &&
	    memcmp(known + 1, id, n) == 0;
}

/* by_message_id - a stay of that Message-ID that had begun by then */
static struct message *
by_message_id(const struct story *story, const char *id, size_t n, int64_t at)
{
	for (size_t i = story->count; i-- > 0;)
		if (has_message_id(story->messages[i], id, n) &&
		    story->messages[i]->begin <= at + EARLY)
			return story->messages[i];
	return NULL;
}

/* message_take_other - to the first that it names */
void
message_take_other(struct story *story, struct said *said)
{
	const char *at = said->text, *token;
	struct message *message = NULL;
	bool angle;
	size_t n;

	while (message == NULL &&
	    (token = event_next_token(&at, &n, &angle)) != NULL) {
		if (n < EVENT_ID)
			message = message_at(story, story_text(story, token, n),
			    said->at);
		if (message == NULL && angle)
			message = by_message_id(story, token, n, said->at);
	}
	if (message != NULL)
		lines_add(&message->remarks, said);
}
