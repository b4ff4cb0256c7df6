/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/undo.h"

#include <string.h>

#include "base/log/log.h"
#include "base/own.h"
#include "remediate/pieces.h"

enum { PURGE_MOST = 500 };

/* restore_all - how many of an action's pieces are back; -1: one is not, and
 * the err says why of the first */
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

		if (piece->step != PIECE_MOVED && piece->step !=
		    PIECE_INTENDED)
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
is_open(enum state_step step)
{
	return step == STATE_SEEN || step == STATE_REPORTED ||
	    step == STATE_DUE || step == STATE_FORWARDED ||
	    step == STATE_QUARANTINED;
}

/* undo_action - put back all that was moved */
int
undo_action(const struct remediator *rem, const struct todo *todo,
    const char *by, unsigned *out_count, struct err *err)
{
	own(str) char *text = by != NULL ? mem_format("undone by %s", by) :
	    mem_text(UNDO_WITHDRAWN);
	struct state_event event = { .action = todo->action.id,
		.at = rem_now(rem), .text = text };

	*out_count = 0;
	if (restore_all(rem, todo, out_count, err) == -1)
		return -1;
	if (*out_count == 0 && !is_open(todo->action.step))
		return 0;	/* nothing came back of what is purged */
	event.step = *out_count > 0 ? STATE_RESTORED : STATE_WITHDRAWN;
	if (state_step(rem->state, &event, err) == -1)
		return -1;
	if (*out_count > 0)
		log_event(remediation_restored,
		    (unsigned long long)todo->action.mid,
		    ESCAPE_INSIDE(todo->action.recipient, '\''),
		    ESCAPE_INSIDE(by != NULL ? by : rem->by, '\''),
		    *out_count);
	return 0;
}

/* withdraw_one - as far as the configuration wants it */
static int
withdraw_one(const struct remediator *rem, const struct todo *todo,
    struct err *err)
{
	const struct state_event event = { .action = todo->action.id,
		.at = rem_now(rem), .step = STATE_WITHDRAWN,
		.text = UNDO_WITHDRAWN };
	unsigned count;

	switch (todo->action.step) {
	case STATE_SEEN:
	case STATE_REPORTED:
	case STATE_DUE:
	case STATE_FORWARDED:
	case STATE_QUARANTINED:
		/* some of it may have been moved already */
		return rem->settings->conf.remediation_restore ?
		    undo_action(rem, todo, NULL, &count, err) :
		    state_step(rem->state, &event, err);
	case STATE_DONE:
	case STATE_FAILED:
		return rem->settings->conf.remediation_restore ?
		    undo_action(rem, todo, NULL, &count, err) : 0;
	default:
		return 0;
	}
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

/* ---- purging ---- */

static int
has_pieces(const struct remediator *rem, int64_t action,
    enum state_piece_step step, bool *out, struct err *err)
{
	const struct state_piece_query query = { .action = action,
		.step = step, .limit = 1 };
	struct piece_list list;

	if (piece_find(rem->state, &query, &list, err) == -1)
		return -1;
	*out = list.count > 0;
	piece_drop(&list);
	return 0;
}

/* note_purged - an action of which nothing is left */
static int
note_purged(const struct remediator *rem, int64_t action, struct err *err)
{
	const struct state_query query = { .step = -1, .action = action };
	const struct state_event event = { .action = action,
		.at = rem_now(rem), .step = STATE_PURGED, .text = "" };
	struct todo_list list;
	bool moved, intended;
	int result = 0;

	if (has_pieces(rem, action, PIECE_MOVED, &moved, err) == -1 ||
	    has_pieces(rem, action, PIECE_INTENDED, &intended, err) == -1 ||
	    todo_find(rem->state, &query, &list, err) == -1)
		return -1;
	if (!moved && !intended && list.count == 1 &&
	    list.items[0].action.step == STATE_DONE) {
		result = state_step(rem->state, &event, err);
		log_event(remediation_purged,
		    (unsigned long long)list.items[0].action.mid,
		    ESCAPE_INSIDE(list.items[0].action.recipient, '\''));
	}
	todo_drop(&list);
	return result;
}

/* undo_purge - what was moved long ago */
void
undo_purge(struct remediator *rem)
{
	const struct state_piece_query query = { .step = PIECE_MOVED,
		.moved_before = rem_now(rem) -
		    rem->settings->conf.remediation_quarantine + 1,
		.limit = PURGE_MOST };
	struct piece_list list;
	struct err err;

	if (piece_find(rem->state, &query, &list, &err) == -1) {
		log_event(remediation_trouble, ESCAPE(err.text));
		return;
	}
	for (size_t i = 0; i < list.count && !rem_gives_way(rem); i++) {
		enum mailbox_result result = pieces_purge(rem,
		    &list.items[i], &err);

		if ((result != MAILBOX_DONE && result != MAILBOX_GONE) ||
		    note_purged(rem, list.items[i].action, &err) == -1)
			log_event(remediation_trouble, ESCAPE(err.text));
	}
	piece_drop(&list);
}
