/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "control/track/story_private.h"

/* The next stay begins that long before or after the line that names it, and
 * so soon after the end of the one before where no line names it, ms. */
enum { NEAR = 120000, SOON = 2000 };

/* same_message_id - as far as both are known */
static bool
same_message_id(const struct message *one, const struct message *other)
{
	return *one->message_id == '\0' || *other->message_id == '\0' ||
	    strcmp(one->message_id, other->message_id) == 0;
}

/* first_of - the one that all of them are told with */
static struct message *
first_of(struct message *message)
{
	while (message->first != message)
		message = message->first;
	return message;
}

/* tell_with - the later one with the earlier */
static void
tell_with(struct message *first, struct message *later, const char *relation)
{
	struct message *top = first_of(first);

	if (first_of(later) == top || later == top)
		return;
	first_of(later)->first = top;
	if (*later->relation == '\0')
		later->relation = relation;
}

/* named - the stay that a line names, which began about then */
static struct message *
named(const struct story *story, const char *id, size_t n, int64_t at)
{
	char text[EVENT_ID];
	struct message *message;

	if (id == NULL || n == 0 || n >= sizeof(text))
		return NULL;
	memcpy(text, id, n);
	text[n] = '\0';
	message = message_at(story, text, at + NEAR);
	return message != NULL && message->begin >= at - NEAR ? message : NULL;
}

/* by_line - the next server's id, or that of a notice */
static void
by_line(struct story *story, const struct said *said)
{
	struct message *from, *to;
	const char *id, *notice;
	char own_id[EVENT_ID];
	size_t n = 0;

	from = message_at(story, event_id(&said->event, own_id), said->at);
	if (from == NULL)
		return;
	if (said->event.kind == EVENT_RECIPIENT) {
		id = event_queued_as(said->event.rest, &n);
		to = named(story, id, n, said->at);
		if (to != NULL && to != from && same_message_id(from, to))
			tell_with(from, to, "queued again");
	} else if (said->event.kind == EVENT_NOTICE) {
		notice = strstr(said->event.rest, ": ");
		to = notice != NULL ? named(story, notice + 2,
		    strlen(notice + 2), said->at) : NULL;
		if (to != NULL && to != from)
			tell_with(from, to, story_text(story, said->event.rest,
			    (size_t)(notice - said->event.rest)));
	}
}

/* is_local - did it come from this host, as from a content filter? */
static bool
is_local(const struct message *message)
{
	return strstr(message->client, "[127.") != NULL ||
	    strstr(message->client, "[::1]") != NULL;
}

/* by_message_id - a stay from this host while another one of the same
 * Message-ID, which came before, had not ended */
static void
by_message_id(struct story *story, size_t at)
{
	struct message *later = story->messages[at];

	if (*later->message_id == '\0' || !is_local(later) ||
	    first_of(later) != later)
		return;
	for (size_t i = 0; i < at; i++) {
		struct message *one = story->messages[i];

		if (one->begin <= later->begin &&
		    one->end + SOON >= later->begin &&
		    first_of(one) != later && *one->message_id != '\0' &&
		    strcmp(one->message_id, later->message_id) == 0) {
			tell_with(one, later, "queued again");
			return;
		}
	}
}

/* is_asked_for - is it what the word says, by itself? */
static bool
is_asked_for(const struct word *word, const struct message *message)
{
	if (word_is_id(word, message->queue_id, strlen(message->queue_id)) ||
	    word_is_message_id(word, message->message_id,
	    strlen(message->message_id)) ||
	    word_is_address(word, message->sender, strlen(message->sender)))
		return true;
	for (size_t i = 0; i < message->delivery_count; i++)
		if (word_is_address(word, message->deliveries[i].address,
		    strlen(message->deliveries[i].address)) ||
		    word_is_address(word, message->deliveries[i].was,
		    strlen(message->deliveries[i].was)))
			return true;
	for (size_t i = 0; i < message->remarks.count; i++)
		if (word_in_line(word, message->remarks.said[i]->text))
			return true;
	return false;
}

/* list_has - "<a>,<b>" of ours */
static bool
list_has(const struct word *word, const char *list)
{
	const char *token;
	size_t n;
	bool angle;

	while ((token = event_next_token(&list, &n, &angle)) != NULL)
		if (angle && word_is_address(word, token, n))
			return true;
	return false;
}

/* copies_asked_for - or is one of its copies? */
static bool
copies_asked_for(const struct word *word, const struct message *message)
{
	for (size_t i = 0; i < message->copy_count; i++) {
		const struct copied *copied = message->copies[i];

		if ((word->mid != 0 && copied->mid == word->mid) ||
		    word_is_message_id(word, copied->message_id,
		    strlen(copied->message_id)) ||
		    list_has(word, copied->to))
			return true;
		for (size_t k = 0; copied->kept != NULL &&
		    k < copied->kept->recipient_count; k++)
			if (word_is_address(word, copied->kept->recipients[k],
			    strlen(copied->kept->recipients[k])))
				return true;
	}
	return false;
}

/* related_find - which are told together, and which were asked for */
void
related_find(struct story *story, const struct search *search)
{
	for (size_t i = 0; i < search->count; i++)
		by_line(story, search->lines[i]);
	for (size_t i = 0; i < story->count; i++)
		by_message_id(story, i);
	for (size_t i = 0; i < story->count; i++) {
		struct message *message = story->messages[i];

		message->first = first_of(message);
		if (is_asked_for(search->word, message) ||
		    copies_asked_for(search->word, message))
			message->first->wanted = true;
	}
}
