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
#include "remediate/rest.h"

static const char not_found[] = "Message not found in user mailbox";

/* act_delay - one minute, four, sixteen, ... */
int64_t
act_delay(unsigned attempts)
{
	enum { MINUTE = 60000, MOST = 6 };
	int64_t delay = MINUTE;

	for (unsigned i = 1; i < attempts && i < MOST; i++)
		delay *= 4;
	return delay;
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
step(struct job *job, enum state_step step_, const char *reason)
{
	const struct state_event event = { .action = job->todo->action.id,
		.at = rem_now(job->rem), .step = step_, .text = reason };
	struct err err;

	if (state_step(job->rem->state, &event, &err) == 0)
		return true;
	tell(&err);
	return false;
}

static void
succeed(struct job *job)
{
	const struct state_action *action = &job->todo->action;
	struct err err;

	if (job->profile != NULL && state_profile(job->rem->state, action->id,
	    job->profile->name, &err) == -1)
		tell(&err);
	if (!step(job, STATE_DONE, ""))
		return;
	if (job->profile != NULL)
		log_event(remediation_profile,
		    (unsigned long long)action->mid, job->profile->name,
		    ESCAPE(action->recipient));
	log_event(remediation_done, (unsigned long long)action->mid,
	    conf_remedial_action(action->what),
	    ESCAPE_INSIDE(action->recipient, '\''), job->batch);
}

static void
fail(struct job *job, const char *reason)
{
	const struct state_action *action = &job->todo->action;
	own(str) char *line = mem_format("MID %llu for %s: %s (batch %s)",
	    (unsigned long long)action->mid, ESCAPE(action->recipient),
	    ESCAPE(reason), job->batch);

	if (!step(job, STATE_FAILED, reason))
		return;
	log_event(remediation_failed, (unsigned long long)action->mid,
	    conf_remedial_action(action->what),
	    ESCAPE_INSIDE(action->recipient, '\''), job->batch, ESCAPE(reason));
	rem_failed(job->rem, line);
}

/* retry - or not any more */
static void
retry(struct job *job, const char *reason)
{
	const struct state_action *action = &job->todo->action;
	struct state_delay delay = { .action = action->id, .reason = reason,
		.counts = true };
	struct err err;

	if (action->attempts + 1 >=
	    job->rem->settings->conf.remediation_attempts) {
		fail(job, reason);
		return;
	}
	delay.due = rem_now(job->rem) + act_delay(action->attempts + 1);
	if (state_retry(job->rem->state, &delay, &err) == -1)
		tell(&err);
}

/* put_off - it waits for a profile that rests, which is nobody's attempt */
static void
put_off(struct job *job, int64_t until)
{
	const struct state_delay delay = { .action = job->todo->action.id,
		.reason = job->todo->action.reason, .due = until };
	struct err err;

	if (state_retry(job->rem->state, &delay, &err) == -1)
		tell(&err);
}

/* conclude - no profile found it, or not all of it is done */
static void
conclude(struct job *job, const struct trouble *trouble, int64_t rests_until)
{
	if (trouble->worst == MAILBOX_LATER ||
	    trouble->worst == MAILBOX_LOCKED_OUT)
		retry(job, trouble->why);
	else if (rests_until > 0)
		put_off(job, rests_until);
	else if (trouble->worst == MAILBOX_NEVER ||
	    trouble->worst == MAILBOX_NOBODY)
		fail(job, trouble->why);
	else
		retry(job, not_found);
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

/* tell_skipped - when another profile follows */
static void
tell_skipped(const struct job *job)
{
	log_event(remediation_skipped,
	    (unsigned long long)job->todo->action.mid, job->profile->name,
	    ESCAPE(job->todo->action.recipient));
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
			tell_skipped(job);
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

static void
copy_name(void *arg, const struct state_batch *batch)
{
	struct job *job = arg;

	snprintf(job->batch, sizeof(job->batch), "%s", batch->name);
}

static void
name_batch(struct job *job)
{
	own(str) char *number = mem_format("%lld",
	    (long long)job->todo->action.batch);
	struct err err;

	if (state_batches(job->rem->state, number, 0, copy_name, job, &err) ==
	    -1)
		tell(&err);
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

	/* it waits for undo_withdrawn(), which did not come to its end */
	if (todo->message.withdrawn)
		return;
	name_batch(&job);
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

	if (todo_find(rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return;
	}
	if (list.count == 1)
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
