/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unbound.h>

#include "base/mem.h"
#include "base/thread.h"
#include "forward/net/probe.h"
#include "forward/net/resolver_private.h"

enum { CLASS_IN = 1, RCODE_SERVFAIL = 2 };

enum { STACK = 512 << 10 };	/* what is not used costs nothing */

static atomic_uint under_way;

/* resolver_under_way - in all resolvers */
unsigned
resolver_under_way(void)
{
	return atomic_load(&under_way);
}

/* question_free - and its answer, if that was not taken */
void
question_free(struct question *question)
{
	finding_leave(question->finding);
	free(question->name);
	free(question);
}

/* ---- a question's thread ---- */

/* question_unlink - from those that have not come to an end */
static void
question_unlink(struct question *question)
{
	*question->back = question->next;
	if (question->next != NULL)
		question->next->back = question->back;
}

/* question_done - out of the list; the lock is held, and is not afterwards.
 * The question is its round's, if there is one */
static void
question_done(struct question *question)
{
	struct resolver *resolver = question->resolver;
	struct context *context = question->context;

	question_unlink(question);
	question->done = true;
	if (question->round != NULL)
		pthread_cond_signal(&question->round->answered);
	else
		question_free(question);
	resolver_leave(resolver, context);
}

/* question_is_ours - the library could not ask */
bool
question_is_ours(int failed)
{
	return failed == UB_NOMEM || failed == UB_INITFAIL ||
	    failed == UB_PIPE;
}

/* is_silence - SERVFAIL that the library made up, since no server said
 * anything */
static bool
is_silence(const struct ub_result *result, const struct context *context)
{
	return result != NULL && result->rcode == RCODE_SERVFAIL &&
	    !result->bogus && !probe_servers(context->servers);
}

static bool
is_same(const struct question *a, const struct question *b)
{
	return a->type == b->type && a->context == b->context &&
	    strcasecmp(a->name, b->name) == 0;
}

/* put_now - has the question a thread from here on?  Not when none is free, or
 * another has one for the same; the lock is held */
static bool
put_now(struct question *question)
{
	struct question **free = NULL, **put = question->context->put;

	for (unsigned i = 0; i < CONTEXT_RUNNING; i++) {
		if (put[i] == NULL)
			free = &put[i];
		else if (is_same(put[i], question))
			return false;
	}
	if (free != NULL)
		*free = question;
	return free != NULL;
}

/* put_ends - its thread is free; the lock is held */
static void
put_ends(const struct question *question)
{
	struct question **put = question->context->put;

	while (*put != question)
		put++;
	*put = NULL;
}

/* next_waiting - the question that this thread goes on with, or NULL; the lock
 * is held */
static struct question *
next_waiting(struct resolver *resolver, const struct context *context)
{
	struct question **at = &resolver->waiting, *question;

	if (context != resolver->context || resolver->stopped)
		return NULL;
	while ((question = *at) != NULL && !put_now(question))
		at = &question->after;
	if (question != NULL) {
		*at = question->after;
		question->waits = false;
	}
	return question;
}

/* share - the answer with those that wait for the same; the lock is held.
 * Neither resolver nor context goes with them: this question has both */
static void
share(const struct question *question)
{
	struct resolver *resolver = question->resolver;
	struct question **at = &resolver->waiting, *same;

	while ((same = *at) != NULL) {
		if (!is_same(same, question)) {
			at = &same->after;
			continue;
		}
		*at = same->after;
		same->waits = false;
		same->failed = question->failed;
		same->silent = question->silent;
		same->finding = finding_hold(question->finding);
		question_unlink(same);
		resolver->users--;
		same->context->users--;
		same->context->open--;
		same->done = true;
		pthread_cond_signal(&same->round->answered);
	}
}

