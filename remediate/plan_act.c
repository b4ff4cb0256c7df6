/* SPDX-License-Identifier: BSD-2-Clause */
/* The actions of a message that is to be remediated. */
#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/plan.h"
#include "remediate/plan_private.h"
#include "remediate/todo.h"
#include "remediate/undo.h"

static const char same_id[] = PLAN_SAME_ID;

static void
count_named(void *arg, const struct state_message *message)
{
	struct plan_naming *naming = arg;

	naming->count += join_names(message->mailboxes, naming->recipient);
}

/* plan_named - within a day of it, or later */
size_t
plan_named(void *arg, const char *recipient)
{
	enum { DAY_MS = 86400000 };
	struct plan_naming *naming = arg;
	const struct state_message_query query = {
		.message_id = naming->message->message_id, .threats = true,
		.since = naming->message->timestamp - DAY_MS };
	struct err err;

	naming->recipient = recipient;
	naming->count = 0;
	return state_messages(naming->rem->state, &query, count_named, naming,
	    &err) == -1 ? 0 : naming->count;
}

/* tell_begun - tell of a message once, with the first recipient of this turn */
static void
tell_begun(const struct remediator *rem, const struct state_action *action,
    const struct state_message *message, bool *told)
{
	if (action->step == STATE_ELSEWHERE)
		log_event(remediation_elsewhere,
		    (unsigned long long)action->mid,
		    ESCAPE_INSIDE(action->recipient, '\''),
		    ESCAPE_INSIDE(message->action, '\''));
	else if (action->step == STATE_REPORTED)
		log_event(remediation_reported,
		    (unsigned long long)action->mid,
		    ESCAPE(action->recipient), ESCAPE(message->word));
	else if (!*told)
		log_event(remediation_begun, (unsigned long long)action->mid,
		    conf_remedial_action(action->what), rem->by, rem->host,
		    rem->batch_name);
	*told = *told || action->step == STATE_DUE;
}

/* is_withdrawn - it was stopped, or undone, for that alone: what a person has
 * undone stays so */
static bool
is_withdrawn(const struct state_action *action)
{
	return (action->step == STATE_WITHDRAWN ||
	    action->step == STATE_RESTORED) &&
	    strcmp(action->reason, UNDO_WITHDRAWN) == 0;
}

/* counts - does an action under another id make this one needless?  Not when it
 * was ambiguous: there is an id more now, which may tell what is meant. */
static bool
counts(const struct state_action *action, const char *message,
    const char *queue_ids)
{
	return strcmp(action->message, message) != 0 &&
	    strcmp(action->queue_ids, queue_ids) == 0 &&
	    strcmp(action->reason, same_id) != 0 && !is_withdrawn(action);
}

/* is_done_as - the same journaled message under another id of the API, which has
 * one for each intake */
static int
is_done_as(const struct remediator *rem, const struct state_message *message,
    const struct join_recipient *recipient, bool *out, struct err *err)
{
	const struct state_query query = { .step = -1, .mid = recipient->mid,
		.recipient = recipient->address };
	struct todo_list list;

	if (todo_find(rem->state, &query, &list, err) == -1)
		return -1;
	*out = false;
	for (size_t i = 0; i < list.count; i++)
		if (counts(&list.items[i].action, message->id,
		    recipient->queue_ids))
			*out = true;
	todo_drop(&list);
	return 0;
}

/* again - it is a threat once more: what had stopped for that goes on */
static int
again(struct remediator *rem, int64_t id, struct err *err)
{
	const struct state_query query = { .step = -1, .action = id };
	struct state_event event = { .action = id, .at = rem_now(rem),
		.step = STATE_DUE, .text = "" };
	struct todo_list list;
	int result = 0;

	if (todo_find(rem->state, &query, &list, err) == -1)
		return -1;
	if (list.count == 1 && is_withdrawn(&list.items[0].action))
		result = state_step(rem->state, &event, err);
	todo_drop(&list);
	return result;
}

static int
act_for(struct remediator *rem, const struct state_message *message,
    const struct join_recipient *recipient, bool *told, struct err *err)
{
	const struct conf *conf = &rem->settings->conf;
	struct state_action action = { .message = message->id,
		.recipient = recipient->address, .mid = recipient->mid,
		.queue_ids = recipient->queue_ids, .proof = recipient->proof,
		.accepted = recipient->accepted, .reason = "",
		.what = conf->remediation_action, .made = rem_now(rem),
		.step = conf->remediation_mode == CONF_REMEDIATE_ACT ?
		    STATE_DUE : STATE_REPORTED };
	bool done = false, made;
	int64_t id;

	/* the service has done it itself */
	if (api_has_moved(message->action)) {
		action.step = STATE_ELSEWHERE;
		action.reason = message->action;
	}
	if (is_done_as(rem, message, recipient, &done, err) == -1)
		return -1;
	if (done)
		return 0;
	if (rem_batch(rem, err) == -1)
		return -1;
	action.batch = rem->batch;
	if (state_act(rem->state, &action, &id, &made, err) == -1)
		return -1;
	if (!made)
		return again(rem, id, err);
	tell_begun(rem, &action, message, told);
	return 0;
}

/* ambiguous - which message is meant cannot be told */
static int
ambiguous(struct remediator *rem, const struct state_message *message,
    const struct join_recipient *recipient, struct err *err)
{
	struct state_action action = { .message = message->id,
		.recipient = recipient->address, .mid = recipient->mid,
		.queue_ids = recipient->queue_ids, .proof = recipient->proof,
		.accepted = recipient->accepted, .reason = same_id,
		.what = rem->settings->conf.remediation_action,
		.made = rem_now(rem), .step = STATE_FAILED };
	own(str) char *line = mem_format("MID %llu for %s: %s",
	    (unsigned long long)recipient->mid, ESCAPE(recipient->address),
	    same_id);
	bool made;
	int64_t id;

	if (rem_batch(rem, err) == -1)
		return -1;
	action.batch = rem->batch;
	if (state_act(rem->state, &action, &id, &made, err) == -1)
		return -1;
	if (!made)
		return 0;
	log_event(remediation_failed, (unsigned long long)recipient->mid,
	    conf_remedial_action(action.what),
	    ESCAPE_INSIDE(recipient->address, '\''), rem->batch_name, same_id);
	rem_failed(rem, line);
	return 0;
}

/* plan_is_fresh - may the history, or the API, have more to say soon? */
bool
plan_is_fresh(const struct remediator *rem, const struct state_message *message)
{
	return rem_now(rem) - message->changed < PLAN_PATIENCE;
}

/* plan_recipients - make the actions of a message */
int
plan_recipients(struct remediator *rem, const struct state_message *message,
    const struct join *join, struct err *err)
{
	bool wait = false, told = false;

	for (size_t i = 0; i < join->count; i++) {
		const struct join_recipient *recipient = &join->recipients[i];
		int result = 0;

		if (recipient->ambiguous && plan_is_fresh(rem, message))
			wait = true;
		else if (recipient->ambiguous)
			result = ambiguous(rem, message, recipient, err);
		else
			result = act_for(rem, message, recipient, &told, err);
		if (result == -1)
			return -1;
	}
	return wait ? 0 : state_planned(rem->state, message->id, "", err);
}
