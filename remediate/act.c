/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/act.h"

#include <stdio.h>
#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/act_private.h"
#include "remediate/caps.h"
#include "remediate/owner/owners.h"
#include "remediate/proof/proof.h"
#include "remediate/rest.h"

#define MINUTE	INT64_C(60000)

static const char not_found[] = "Message not found in user mailbox";

/* act_delay - one minute, four, sixteen, ... */
int64_t
act_delay(unsigned attempts)
{
	enum { MOST = 6 };
	int64_t delay = MINUTE;

	for (unsigned i = 1; i < attempts && i < MOST; i++)
		delay *= 4;
	return delay;
}

/* act_pause - later and later, then once a day */
int64_t
act_pause(unsigned searches)
{
	static const unsigned minutes[] = { 1, 5, 30, 120, 360, 1440 };
	enum { COUNT = sizeof(minutes) / sizeof(*minutes) };

	return MINUTE * (searches > 0 && searches <= COUNT ?
	    minutes[searches - 1] : minutes[COUNT - 1]);
}

/* tell - what keeps us from going on */
static void
tell(const struct err *err)
{
	log_event(remediation_trouble, ESCAPE(err->text));
}

/* ---- how it ends ---- */

/* step - false: nobody may be told, for it comes again */
static bool
step(struct job *job, struct state_event *event)
{
	struct err err;

	event->action = job->todo->action.id;
	event->at = rem_now(job->rem);
	if (state_step(job->rem->state, event, &err) == 0)
		return true;
	tell(&err);
	return false;
}

static void
succeed(struct job *job)
{
	const struct state_action *action = &job->todo->action;
	struct state_event event = { .step = STATE_DONE, .text = "",
		.profile = job->profile != NULL ? job->profile->name : NULL };

	if (!step(job, &event))
		return;
	if (job->profile != NULL)
		log_event(remediation_profile,
		    (unsigned long long)action->mid, job->profile->name,
		    ESCAPE(action->recipient));
	log_event(remediation_done, (unsigned long long)action->mid,
	    conf_remedial_action(action->what),
	    ESCAPE_INSIDE(action->recipient, '\''), job->batch);
}

/* fail_until - due: when it is looked for once more all the same; 0: never */
static void
fail_until(struct job *job, const char *reason, int64_t due)
{
	const struct state_action *action = &job->todo->action;
	struct state_event event = { .step = STATE_FAILED, .text = reason,
		.due = due, .searched = reason == not_found };
	own(str) char *line = mem_format("MID %llu for %s: %s (batch %s)",
	    (unsigned long long)action->mid, ESCAPE(action->recipient),
	    ESCAPE(reason), job->batch);

	if (!step(job, &event))
		return;
	log_event(remediation_failed, (unsigned long long)action->mid,
	    conf_remedial_action(action->what),
	    ESCAPE_INSIDE(action->recipient, '\''), job->batch, ESCAPE(reason));
	rem_failed(job->rem, line);
}

static void
fail(struct job *job, const char *reason)
{
	fail_until(job, reason, 0);
}

static void
delay(struct job *job, struct state_delay *delay_)
{
	struct err err;

	delay_->action = job->todo->action.id;
	if (state_retry(job->rem->state, delay_, &err) == -1)
		tell(&err);
}

/* retry - or not any more.  What has failed already is only looked for: its next
 * time is as if it had not been found. */
static void
retry(struct job *job, const char *reason)
{
	const struct state_action *action = &job->todo->action;
	bool failed = action->step == STATE_FAILED;
	struct state_delay later = { .reason = failed ? action->reason :
		reason, .counts = !failed, .due = rem_now(job->rem) +
		(failed ? act_pause(action->searches) :
		act_delay(action->attempts + 1)) };

	if (!failed && action->attempts + 1 >=
	    job->rem->settings->conf.remediation_attempts)
		fail(job, reason);
	else
		delay(job, &later);
}

/* look_again - it is not there, or not yet: a mail may wait in a queue for days.
 * After the attempts it has failed, and people are told; it is looked for all the
 * same until it cannot arrive any more. */
