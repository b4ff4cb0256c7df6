/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/story.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "control/track/story_private.h"
#include "control/track/wanted.h"

/* lines_add - one more */
void
lines_add(struct lines *lines, struct said *said)
{
	lines->said = mem_grow(lines->said, lines->count + 1,
	    sizeof(struct said *));
	lines->said[lines->count++] = said;
}

/* story_text - as a string */
const char *
story_text(struct story *story, const char *text, size_t n)
{
	return text != NULL ? arena_bytes(&story->arena, text, n) : "";
}

/* story_value - of "to=<" too: without the bracket; of status= one word */
const char *
story_value(struct story *story, const char *line, const char *key)
{
	size_t n = strlen(key);
	bool angle = key[n - 1] == '<';
	const char *at = event_value(line, key, &n);

	if (at == NULL)
		return "";
	if (angle)
		n = strcspn(at, ">");
	else if (strcmp(key, "status=") == 0)
		n = strcspn(at, " ,");
	return story_text(story, at, n);
}

/* note_keys - of a line of ours: the copy, the connection */
static void
note_keys(struct wanted *keys, const struct event *event)
{
	wanted_add_number(keys, event->mid != 0 ? WANTED_MID : WANTED_DCID,
	    event->mid != 0 ? event->mid : event->dcid);
	if (event->queue_id != NULL)
		wanted_add(keys, WANTED_QUEUE_ID, event->queue_id,
		    event->queue_id_n);
}

/* is_repeated - of mail_logs_file, and the maillog tells of the same thing */
static bool
is_repeated(const struct wanted *keys, const struct said *said)
{
	const struct event *event = &said->event;

	if (!said->asyncos)
		return false;
	if (event->mid != 0)
		return wanted_has_number(keys, WANTED_MID, event->mid);
	if (event->dcid != 0)
		return wanted_has_number(keys, WANTED_DCID, event->dcid);
	return event->queue_id != NULL &&
	    wanted_has(keys, WANTED_QUEUE_ID, event->queue_id,
	    event->queue_id_n);
}

/* sort_in - a line of ours */
static void
sort_in(struct story *story, struct said *said)
{
	char id[EVENT_ID];

	if (said->event.kind >= EVENT_CONNECTED)
		connection_take(story, said);
	else if (said->event.mid != 0)
		copied_take(story, said);
	else if (said->event.queue_id != NULL)
		lines_add(&message_for(story, event_id(&said->event, id),
		    said->at)->policy, said);
}

/* take_lines - those of Postfix first, to which the others are attached */
static void
take_lines(struct story *story, const struct search *search,
    const struct wanted *maillog)
{
	for (size_t i = 0; i < search->count; i++)
		if (!search->lines[i]->ours &&
		    search->lines[i]->event.kind != EVENT_OTHER)
			message_take(story, search->lines[i]);
	for (size_t i = 0; i < search->count; i++) {
		struct said *said = search->lines[i];

		if (said->ours && !is_repeated(maillog, said))
			sort_in(story, said);
		else if (!said->ours && said->event.kind == EVENT_OTHER)
			message_take_other(story, said);
	}
}

static int
by_begin(const void *a, const void *b)
{
	const struct message *one = *(struct message *const *)a;
	const struct message *other = *(struct message *const *)b;

	return one->begin < other->begin ? -1 : one->begin > other->begin;
}

/* story_build - of all that there is */
void
story_build(struct story *story, const struct search *search,
    const struct kept *kept)
{
	struct wanted maillog = { .count = 0 };

	*story = (struct story){ .count = 0 };
	for (size_t i = 0; i < search->count; i++)
		if (search->lines[i]->ours && !search->lines[i]->asyncos)
			note_keys(&maillog, &search->lines[i]->event);
	take_lines(story, search, &maillog);
	wanted_drop(&maillog);
	copied_attach(story, kept);
	related_find(story, search);
	if (story->count > 0)
		qsort(story->messages, story->count, sizeof(*story->messages),
		    by_begin);
}

static void
leave(void *node)
{
	(void)node;		/* of the arena */
}

/* story_drop - as before it was built */
void
story_drop(struct story *story)
{
	for (size_t i = 0; i < story->count; i++) {
		free(story->messages[i]->deliveries);
		free(story->messages[i]->remarks.said);
		free(story->messages[i]->policy.said);
		free(story->messages[i]->copies);
	}
	for (size_t i = 0; i < story->copy_count; i++)
		free(story->copies[i]->lines.said);
	tdestroy(story->by_id, leave);
	tdestroy(story->by_mid, leave);
	free(story->messages);
	free(story->copies);
	free(story->connections);
	arena_drop(&story->arena);
	*story = (struct story){ .count = 0 };
}
