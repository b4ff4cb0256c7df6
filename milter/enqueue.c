/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/enqueue.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log/log.h"
#include "base/own.h"

/* target_for - the one of this intake address, made when there is none.
 * Intake addresses are told apart as they are written: a local part may
 * know upper and lower case. */
static struct target *
target_for(struct target **list, const struct decision *decision,
    size_t recipient_count, struct arena *arena)
{
	struct target *target;

	for (; *list != NULL; list = &(*list)->next)
		if (strcmp((*list)->intake, decision->intake) == 0)
			return *list;
	target = arena_new(arena, sizeof(*target));
	target->intake = arena_text(arena, decision->intake);
	target->policy = arena_text(arena, decision->name);
	target->recipients = arena_new(arena,
	    recipient_count * sizeof(*target->recipients));
	return *list = target;
}

static int
by_address_and_place(const void *a, const void *b)
{
	const struct recipient *x = *(const struct recipient *const *)a;
	const struct recipient *y = *(const struct recipient *const *)b;
	int order = strcmp(x->plain, y->plain);

	return order != 0 ? order : (x > y) - (x < y);
}

/* distinct - the recipients without those that a client gave before; Postfix
 * delivers to each once, and so a report names each once.  In order. */
static const struct recipient *
distinct(const struct recipient *recipients, size_t *count,
    struct arena *arena)
{
	const struct recipient **sorted;
	struct recipient *out;
	size_t n = 0;

	if (*count < 2)
		return recipients;
	sorted = arena_new(arena, *count * sizeof(*sorted));
	out = arena_new(arena, *count * sizeof(*out));
	for (size_t i = 0; i < *count; i++) {
		sorted[i] = &recipients[i];
		out[i] = recipients[i];
	}
	qsort(sorted, *count, sizeof(*sorted), by_address_and_place);
	for (size_t i = 1; i < *count; i++)
		if (strcmp(sorted[i - 1]->plain, sorted[i]->plain) == 0)
			out[sorted[i] - recipients].plain = NULL;
	for (size_t i = 0; i < *count; i++)
		if (out[i].plain != NULL)
			out[n++] = out[i];
	*count = n;
	return out;
}

/* refuse - one recipient gets no copy; decision: NULL for an intake address */
static void
refuse(struct doubts *doubts, const struct recipient *recipient,
    const struct decision *decision, struct arena *arena)
{
	struct refusal *refusal = &doubts->refused[doubts->refused_count++];

	refusal->recipient = recipient->plain;
	refusal->is_intake = decision == NULL;
	if (decision != NULL && decision->table != NULL)
		refusal->policy = arena_text(arena, decision->name);
}

/* decide - for one recipient */
static void
decide(const struct policy *policy, const struct facts *facts,
    const struct recipient *recipient, struct decision *out)
{
	policy_decide(policy, facts, recipient->address, out);
	if (*out->trouble != '\0')
		log_event(check_trouble, out->trouble);
}

/* targets_decide - ask the policy for every recipient */
struct target *
targets_decide(const struct policy *policy, const struct facts *facts,
    struct message *message, struct doubts *out)
{
	struct arena *arena = &message->arena;
	size_t count = message->recipient_count;
	const struct recipient *recipients = distinct(message->recipients,
	    &count, arena);
	struct target *list = NULL;

	*out = (struct doubts){ .only_intakes = count > 0 };
	out->refused = arena_new(arena, count * sizeof(*out->refused));
	for (size_t i = 0; i < count; i++) {
		struct decision decision;
		struct target *target;

		if (policy_is_intake(policy, recipients[i].plain)) {
			refuse(out, &recipients[i], NULL, arena);
			continue;
		}
		out->only_intakes = false;
		decide(policy, facts, &recipients[i], &decision);
		if (decision.journal) {
			target = target_for(&list, &decision, count - i, arena);
			target->recipients[target->recipient_count++] =
			    recipients[i].plain;
		} else if (*decision.trouble != '\0') {
			out->lost = arena_text(arena, decision.trouble);
		} else {
			refuse(out, &recipients[i], &decision, arena);
		}
	}
	return list;
}