/* answer_one - returns the question that comes next */
static struct question *
answer_one(struct question *question)
{
	struct resolver *resolver = question->resolver;
	struct context *context = question->context;
	struct ub_result *result = NULL;
	int failed = ub_resolve(context->library, question->name,
	    question->type, CLASS_IN, &result);
	bool silent = is_silence(result, context);
	struct question *next;

	pthread_mutex_lock(&resolver->lock);
	question->failed = failed;
	question->silent = silent;
	if (failed == 0) {
		question->finding = finding_new(question->name, question->type,
		    result);
		finding_keep(context, question->finding);
	}
	if (question_is_ours(failed))
		resolver_say(resolver, RESOLVER_TROUBLE, "libunbound: %s",
		    ub_strerror(failed));
	put_ends(question);
	context->unheard = 0;
	share(question);
	next = next_waiting(resolver, context);
	question_done(question);
	return next;
}

static void *
answer(void *arg)
{
	struct question *question = arg;

	while (question != NULL)
		question = answer_one(question);
	/* nothing of it is left to do at the thread's very end, which may be
	 * the program's too */
	OPENSSL_thread_stop();
	atomic_fetch_sub(&under_way, 1);
	return NULL;
}

/* start - detached, since the thread may take long, or for ever */
static int
start(struct question *question)
{
	int failed;

	atomic_fetch_add(&under_way, 1);
	failed = thread_start(NULL, STACK, answer, question);
	if (failed != 0)
		atomic_fetch_sub(&under_way, 1);
	return failed;
}

/* ---- coming ---- */

/* question_new - among those under way; NULL: there can be none.  The lock is
 * held */
struct question *
question_new(struct resolver_round *round, const char *name, int type)
{
	struct resolver *resolver = round->resolver;
	struct context *context = resolver_hold(resolver);
	struct question *question;

	if (context == NULL) {
		resolver_say(resolver, RESOLVER_TROUBLE, "%d questions are "
		    "without an answer, no more are put", CONTEXT_QUESTIONS);
		return NULL;
	}
	question = mem_new(sizeof(*question));
	question->resolver = resolver;
	question->context = context;
	question->name = mem_text(name);
	question->type = type;
	question->round = round;
	question->next = resolver->asked;
	question->back = &resolver->asked;
	if (resolver->asked != NULL)
		resolver->asked->back = &question->next;
	resolver->asked = question;
	return question;
}

/* put_or_wait - whether a thread is to be made for it; the lock is held */
static bool
put_or_wait(struct resolver *resolver, struct question *question)
{
	struct question **at = &resolver->waiting;

	if (put_now(question))
		return true;
	while (*at != NULL)
		at = &(*at)->after;
	*at = question;
	question->waits = true;
	return false;
}

/* question_abandon - no caller waits for it any more.  One that was put goes on
 * by itself; one that waits is gone, and neither resolver nor context with it:
 * its round has the one, which has the other */
void
question_abandon(struct question *question)
{
	struct resolver *resolver = question->resolver;
	struct question **at = &resolver->waiting;

	question->round = NULL;
	if (!question->waits)
		return;
	while (*at != question)
		at = &(*at)->after;
	*at = question->after;
	question_unlink(question);
	resolver->users--;
	question->context->users--;
	question->context->open--;
	question_free(question);
}

/* not_asked - there was no thread for it */
static void
not_asked(struct question *question, int error)
{
	struct resolver *resolver = question->resolver;

	pthread_mutex_lock(&resolver->lock);
	resolver_say(resolver, RESOLVER_TROUBLE, "no thread for a question: %s",
	    strerror(error));
	question->round = NULL;
	put_ends(question);
	question->context->unheard = 0;	/* it was not the library's silence */
	question_done(question);
}

/* question_put - to the library, now or when others have come to an end */
int
question_put(struct question *question)
{
	struct resolver *resolver = question->resolver;
	bool now;
	int failed = 0;

	pthread_mutex_lock(&resolver->lock);
	now = put_or_wait(resolver, question);
	pthread_mutex_unlock(&resolver->lock);
	if (now)
		failed = start(question);
	if (failed != 0)
		not_asked(question, failed);
	return failed == 0 ? 0 : -1;
}
