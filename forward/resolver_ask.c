/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/probe.h"
#include "forward/resolver_private.h"

enum { CLASS_IN = 1, RCODE_SERVFAIL = 2 };

/* as AsyncOS has it */
static const char silence[] = "unable to reach nameserver on any valid IP";

enum { STACK = 512 << 10 };	/* what is not used costs nothing */

/* One look-up under way.  Who asked may go away before it ends. */
struct question {
	struct resolver	*resolver;	/* counted, and so is the context */
	struct context	*context;
	char		*name;
	int		 type;
	struct resolver_round *round;	/* that waits for it, or NULL */
	bool		 done;
	bool		 silent;	/* no name server answers */
	int		 failed;
	struct finding	*finding;	/* unless it failed */
	struct question	*next, **back;	/* among those not done */
};

static atomic_uint under_way;

/* resolver_under_way - in all resolvers */
unsigned
resolver_under_way(void)
{
	return atomic_load(&under_way);
}

/* question_free - and its answer, if nobody took that */
static void
question_free(struct question *question)
{
	finding_leave(question->finding);
	free(question->name);
	free(question);
}

/* ---- a question's thread ---- */

/* question_done - out of the list; the lock is held, and is not afterwards.
 * The question is its round's, if there is one */
static void
question_done(struct question *question)
{
	struct resolver *resolver = question->resolver;
	struct context *context = question->context;

	*question->back = question->next;
	if (question->next != NULL)
		question->next->back = question->back;
	question->done = true;
	if (question->round != NULL)
		pthread_cond_signal(&question->round->answered);
	else
		question_free(question);
	resolver_leave(resolver, context);
}

/* is_ours - the library could not ask */
static bool
is_ours(int failed)
{
	return failed == UB_NOMEM || failed == UB_INITFAIL ||
	    failed == UB_PIPE;
}

/* is_silence - SERVFAIL that the library made up, since nobody said anything */
static bool
is_silence(const struct ub_result *result, const struct context *context)
{
	return result != NULL && result->rcode == RCODE_SERVFAIL &&
	    !result->bogus && !probe_servers(context->servers);
}

static void *
answer(void *arg)
{
	struct question *question = arg;
	struct resolver *resolver = question->resolver;
	struct ub_result *result = NULL;
	int failed = ub_resolve(question->context->library, question->name,
	    question->type, CLASS_IN, &result);
	bool silent = is_silence(result, question->context);

	pthread_mutex_lock(&resolver->lock);
	question->failed = failed;
	question->silent = silent;
	if (failed == 0) {
		question->finding = finding_new(question->name, question->type,
		    result);
		finding_keep(question->context, question->finding);
	}
	if (is_ours(failed))
		resolver_say(resolver, RESOLVER_TROUBLE, "libunbound: %s",
		    ub_strerror(failed));
	question_done(question);
	/* nothing of it is left to do at the thread's very end, which may be
	 * the program's too */
	OPENSSL_thread_stop();
	atomic_fetch_sub(&under_way, 1);
	return NULL;
}

/* start - nobody waits for the thread: it may take long, or for ever */
static int
start(struct question *question)
{
	pthread_attr_t attr;
	pthread_t thread;
	int failed;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	atomic_fetch_add(&under_way, 1);
	failed = pthread_create(&thread, &attr, answer, question);
	if (failed != 0)
		atomic_fetch_sub(&under_way, 1);
	pthread_attr_destroy(&attr);
	return failed;
}

/* ---- answers ---- */

/* give - takes the finding */
static void
give(struct resolver_query *query, struct finding *finding)
{
	query->answer = (struct resolver_answer){ .finding = finding,
	    .secure = finding->result->secure };
	query->status = finding_status(finding, &query->answer.why);
	if (query->status == DNS_FOUND)
		query->answer.result = finding->result;
}

/* take - what the query's question came to */
static void
take(struct resolver_query *query)
{
	struct question *question = query->question;

	query->question = NULL;
	if (question->failed != 0) {
		query->answer = (struct resolver_answer){
		    .why = ub_strerror(question->failed) };
		/* a name that cannot be asked for exists nowhere */
		query->status = question->failed == UB_SYNTAX ? DNS_NO_NAME :
		    is_ours(question->failed) ? DNS_OURS : DNS_LATER;
	} else {
		give(query, question->finding);
		question->finding = NULL;
	}
	if (question->silent)
		query->answer.why = silence;
	question_free(question);
}

/* take_done - of the answers that have come, those not taken yet; how many;
 * the lock is held */
static size_t
take_done(struct resolver_round *round)
{
	size_t taken = 0;

	for (size_t i = 0; i < round->count; i++) {
		struct resolver_query *query = &round->queries[i];

		if (query->question != NULL && query->question->done) {
			take(query);
			taken++;
		}
	}
	return taken;
}