/* recipient_list - "<a>,<b>", and how many more when it gets long */
static void
recipient_list(const struct target *target, struct buf *out)
{
	enum { LONG = 600 };

	for (size_t i = 0; i < target->recipient_count; i++) {
		struct escaped text;

		if (out->len > LONG) {
			buf_format(out, " and %zu more",
			    target->recipient_count - i);
			return;
		}
		buf_format(out, "%s<%s>", i > 0 ? "," : "",
		    escape_inside(&text, target->recipients[i], '>'));
	}
}

/* envelope_for - of the copy for one target */
static struct envelope
envelope_for(const struct target *target, const struct envelope *common,
    uint64_t mid)
{
	struct envelope envelope = *common;

	envelope.mid = mid;
	envelope.intake = target->intake;
	envelope.policy = target->policy;
	envelope.recipients = target->recipients;
	envelope.recipient_count = target->recipient_count;
	return envelope;
}

static void
tell(const struct target *target, const struct envelope *common)
{
	own(buf) struct buf to = BUF;

	recipient_list(target, &to);
	log_event(enqueued, (unsigned long long)target->mid,
	    ESCAPE_INSIDE(common->message_id, '\''), log_name(),
	    ESCAPE(target->intake));
	log_event(origin, (unsigned long long)target->mid,
	    common->queue_id, ESCAPE_INSIDE(common->sender, '>'), to.data,
	    ESCAPE(target->policy),
	    (unsigned long long)common->length);
}

/* enqueue_copy - make the copy for one target durable, and count it */
static int
enqueue_copy(struct service *service, struct draft *draft,
    struct target *target, const struct envelope *common, struct err *err)
{
	uint64_t mid = counters_next_mid(service->counters);
	struct envelope envelope = envelope_for(target, common, mid);

	/* Counted first: the forwarder may have it delivered, and counted,
	 * before this thread runs again, and a kill may come between. */
	counter_add(service->counters, COUNT_ENQUEUED, 1);
	if (draft_commit(draft, &envelope, err) == 0) {
		target->mid = mid;
		return 0;
	}
	counter_take(service->counters, COUNT_ENQUEUED, 1);
	return -1;
}

/* uncount - those that were made, and are taken back */
static void
uncount(struct service *service, struct target *targets)
{
	for (struct target *target = targets; target != NULL;
	    target = target->next)
		if (target->mid != 0)
			counter_take(service->counters, COUNT_ENQUEUED, 1);
}

/* name_lost - which of several copies could not be made, if some could: of the
 * last of them err says why */
static void
name_lost(const struct target *targets, struct err *err)
{
	const struct target *lost = NULL;
	unsigned count = 0, made = 0;

	for (; targets != NULL; targets = targets->next)
		if (targets->mid != 0) {
			made++;
		} else {
			lost = targets;
			count++;
		}
	if (made > 0 && count == 1)
		err_wrap(err, "the one to %s", ESCAPE(lost->intake));
	else if (made > 0)
		err_wrap(err, "%u of %u", count, count + made);
}

/* enqueue_copies - one for each target */
int
enqueue_copies(struct service *service, struct draft *draft,
    struct target *targets, const struct envelope *common, bool all_or_none,
    struct err *err)
{
	int result = 0;

	if (all_or_none)
		draft_all_or_none(draft);
	for (struct target *target = targets; target != NULL;
	    target = target->next) {
		if (enqueue_copy(service, draft, target, common, err) == 0)
			continue;
		result = -1;
		if (all_or_none) {
			uncount(service, targets);
			return -1;
		}
	}
	for (struct target *target = targets; target != NULL;
	    target = target->next)
		if (target->mid != 0)
			tell(target, common);
	if (result == -1)
		name_lost(targets, err);
	return result;
}