static void
look_again(struct job *job)
{
	const struct state_action *action = &job->todo->action;
	const struct conf *conf = &job->rem->settings->conf;
	int64_t now = rem_now(job->rem);
	int64_t last = action->accepted + (conf->remediation_max_age <
	    PROOF_ARRIVAL ? conf->remediation_max_age : PROOF_ARRIVAL);
	unsigned searches = action->searches + 1;
	struct state_delay later = { .reason = not_found, .searched = true,
		.due = now + act_pause(searches) };

	if (action->step != STATE_FAILED &&
	    searches < conf->remediation_attempts) {
		delay(job, &later);
		return;
	}
	later.due = now >= last ? 0 : later.due < last ? later.due : last;
	if (action->step != STATE_FAILED)
		fail_until(job, not_found, later.due);
	else
		delay(job, &later);
}

/* put_off - it waits for a profile that rests, which is nobody's attempt */
static void
put_off(struct job *job, int64_t until)
{
	struct state_delay later = { .reason = job->todo->action.reason,
		.due = until };

	delay(job, &later);
}

/* conclude - no profile found it, or not all of it is done */
static void
conclude(struct job *job, const struct trouble *trouble, int64_t rests_until)
{
	if (trouble->worst == MAILBOX_LATER ||
	    trouble->worst == MAILBOX_UNFINISHED ||
	    trouble->worst == MAILBOX_LOCKED_OUT)
		retry(job, trouble->why);
	else if (rests_until > 0)
		put_off(job, rests_until);
	else if (trouble->worst == MAILBOX_NEVER ||
	    trouble->worst == MAILBOX_NOBODY)
		fail(job, trouble->why);
	else
		look_again(job);
}

/* ---- profiles ---- */

/* try_profile - all owners by one profile */
static struct trouble
try_profile(struct job *job, const struct owners *owners)
{
	struct trouble trouble = NO_TROUBLE;

	job->found = 0;
	job->moved = false;
	for (size_t i = 0; i < owners->count && !rem_stops(job->rem) &&
	    trouble.worst != MAILBOX_LATER &&
	    trouble.worst != MAILBOX_LOCKED_OUT; i++) {
		job->owner = owners->names[i];
		job->trouble = (struct trouble)NO_TROUBLE;
		job_mailbox(job);
		trouble_note(&trouble, job->trouble.worst, job->trouble.why);
	}
	return trouble;
}

/* is_harmless - what for another owner keeps it from being done for nobody */
static bool
is_harmless(enum mailbox_result result)
{
	return result == MAILBOX_DONE || result == MAILBOX_GONE ||
	    result == MAILBOX_NOBODY;
}

/* try_chain - until the message is found by one */
static void
try_chain(struct job *job, const struct profile *const *chain, size_t count,
    const struct owners *owners)
{
	struct trouble all = NO_TROUBLE;
	int64_t rests_until = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t until = rest_until(job->rem, chain[i]->name);
		struct trouble trouble;

		job->profile = chain[i];
		if (until > rem_now(job->rem)) {
			rests_until = until;
			continue;
		}
		trouble = try_profile(job, owners);
		if (rem_stops(job->rem))
			return;		/* it stays due */
		if ((job->found > 0 || job->moved) &&
		    is_harmless(trouble.worst)) {
			succeed(job);
			return;
		}
		trouble_note(&all, trouble.worst, trouble.why);
		if (job->found > 0 || job->moved)
			break;		/* the rest is for the next attempt */
		if (i + 1 < count)
			log_event(remediation_skipped, (unsigned long long)
			    job->todo->action.mid, job->profile->name,
			    ESCAPE(job->todo->action.recipient));
	}
	conclude(job, &all, rests_until);
}

