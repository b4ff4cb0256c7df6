/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/undo.h"

#include <string.h>

#include "base/log/log.h"
#include "base/own.h"
#include "remediate/pieces.h"

#define HOUR	INT64_C(3600000)
#define DAY	(24 * HOUR)
#define API_REACH (90 * DAY)	/* what is younger the API may name again */

enum { PURGE_MOST = 500, FORGET_MOST = 1000 };

static const char undone_by[] = "undone by ";

static void
tell(const struct err *err)
{
	log_event(remediation_trouble, ESCAPE(err->text));
}

/* is_away - or may be: somebody has to look */
static bool
is_away(enum state_piece_step step)
{
	return step == PIECE_MOVED || step == PIECE_INTENDED ||
	    step == PIECE_RETURNING;
}

/* restore_all - how many of an action's pieces are back, also by an undo that was
 * cut short; -1: one is not, and the err says why of the first */
static int
restore_all(const struct remediator *rem, const struct todo *todo,
    unsigned *count, struct err *err)
{
	const struct state_piece_query query = { .action = todo->action.id,
		.step = -1 };
	struct piece_list list;
	int result = 0;

	if (piece_find(rem->state, &query, &list, err) == -1)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		const struct state_piece *piece = &list.items[i];
		struct err why;

		*count += piece->step == PIECE_RETURNED;
		if (!is_away(piece->step))
			continue;
		switch (pieces_restore(rem, piece, todo->message.message_id,
		    &why)) {
		case MAILBOX_DONE:
			++*count;
			break;
		case MAILBOX_GONE:
			break;
		default:
			if (result == 0)
				*err = why;
			result = -1;
		}
	}
	piece_drop(&list);
	return result;
}

/* is_open - may it still be done? */
static bool
is_open(const struct state_action *action)
{
	return action->step == STATE_SEEN || action->step == STATE_REPORTED ||
	    action->step == STATE_DUE || action->step == STATE_FORWARDED ||
	    action->step == STATE_QUARANTINED || action->due > 0;
}

/* undo - and text is the reason */
static int
undo(const struct remediator *rem, const struct todo *todo, const char *text,
    unsigned *out_count, struct err *err)
{
	const size_t n = sizeof(undone_by) - 1;
	const char *by = strncmp(text, undone_by, n) == 0 ? text + n : rem->by;
	struct state_event event = { .action = todo->action.id,
		.at = rem_now(rem), .text = text };

	*out_count = 0;
	if (state_undo(rem->state, event.action, text, err) == -1 ||
	    restore_all(rem, todo, out_count, err) == -1)
		return -1;
	if (*out_count == 0 && !is_open(&todo->action))
		/* nothing came back of what is purged */
		return state_undo(rem->state, event.action, "", err);
	event.step = *out_count > 0 ? STATE_RESTORED : STATE_WITHDRAWN;
	if (state_step(rem->state, &event, err) == -1)
		return -1;
	if (*out_count > 0)
		log_event(remediation_restored,
		    (unsigned long long)todo->action.mid,
		    ESCAPE_INSIDE(todo->action.recipient, '\''),
		    ESCAPE_INSIDE(by, '\''), *out_count);
	return 0;
}

/* undo_action - put back all that was moved */
int
undo_action(const struct remediator *rem, const struct todo *todo,
    const char *by, unsigned *out_count, struct err *err)
{
	own(str) char *text = by != NULL ? mem_format("%s%s", undone_by, by) :
	    mem_text(UNDO_WITHDRAWN);

	return undo(rem, todo, text, out_count, err);
}

/* withdraw_one - as far as the configuration wants it */
static int
withdraw_one(const struct remediator *rem, const struct todo *todo,
    struct err *err)
{
	const struct state_event event = { .action = todo->action.id,
		.at = rem_now(rem), .step = STATE_WITHDRAWN,
		.text = UNDO_WITHDRAWN };
	enum state_step step = todo->action.step;
	bool open = is_open(&todo->action);
	unsigned count;

	if (!open && step != STATE_DONE && step != STATE_FAILED)
		return 0;
	/* what a person undoes stays undone, whatever verdicts follow */
	if (strncmp(todo->action.undoing, undone_by, sizeof(undone_by) - 1) ==
	    0)
		return 0;
	/* of what is open some may have been moved already */
	if (rem->settings->conf.remediation_restore)
		return undo_action(rem, todo, NULL, &count, err);
	return open ? state_step(rem->state, &event, err) : 0;
}

