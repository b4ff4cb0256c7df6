/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "history/find.h"
#include "remediate/proof/join.h"
#include "remediate/proof/message_id.h"
#include "remediate/plan_private.h"
#include "remediate/todo.h"
#include "remediate/undo.h"

enum { DAY_MS = 86400000, ROWS_MAX = 1000 };

/* tell - what keeps something from being decided now */
static void
tell(const struct err *err)
{
	log_event(remediation_trouble, ESCAPE(err->text));
}

/* see_unknown - a word that we do not know is told once, ever */
static void
see_unknown(const struct remediator *rem, const char *word)
{
	own(str) char *name = mem_format("word.%.60s", word);
	own(str) char *seen = NULL;
	struct err err;

	if (state_noted(rem->state, name, &seen, &err) == -1 ||
	    *seen != '\0')
		return;
	log_event(verdict_unknown, ESCAPE_INSIDE(word, '\''));
	(void)state_note(rem->state, name, "1", &err);
}

static void
note_that(void *arg, const struct state_message *message)
{
	(void)message;
	*(bool *)arg = true;
}

/* is_known - was it ever a threat? */
static bool
is_known(const struct remediator *rem, const char *id)
{
	const struct state_message_query query = { .id = id, .limit = 1 };
	bool known = false;
	struct err err;

	return state_messages(rem->state, &query, note_that, &known, &err) !=
	    -1 && known;
}

/* plan_see - note it; what is harmless, and always was, is not kept */
void
plan_see(void *arg, const struct api_message *message)
{
	struct remediator *rem = arg;
	enum state_news news;
	struct err err;

	if (message->verdict == API_UNKNOWN) {
		if (*message->word != '\0')
			see_unknown(rem, message->word);
		return;
	}
	if (message->verdict < API_SCAM && !is_known(rem, message->id))
		return;
	if (state_see(rem->state, message, rem_now(rem), &news, &err) == 0)
		return;
	rem->missed = true;
	tell(&err);
}

/* ---- what may be acted on at all ---- */

static bool
is_wanted(const char *words, const char *word)
{
	size_t length = strlen(word), n;

	for (; *words != '\0'; words += n) {
		words += strspn(words, ", \t");
		n = strcspn(words, ", \t");
		if (n > 0 && n == length && strncmp(words, word, n) == 0)
			return true;
	}
	return false;
}

static const char *
name_of(enum api_verdict verdict)
{
	switch (verdict) {
	case API_BEC:
		return "bec";
	case API_SCAM:
		return "scam";
	case API_PHISHING:
		return "phishing";
	case API_MALICIOUS:
		return "malicious";
	default:
		return "";
	}
}

/* plan_verdict_fault - NULL: it may */
const char *
plan_verdict_fault(const struct conf *conf,
    const struct state_message *message, int64_t now)
{
	const char *name = name_of(message->verdict);

	if (*name == '\0' || !is_wanted(conf->remediation_verdicts, name))
		return "remediation_verdicts has not that verdict";
	if (conf->remediation_scope == CONF_SCOPE_RETRO && !message->retro)
		return "it is no retrospective verdict (remediation_scope)";
	if (message->timestamp < now - conf->remediation_max_age)
		return "it is older than remediation_max_age";
	return message_id_fault(message->message_id);
}

/* ---- what the history knows ---- */

struct rows {
	struct join_row	*items;
	size_t		 count;
	const char	*message_id;
	struct arena	 arena;
};

static void
add_row(void *arg, const struct history_row *row)
{
	struct rows *rows = arg;
	const struct envelope *envelope = &row->envelope;
	const char **recipients;
	struct join_row *out;

	/* The history also finds an id without its brackets.  A row without a
	 * sum was not written by tdc-forwarder when it sent the copy, but
	 * imported from a log, where others may write, too: it proves nothing. */
	if (strcmp(envelope->message_id, rows->message_id) != 0 ||
	    *row->fate.header_sum == '\0')
		return;
	rows->items = mem_grow(rows->items, rows->count + 1,
	    sizeof(*rows->items));
	recipients = arena_new(&rows->arena,
	    (envelope->recipient_count + 1) * sizeof(*recipients));
	for (size_t i = 0; i < envelope->recipient_count; i++)
		recipients[i] = arena_text(&rows->arena,
		    envelope->recipients[i]);
	out = &rows->items[rows->count++];
	*out = (struct join_row){ .mid = envelope->mid,
	    .queue_id = arena_text(&rows->arena, envelope->queue_id),
	    .client = arena_text(&rows->arena, envelope->client_addr),
	    .fields_sum = arena_text(&rows->arena, row->fate.fields_sum),
	    .accepted = envelope->accepted, .recipients = recipients,
	    .recipient_count = envelope->recipient_count };
}