/* find_chain - by the recipient's domain; 0: there is none, and it was said */
static size_t
find_chain(struct job *job, const struct profile *const **out)
{
	const struct settings *settings = job->rem->settings;
	const char *recipient = job->todo->action.recipient;
	const char *at = strrchr(recipient, '@');
	own(buf) struct buf name = BUF;
	struct err err;
	size_t count = 0;
	int got = at == NULL ? 0 :
	    maps_find(settings->domains, at + 1, &name, &err);

	if (got == -1) {
		tell(&err);
		retry(job, err.text);
		return 0;
	}
	if (got == 1)
		count = profiles_chain(settings->profiles, name.data, out);
	if (count > 0)
		return count;
	log_event(remediation_unmapped,
	    (unsigned long long)job->todo->action.mid,
	    ESCAPE(at != NULL ? at + 1 : ""));
	fail(job, "No profiles mapped for domain");
	return 0;
}

static int
find_owners(const struct job *job, struct owners *out, struct err *err)
{
	const struct settings *settings = job->rem->settings;
	const struct owners_tables tables = {
		.aliases = settings->aliases,
		.mailboxes = settings->mailboxes,
		.delimiters = settings->conf.recipient_delimiter,
		.origin = settings->origin };

	return owners_find(&tables, job->todo->action.recipient, out, err);
}

/* is_elsewhere - the service has moved it itself, before we did; that is said */
static bool
is_elsewhere(struct job *job)
{
	const struct todo *todo = job->todo;
	const struct state_piece_query query = { .step = -1,
		.action = todo->action.id, .limit = 1 };
	struct state_event event = { .step = STATE_ELSEWHERE,
		.text = todo->message.action };
	struct piece_list list;
	struct err err;
	bool ours;

	if (!api_has_moved(todo->message.action) || todo->action.forwarded)
		return false;
	if (piece_find(job->rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return true;
	}
	ours = list.count > 0;
	piece_drop(&list);
	if (!ours && step(job, &event))
		log_event(remediation_elsewhere,
		    (unsigned long long)todo->action.mid,
		    ESCAPE_INSIDE(todo->action.recipient, '\''),
		    ESCAPE_INSIDE(todo->message.action, '\''));
	return !ours;
}

/* act_on - one action */
static void
act_on(struct remediator *rem, struct todo *todo)
{
	struct job job = { .rem = rem, .todo = todo,
		.trouble = NO_TROUBLE };
	const struct profile *const *chain;
	struct owners owners;
	struct err err;
	size_t count;

	/* it waits for the end of an undo, or for undo_withdrawn() */
	if (todo->message.withdrawn || *todo->action.undoing != '\0' ||
	    is_elsewhere(&job))
		return;
	if (todo_batch(rem->state, todo->action.batch, job.batch,
	    sizeof(job.batch), &err) == -1)
		tell(&err);
	/* one mail for all recipients: another one's may have been sent */
	if (!job_deletes(&job) && todo->action.forwarded) {
		succeed(&job);
		return;
	}
	count = find_chain(&job, &chain);
	if (count == 0)
		return;
	if (find_owners(&job, &owners, &err) == -1) {
		if (err.kind == ERR_NEVER)
			fail(&job, err.text);
		else
			retry(&job, err.text);
		return;
	}
	try_chain(&job, chain, count, &owners);
	owners_drop(&owners);
}

/* act_action - as it is now: another recipient's may have forwarded it */
void
act_action(struct remediator *rem, int64_t id)
{
	const struct state_query query = { .step = -1, .action = id,
		.due = rem_now(rem) };
	struct todo_list list;
	struct err err;

	if (todo_find(rem->state, &query, &list, &err) == -1)
		tell(&err);
	else if (list.count == 1)
		act_on(rem, &list.items[0]);
	todo_drop(&list);
}

/* act_turn - all that is due */
void
act_turn(struct remediator *rem)
{
	const struct state_query query = { .step = -1, .due = rem_now(rem),
		.unpaused = true };
	struct todo_list list;
	struct err err;

	if (rem->held || caps_paused(rem))
		return;
	if (todo_find(rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return;
	}
	for (size_t i = 0; i < list.count && !rem_gives_way(rem); i++)
		act_action(rem, list.items[i].action.id);
	todo_drop(&list);
}