/* undo_withdrawn - of a message that is no threat any more */
int
undo_withdrawn(const struct remediator *rem,
    const struct state_message *message, struct err *err)
{
	const struct state_query query = { .step = -1,
		.message = message->id };
	struct todo_list list;
	int result = 0;

	if (todo_find(rem->state, &query, &list, err) == -1)
		return -1;
	if (list.count > 0)
		log_event(remediation_withdrawn, ESCAPE_INSIDE(
		    message->message_id, '\''), ESCAPE(message->word));
	for (size_t i = 0; i < list.count; i++)
		if (withdraw_one(rem, &list.items[i], err) == -1)
			result = -1;
	todo_drop(&list);
	return result == -1 ? -1 :
	    state_planned(rem->state, message->id, UNDO_WITHDRAWN, err);
}

/* again - its verdict has come back while it was put back for want of one */
static int
again(const struct remediator *rem, const struct todo *todo, struct err *err)
{
	const struct state_event event = { .action = todo->action.id,
		.at = rem_now(rem), .step = STATE_DUE, .text = "" };

	return strcmp(todo->action.undoing, UNDO_WITHDRAWN) == 0 &&
	    !todo->message.withdrawn ?
	    state_step(rem->state, &event, err) : 0;
}

/* go_on - with what was cut short */
static void
go_on(struct remediator *rem)
{
	const struct state_query query = { .step = -1, .undoing = true };
	struct todo_list list;
	struct err err;

	if (todo_find(rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return;
	}
	for (size_t i = 0; i < list.count && !rem_gives_way(rem); i++) {
		const struct todo *todo = &list.items[i];
		unsigned count;

		if (undo(rem, todo, todo->action.undoing, &count, &err) == -1 ||
		    again(rem, todo, &err) == -1)
			tell(&err);
	}
	todo_drop(&list);
}

/* ---- purging ---- */

/* tell_purged - of an action of which nothing is left */
static int
tell_purged(const struct remediator *rem, int64_t action, struct err *err)
{
	const struct state_query query = { .step = -1, .action = action };
	struct todo_list list;

	if (todo_find(rem->state, &query, &list, err) == -1)
		return -1;
	if (list.count == 1)
		log_event(remediation_purged,
		    (unsigned long long)list.items[0].action.mid,
		    ESCAPE_INSIDE(list.items[0].action.recipient, '\''));
	todo_drop(&list);
	return 0;
}

/* purge_one - what cannot be purged now waits, ever longer, behind the others */
static int
purge_one(const struct remediator *rem, const struct state_piece *piece,
    int64_t lived, struct err *err)
{
	enum { LONGEST = 24 };		/* hours */
	bool last = false;
	enum mailbox_result result = pieces_purge(rem, piece, &last, err);
	int64_t hours = piece->tries < 5 ? INT64_C(1) << piece->tries :
	    LONGEST;

	if (result == MAILBOX_DONE || result == MAILBOX_GONE)
		return last ? tell_purged(rem, piece->action, err) : 0;
	tell(err);
	return state_piece_later(rem->state, piece->id, lived + hours * HOUR,
	    err);
}

/* purge - what was moved long ago */
static void
purge(struct remediator *rem, int64_t lived)
{
	const struct state_piece_query query = { .step = PIECE_MOVED,
		.purge = true, .now = lived, .limit = PURGE_MOST,
		.lived = lived - rem->settings->conf.remediation_quarantine };
	struct piece_list list;
	struct err err;

	if (piece_find(rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return;
	}
	for (size_t i = 0; i < list.count && !rem_gives_way(rem); i++)
		if (purge_one(rem, &list.items[i], lived, &err) == -1)
			tell(&err);
	piece_drop(&list);
}

/* ---- forgetting ---- */

static void
forget(const struct remediator *rem, int64_t lived)
{
	const struct state_age age = { .timestamp = rem_now(rem) - API_REACH,
		.lived = lived - rem->settings->conf.remediation_lifetime,
		.most = FORGET_MOST };
	unsigned count;
	struct err err;

	if (state_forget(rem->state, &age, &count, &err) == -1)
		tell(&err);
	else if (count > 0)
		log_event(remediation_forgotten, count);
}

/* ---- a turn ---- */

/* undo_span - the most that counts */
int64_t
undo_span(const struct conf *conf)
{
	int64_t span = conf->remediation_quarantine / 4;

	return span < 2 * HOUR ? 2 * HOUR : span > DAY ? DAY : span;
}

/* undo_turn - what time brings */
void
undo_turn(struct remediator *rem)
{
	int64_t lived, lost;
	struct err err;

	go_on(rem);
	if (state_tick(rem->state, rem_now(rem),
	    undo_span(&rem->settings->conf), &lived, &lost, &err) == -1) {
		tell(&err);
		return;
	}
	if (lost >= HOUR)
		log_event(remediation_clock, (unsigned)(lost / HOUR));
	purge(rem, lived);
	forget(rem, lived);
}