/* find_rows - about the time that the API tells */
static int
find_rows(const struct remediator *rem, const struct state_message *message,
    struct rows *out, struct err *err)
{
	const struct history_query query = {
		.message_id = message->message_id,
		.since = message->timestamp - DAY_MS,
		.until = message->timestamp + DAY_MS, .limit = ROWS_MAX };
	const char *path = rem->settings->conf.history_database;

	if (*path == '\0')
		return err_set(err, ERR_LATER, "history_database is empty: "
		    "nothing can be proved without it");
	out->message_id = message->message_id;
	return history_find(path, &query, add_row, out, err) == -1 ? -1 : 0;
}

static void
rows_drop(struct rows *rows)
{
	free(rows->items);
	arena_drop(&rows->arena);
}

/* ---- named: messages of the API with this Message-ID, for a recipient ---- */

struct naming {
	const struct remediator *rem;
	const struct state_message *message;
	const char	*recipient;
	size_t		 count;
};

static void
count_named(void *arg, const struct state_message *message)
{
	struct naming *naming = arg;

	naming->count += join_names(message->mailboxes, naming->recipient);
}

static size_t
named(void *arg, const char *recipient)
{
	struct naming *naming = arg;
	const struct state_message_query query = {
		.message_id = naming->message->message_id, .threats = true,
		.since = naming->message->timestamp - DAY_MS };
	struct err err;

	naming->recipient = recipient;
	naming->count = 0;
	return state_messages(naming->rem->state, &query, count_named, naming,
	    &err) == -1 ? 0 : naming->count;
}

/* ignore - for good */
static int
ignore(struct remediator *rem, const struct state_message *message,
    const char *reason, struct err *err)
{
	log_event(remediation_ignored, ESCAPE_INSIDE(message->message_id,
	    '\''), ESCAPE(message->word), reason);
	return state_planned(rem->state, message->id, reason, err);
}

/* plan_rows - of a message that may be acted on */
static int
plan_rows(struct remediator *rem, const struct state_message *message,
    const struct rows *rows, struct err *err)
{
	struct naming naming = { .rem = rem, .message = message };
	const struct join_facts facts = { message, rows->items, rows->count,
		named, &naming };
	struct join join;
	int result;

	if (rows->count == 0 && plan_is_fresh(rem, message))
		return 0;
	if (rows->count == 0)
		return ignore(rem, message, "this gateway did not journal it",
		    err);
	/* another gateway may have journaled one with the same Message-ID, and
	 * nothing else tells them apart that a sender cannot choose */
	if (!join_tells(message->client))
		return ignore(rem, message, "the API does not tell which client "
		    "it came from", err);
	join_open(&facts, &join);
	if (join.count > 0)
		result = plan_recipients(rem, message, &join, err);
	else if (join.others)
		result = plan_is_fresh(rem, message) ? 0 : ignore(rem, message,
		    "what this gateway journaled with its Message-ID came from "
		    "another client", err);
	else
		result = ignore(rem, message, "this gateway journaled it for "
		    "none of the mailboxes that the API names", err);
	join_close(&join);
	return result;
}

static int
plan_message(struct remediator *rem, const struct state_message *message,
    struct err *err)
{
	const char *fault = plan_verdict_fault(&rem->settings->conf, message,
	    rem_now(rem));
	struct rows rows = { 0 };
	int result = -1;

	if (message->withdrawn)
		return undo_withdrawn(rem, message, err);
	if (fault != NULL)
		return ignore(rem, message, fault, err);
	if (find_rows(rem, message, &rows, err) == 0)
		result = plan_rows(rem, message, &rows, err);
	rows_drop(&rows);
	return result;
}

/* plan_turn - all that is not decided yet */
void
plan_turn(struct remediator *rem)
{
	const struct state_message_query query = { .unplanned = true };
	struct todo_list list;
	struct err err;

	if (todo_messages(rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return;
	}
	for (size_t i = 0; i < list.count && !rem_stops(rem); i++)
		if (plan_message(rem, &list.items[i].message, &err) == -1)
			tell(&err);
	todo_drop(&list);
}
