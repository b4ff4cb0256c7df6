/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/search.h"

#include <stdlib.h>
#include <string.h>

#include "control/past/told.h"

/* Through the logs as often; each time ids come from those of the time before,
 * and a message goes through few servers on one host. */
enum { ROUNDS = 8 };

/* search_want_mid - from the history, or the spool */
void
search_want_mid(struct search *search, uint64_t mid)
{
	wanted_add_number(&search->keys, WANTED_MID, mid);
}

/* search_want_id - likewise */
void
search_want_id(struct search *search, const char *queue_id)
{
	wanted_add(&search->keys, WANTED_QUEUE_ID, queue_id, strlen(queue_id));
}

/* ---- what is asked for ---- */

/* bare - a Message-ID without its brackets, up to n bytes */
static const char *
bare(const char *text, size_t *n)
{
	if (*n > 2 && *text == '<' && text[*n - 1] == '>') {
		*n -= 2;
		return text + 1;
	}
	return text;
}

/* message_id_of - in a line that has one; NULL: it has none */
static const char *
message_id_of(const struct event *event, size_t *out_n)
{
	const char *end;

	switch (event->kind) {
	case EVENT_MESSAGE_ID:
		*out_n = strlen(event->rest);
		return bare(event->rest, out_n);
	case EVENT_ENQUEUED:
		end = strstr(event->rest, "' enqueued ");
		if (end == NULL)
			return NULL;
		*out_n = (size_t)(end - event->rest);
		return bare(event->rest, out_n);
	default:
		return NULL;
	}
}

/* place_for - the place of a message of an address: its own, a new one, or that
 * of the oldest, if it is later; the logs come one after the other.  NULL:
 * none */
static struct recent *
place_for(struct search *search, const char *id, int64_t at)
{
	struct recent *oldest = search->recent;

	for (size_t i = search->recent_count; i-- > 0;) {
		if (strcmp(search->recent[i].id, id) == 0)
			return &search->recent[i];
		if (search->recent[i].at < oldest->at)
			oldest = &search->recent[i];
	}
	if (search->recent_count < search->most)
		return &search->recent[search->recent_count++];
	search->left_out = true;
	return oldest->at < at ? oldest : NULL;
}

/* recall - one more message of an address */
static void
recall(struct search *search, const struct event *event, int64_t at)
{
	char id[EVENT_ID] = "";
	struct recent *recent;

	if (search->recent == NULL)
		search->recent = mem_new(search->most *
		    sizeof(*search->recent));
	recent = place_for(search, event_id(event, id), at);
	if (recent == NULL)
		return;
	memcpy(recent->id, id, sizeof(id));
	recent->at = at;
}

static void
want_id_of(struct search *search, const struct event *event)
{
	if (event->queue_id != NULL)
		wanted_add(&search->keys, WANTED_QUEUE_ID, event->queue_id,
		    event->queue_id_n);
}

static bool
have_id_of(const struct search *search, const struct event *event)
{
	return event->queue_id != NULL && wanted_has(&search->keys,
	    WANTED_QUEUE_ID, event->queue_id, event->queue_id_n);
}

/* has_address - is it one of a line?  Ours has them as <a>,<b> */
static bool
has_address(const struct word *word, const struct event *event)
{
	const char *at = event->rest, *token;
	size_t n;
	bool angle;

	if (event->kind != EVENT_ORIGIN)
		return event->queue_id != NULL && word_in_line(word, at);
	while ((token = event_next_token(&at, &n, &angle)) != NULL)
		if (angle && word_is_address(word, token, n))
			return true;
	return false;
}

/* match - is that line about what was asked for?  Then its ids are wanted */
static void
match(struct search *search, const struct event *event, int64_t at)
{
	const struct word *word = search->word;
	const char *id;
	size_t n;

	if (event->queue_id != NULL &&
	    word_is_id(word, event->queue_id, event->queue_id_n))
		want_id_of(search, event);
	id = message_id_of(event, &n);
	if (id != NULL && word_is_message_id(word, id, n)) {
		want_id_of(search, event);
		wanted_add_number(&search->keys, WANTED_MID, event->mid);
	}
	if (search->first && word->may_be_address && event->queue_id != NULL &&
	    has_address(word, event))
		recall(search, event, at);
}

/* ---- what belongs to it ---- */

/* names_wanted - does a line of some other program name an id of ours? */
static bool
names_wanted(const struct search *search, const char *text)
{
	const char *token;
	size_t n;
	bool angle;

	while ((token = event_next_token(&text, &n, &angle)) != NULL)
		if (wanted_has(&search->keys, WANTED_QUEUE_ID, token, n) ||
		    (angle && wanted_has(&search->keys, WANTED_MESSAGE_ID,
		    token, n)))
			return true;
	return false;
}

/* notice_id - of a bounce: its own queue id */
static const char *
notice_id(const struct event *event, size_t *out_n)
{
	const char *at = strstr(event->rest, "notification: ");

	if (at == NULL)
		return NULL;
	*out_n = strlen(at + 14);
	return at + 14;
}

