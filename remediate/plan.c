/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "history/find.h"
#include "remediate/proof/fit.h"
#include "remediate/plan_private.h"
#include "remediate/todo.h"
#include "remediate/undo.h"

enum { DAY_MS = 86400000, ROWS_MAX = 1000, MAILBOXES_MAX = 200 };

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

/* note_return - the envelope sender, where it is not that of the header; by it a
 * message without a good Message-ID is known */
static int
note_return(const struct remediator *rem, const struct api_message *message,
    struct err *err)
{
	own(str) char *name = mem_format(STATE_NOTE_RETURN "%s", message->id);
	own(str) char *noted = NULL;

	if (*message->return_path == '\0' ||
	    strcmp(message->return_path, message->sender) == 0)
		return 0;
	if (state_noted(rem->state, name, &noted, err) == -1)
		return -1;
	return strcmp(noted, message->return_path) == 0 ? 0 :
	    state_note(rem->state, name, message->return_path, err);
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
	/* before it is there to be planned */
	if (note_return(rem, message, &err) == -1) {
		rem->missed = true;
		tell(&err);
		return;
	}
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
	return NULL;
}

/* ---- what the history knows ---- */

struct rows {
	struct join_row	*items;
	size_t		 count;
	bool		 more;		/* there may be others */
	struct arena	 arena;
};

static bool
is_in(const struct rows *rows, const struct envelope *envelope)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->items[i].mid == envelope->mid &&
		    strcmp(rows->items[i].queue_id, envelope->queue_id) == 0)
			return true;
	return false;
}

static void
add_row(void *arg, const struct history_row *row)
{
	struct rows *rows = arg;
	const struct envelope *envelope = &row->envelope;
	const char **recipients;
	struct join_row *out;

	/* A row without a sum was not written by tdc-forwarder when it sent the
	 * copy, but imported from a log, where others may write, too: it proves
	 * nothing. */
	if (*row->fate.header_sum == '\0' || is_in(rows, envelope))
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
	    .message_id = arena_text(&rows->arena, envelope->message_id),
	    .sender = arena_text(&rows->arena, envelope->sender),
	    .accepted = envelope->accepted, .ended = row->fate.ended,
	    .recipients = recipients,
	    .recipient_count = envelope->recipient_count };
}

/* ask_history - how many there were, or -1 */
static int
ask_history(const struct remediator *rem, const struct history_query *query,
    struct rows *out, struct err *err)
{
	return history_find(rem->settings->conf.history_database, query,
	    add_row, out, err);
}

/* find_received - all that the recipients got about that time */
static int
find_received(const struct remediator *rem,
    const struct state_message *message, struct rows *out, struct err *err)
{
	own(str) char *copy = mem_text(message->mailboxes);
	char *rest = copy, *line;
	unsigned count = 0;
	int found;

	while ((line = strsep(&rest, "\n")) != NULL) {
		const struct history_query query = { .recipient = line,
			.since = message->timestamp - FIT_DELAY,
			.until = message->timestamp + FIT_NEAR,
			.limit = ROWS_MAX };

		if (*line == '\0')
			continue;
		if (++count > MAILBOXES_MAX)
			break;
		found = ask_history(rem, &query, out, err);
		if (found == -1)
			return -1;
		out->more |= found == ROWS_MAX;
	}
	return 0;
}

/* find_rows - what it may be, about the time that the API tells */
static int
find_rows(const struct remediator *rem, const struct state_message *message,
    struct rows *out, struct err *err)
{
	const struct history_query query = {
		.message_id = message->message_id,
		.since = message->timestamp - DAY_MS,
		.until = message->timestamp + DAY_MS, .limit = ROWS_MAX };

	if (*rem->settings->conf.history_database == '\0')
		return err_set(err, ERR_LATER, "history_database is empty: "
		    "nothing can be proved without it");
	if (*message->message_id != '\0' &&
	    ask_history(rem, &query, out, err) == -1)
		return -1;
	return find_received(rem, message, out, err);
}

static void
rows_drop(struct rows *rows)
{
	free(rows->items);
	arena_drop(&rows->arena);
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

/* choose - those of the rows that are the message */
static int
choose(const struct remediator *rem, const struct state_message *message,
    struct rows *rows, enum fit *out, struct err *err)
{
	own(str) char *name = mem_format(STATE_NOTE_RETURN "%s", message->id);
	own(str) char *path = NULL;
	struct fit_facts facts = { .message = message, .rows = rows->items,
		.count = rows->count, .more = rows->more };

	if (state_noted(rem->state, name, &path, err) == -1)
		return -1;
	facts.return_path = path;
	*out = fit_choose(&facts);
	rows->count = facts.count;
	return 0;
}

/* plan_rows - of a message that may be acted on */
static int
plan_rows(struct remediator *rem, const struct state_message *message,
    struct rows *rows, struct err *err)
{
	struct plan_naming naming = { .rem = rem, .message = message };
	struct join_facts facts = { .message = message, .rows = rows->items,
		.named = plan_named, .arg = &naming };
	struct join join;
	enum fit fit;
	int result;

	if (choose(rem, message, rows, &fit, err) == -1)
		return -1;
	if (!fit_is(fit))
		return plan_is_fresh(rem, message) ? 0 :
		    ignore(rem, message, fit_word(fit), err);
	/* another gateway may have journaled one with the same Message-ID, and
	 * nothing else tells them apart that a sender cannot choose */
	if (!join_tells(message->client))
		return ignore(rem, message, "the API does not tell which client "
		    "it came from", err);
	facts.count = rows->count;
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
	for (size_t i = 0; i < list.count && !rem_gives_way(rem); i++)
		if (plan_message(rem, &list.items[i].message, &err) == -1)
			tell(&err);
	todo_drop(&list);
}
