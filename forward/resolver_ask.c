/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/resolver_private.h"

enum { CLASS_IN = 1, RCODE_NOERROR = 0, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* One look-up under way.  Who asked may go away before the answer comes. */
struct question {
	struct resolver	*resolver;
	struct resolver_round *round;	/* that waits for it, or NULL */
	bool		 done;
	int		 failed;
	struct ub_result *result;
	struct question	*next, **back;	/* among those not done */
};

/* question_free - and its answer, if nobody took that */
static void
question_free(struct question *question)
{
	if (question->result != NULL)
		ub_resolve_free(question->result);
	free(question);
}

/* resolver_forget - those without an answer */
void
resolver_forget(struct resolver *resolver)
{
	struct question *question, *next;

	for (question = resolver->open; question != NULL; question = next) {
		next = question->next;
		question_free(question);
	}
}

/* ---- answers ---- */

/* question_done - out of the list; the lock is held */
static void
question_done(struct question *question)
{
	*question->back = question->next;
	if (question->next != NULL)
		question->next->back = question->back;
	question->done = true;
}

/* on_answer - called by ub_process(); takes the result */
static void
on_answer(void *arg, int failed, struct ub_result *result)
{
	struct question *question = arg;
	struct resolver *resolver = question->resolver;
	bool abandoned;

	pthread_mutex_lock(&resolver->lock);
	question->failed = failed;
	question->result = result;
	question_done(question);
	abandoned = question->round == NULL;
	if (!abandoned)
		pthread_cond_signal(&question->round->answered);
	pthread_mutex_unlock(&resolver->lock);
	if (abandoned)
		question_free(question);
}

static enum dns_status
status_of(const struct ub_result *result, const char **why)
{
	if (result->havedata && !result->bogus)
		return DNS_FOUND;
	if (result->bogus)
		*why = "DNSSEC validation failed";
	else if (result->nxdomain || result->rcode == RCODE_NXDOMAIN)
		*why = "NXDomain";
	else if (result->rcode == RCODE_NOERROR)
		*why = "NoData";
	else
		*why = result->rcode == RCODE_REFUSED ? "REFUSED" : "SERVFAIL";
	if (result->bogus || (result->rcode != RCODE_NOERROR &&
	    result->rcode != RCODE_NXDOMAIN))
		return DNS_LATER;
	return result->nxdomain ? DNS_NO_NAME : DNS_NO_DATA;
}

/* take - what the query's question came to */
static void
take(struct resolver_query *query)
{
	struct question *question = query->question;

	query->question = NULL;
	query->answer = (struct resolver_answer){ .result = NULL };
	if (question->failed != 0) {
		query->answer.why = ub_strerror(question->failed);
		/* a name that cannot be asked for exists nowhere */
		query->status = question->failed == UB_SYNTAX ? DNS_NO_NAME :
		    DNS_LATER;
	} else {
		query->answer.secure = question->result->secure;
		query->status = status_of(question->result,
		    &query->answer.why);
	}
	if (query->status == DNS_FOUND) {
		query->answer.result = question->result;
		question->result = NULL;
	}
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

/* question_new - among those under way; NULL: there can be none */
static struct question *
question_new(struct resolver_round *round)
{
	struct resolver *resolver = round->resolver;
	struct question *question = NULL;

	pthread_mutex_lock(&resolver->lock);
	if (resolver_start(resolver)) {
		question = mem_new(sizeof(*question));
		question->resolver = resolver;
		question->round = round;
		question->next = resolver->open;
		question->back = &resolver->open;
		if (resolver->open != NULL)
			resolver->open->back = &question->next;
		resolver->open = question;
	}
	pthread_mutex_unlock(&resolver->lock);
	return question;
}

static void
ask(struct resolver_round *round, const char *name,
    struct resolver_query *query)
{
	struct resolver *resolver = round->resolver;
	struct question *question = question_new(round);
	int failed;

	query->status = DNS_LATER;
	query->answer = (struct resolver_answer){ .why = "no thread" };
	query->question = question;
	if (question == NULL)
		return;
	failed = ub_resolve_async(resolver->context, name, query->type,
	    CLASS_IN, question, on_answer, NULL);
	if (failed == 0)
		return;
	pthread_mutex_lock(&resolver->lock);
	question->failed = failed;
	question_done(question);
	pthread_mutex_unlock(&resolver->lock);
}

/* resolver_begin - ask for each type */
void
resolver_begin(struct resolver *resolver, const char *name,
    struct resolver_round *round)
{
	pthread_condattr_t attr;

	round->resolver = resolver;
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
	while ((taken = take_done(round)) == 0 && !all_taken(round) &&
	    !resolver->stopped && clock_now() < until)
		pthread_cond_timedwait(&round->answered, &resolver->lock,
		    &time);
	pthread_mutex_unlock(&resolver->lock);
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
	for (const struct question *question = resolver->open;
	    question != NULL; question = question->next)
		if (question->round != NULL)
			pthread_cond_signal(&question->round->answered);
	pthread_mutex_unlock(&resolver->lock);
}