/* next_id - that a line gives to the same message, or to a notice about it */
static const char *
next_id(const struct event *event, size_t *out_n)
{
	if (event->kind == EVENT_RECIPIENT)
		return event_queued_as(event->rest, out_n);
	return event->kind == EVENT_NOTICE ? notice_id(event, out_n) : NULL;
}

/* refused - one that has no queue id: the last ones of an address */
static bool
refused(struct search *search, const struct event *event)
{
	if (!word_in_line(search->word, event->rest))
		return false;
	search->refused++;
	return !search->first &&
	    search->refused + search->most > search->refused_before;
}

/* concerns - is it about a message that is wanted? */
static bool
concerns(struct search *search, const struct logline *line,
    const struct event *event)
{
	const char *id;
	size_t n;

	if (event->kind == EVENT_NOQUEUE)
		return refused(search, event);
	if (search->keys.count == 0)
		return false;
	if (event->kind == EVENT_OTHER)
		return line->ours == NULL && names_wanted(search, line->text);
	if (event->kind >= EVENT_CONNECTED)
		return wanted_has_number(&search->keys, WANTED_DCID,
		    event->dcid);
	if (wanted_has_number(&search->keys, WANTED_MID, event->mid) ||
	    have_id_of(search, event))
		return true;
	id = next_id(event, &n);
	if (id != NULL && wanted_has(&search->keys, WANTED_QUEUE_ID, id, n))
		return true;
	id = event->queue_id != NULL ? message_id_of(event, &n) : NULL;
	return id != NULL &&
	    wanted_has(&search->keys, WANTED_MESSAGE_ID, id, n);
}

/* learn - what else it names is wanted */
static void
learn(struct search *search, const struct event *event)
{
	const char *id;
	size_t n;

	want_id_of(search, event);
	if (event->kind < EVENT_CONNECTED) {
		wanted_add_number(&search->keys, WANTED_MID, event->mid);
		wanted_add_number(&search->keys, WANTED_DCID, event->dcid);
	}
	id = next_id(event, &n);
	if (id != NULL)
		wanted_add(&search->keys, WANTED_QUEUE_ID, id, n);
	id = message_id_of(event, &n);
	if (id != NULL)
		wanted_add(&search->keys, WANTED_MESSAGE_ID, id, n);
}

/* keep - with its texts */
static void
keep(struct search *search, const struct logline *line)
{
	struct said *said = arena_new(&search->arena, sizeof(*said));
	struct logline copy = *line;

	copy.text = arena_text(&search->arena, line->ours != NULL ? line->ours :
	    line->text);
	copy.program = arena_text(&search->arena, line->program);
	copy.ours = line->ours != NULL ? copy.text : NULL;
	*said = (struct said){ .at = line->at, .order = search->count,
		.program = copy.program, .text = copy.text,
		.ours = line->ours != NULL, .asyncos = line->asyncos };
	event_read(&copy, &said->event);
	search->lines = mem_grow(search->lines, search->count + 1,
	    sizeof(*search->lines));
	search->lines[search->count++] = said;
}

/* take - one line, which is ours if our programs wrote it, whatever it says */
static bool
take(void *arg, const struct logline *given)
{
	struct search *search = arg;
	struct logline checked = *given, *line = &checked;
	struct event event;

	line->ours = told_by_us(given, search->syslog_name);
	event_read(line, &event);
	match(search, &event, line->at);
	if (concerns(search, line, &event)) {
		if (event.kind != EVENT_NOQUEUE && event.kind != EVENT_OTHER)
			learn(search, &event);
		keep(search, line);
	}
	return true;
}

static int
by_time(const void *a, const void *b)
{
	const struct said *one = *(struct said *const *)a;
	const struct said *other = *(struct said *const *)b;

	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	return one->order < other->order ? -1 : one->order > other->order;
}

/* forget - the lines of a round that was not the last */
static void
forget(struct search *search)
{
	arena_drop(&search->arena);
	search->count = 0;
	search->known = search->keys.count;
	search->refused_before = search->refused;
	search->left_out |= search->refused > search->most;
	search->refused = 0;
}

/* end_first - the last messages of an address are now known */
static void
end_first(struct search *search)
{
	for (size_t i = 0; i < search->recent_count; i++)
		search_want_id(search, search->recent[i].id);
	search->first = false;
}

/* search_run - again and again */
void
search_run(struct search *search, struct logs *logs)
{
	bool again;

	search->first = true;
	search_want_mid(search, search->word->mid);
	for (int round = 0; round < ROUNDS; round++) {
		forget(search);
		logs_each(logs, take, search);
		again = search->first && search->refused > 0;
		if (search->first)
			end_first(search);
		if (!again && search->keys.count == search->known)
			break;
	}
	if (search->count > 0)
		qsort(search->lines, search->count, sizeof(*search->lines),
		    by_time);
}

/* search_drop - lines and keys */
void
search_drop(struct search *search)
{
	wanted_drop(&search->keys);
	arena_drop(&search->arena);
	free(search->lines);
	free(search->recent);
	*search = (struct search){ .word = NULL };
}