/* ---- questions ---- */

/* question_new - among those under way; NULL: there can be none.  The lock is
 * held */
static struct question *
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

/* not_asked - there was no thread for it */
static void
not_asked(struct question *question, int error)
{
	struct resolver *resolver = question->resolver;
	char text[96];

	pthread_mutex_lock(&resolver->lock);
	resolver_say(resolver, RESOLVER_TROUBLE, "no thread for a question: %s",
	    strerror_r(error, text, sizeof(text)));
	question->round = NULL;
	question_done(question);
}

/* find_or_ask - the answer, or a question; NULL, too: there can be none */
static struct question *
find_or_ask(struct resolver_round *round, const char *name,
    struct resolver_query *query)
{
	struct resolver *resolver = round->resolver;
	struct question *question = NULL;
	struct finding *finding;

	query->status = DNS_OURS;
	query->answer = (struct resolver_answer){ .why =
	    "too many questions" };
	pthread_mutex_lock(&resolver->lock);
	finding = finding_seek(resolver->context, name, query->type);
	if (finding == NULL)
		question = question_new(round, name, query->type);
	pthread_mutex_unlock(&resolver->lock);
	if (finding != NULL) {
		give(query, finding);
		round->at_once++;
	}
	return question;
}

static void
ask(struct resolver_round *round, const char *name,
    struct resolver_query *query)
{
	struct question *question = find_or_ask(round, name, query);
	int failed;

	query->question = question;
	if (question == NULL)
		return;
	failed = start(question);
	if (failed == 0) {
		query->status = DNS_LATER;
		return;
	}
	query->answer.why = "no thread";
	query->question = NULL;
	not_asked(question, failed);
}

/* resolver_begin - ask for each type */
void
resolver_begin(struct resolver *resolver, const char *name,
    struct resolver_round *round)
{
	pthread_condattr_t attr;

	round->resolver = resolver;
	resolver_look(resolver);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&round->answered, &attr);
	pthread_condattr_destroy(&attr);
	for (size_t i = 0; i < round->count; i++)
		ask(round, name, &round->queries[i]);
}

static bool
all_taken(const struct resolver_round *round)
{
	for (size_t i = 0; i < round->count; i++)
		if (round->queries[i].question != NULL)
			return false;
	return true;
}

/* resolver_await - one more answer */
bool
resolver_await(struct resolver_round *round, int64_t until)
{
	struct resolver *resolver = round->resolver;
	struct timespec time = { .tv_sec = until / 1000,
	    .tv_nsec = until % 1000 * 1000000 };
	size_t taken;

	pthread_mutex_lock(&resolver->lock);
	while ((taken = take_done(round)) == 0 && round->at_once == 0 &&
	    !all_taken(round) &&
	    !resolver->stopped && clock_now() < until)
		pthread_cond_timedwait(&round->answered, &resolver->lock,
		    &time);
	pthread_mutex_unlock(&resolver->lock);
	taken += round->at_once;
	round->at_once = 0;
	return taken > 0;
}

/* resolver_end - what has no answer now is abandoned */
void
resolver_end(struct resolver_round *round)
{
	struct resolver *resolver = round->resolver;

	pthread_mutex_lock(&resolver->lock);
	(void)take_done(round);
	for (size_t i = 0; i < round->count; i++) {
		struct resolver_query *query = &round->queries[i];

		if (query->question == NULL)
			continue;
		query->question->round = NULL;
		query->question = NULL;
		query->answer.why = "timeout";
	}
	pthread_mutex_unlock(&resolver->lock);
	pthread_cond_destroy(&round->answered);
}

/* resolver_drop - it may be others' too */
void
resolver_drop(struct resolver_answer *answer)
{
	answer->finding = finding_leave(answer->finding);
	answer->result = NULL;
}

/* resolver_ask - one look-up */
enum dns_status
resolver_ask(struct resolver *resolver, const char *name, int type,
    int64_t deadline, struct resolver_answer *out)
{
	struct resolver_round round = { .count = 1,
	    .queries = { { .type = type } } };

	resolver_begin(resolver, name, &round);
	(void)resolver_await(&round, deadline);
	resolver_end(&round);
	*out = round.queries[0].answer;
	return round.queries[0].status;
}

/* resolver_stop - nobody waits any longer */
void
resolver_stop(struct resolver *resolver)
{
	pthread_mutex_lock(&resolver->lock);
	resolver->stopped = true;
	for (const struct question *question = resolver->asked;
	    question != NULL; question = question->next)
		if (question->round != NULL)
			pthread_cond_signal(&question->round->answered);
	pthread_mutex_unlock(&resolver->lock);
}
