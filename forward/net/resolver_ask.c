/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/net/resolver_private.h"

/* as AsyncOS has it */
static const char silence[] = "unable to reach nameserver on any valid IP";

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
		    question_is_ours(question->failed) ? DNS_OURS : DNS_LATER;
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

	query->question = question;
	if (question == NULL)
		return;
	if (question_put(question) == 0) {
		query->status = DNS_LATER;
		return;
	}
	query->answer.why = "no thread";
	query->question = NULL;
}

/* resolver_begin - ask for each type */
void
resolver_begin(struct resolver *resolver, const char *name,
    struct resolver_round *round)
{

	round->resolver = resolver;
	resolver_look(resolver);
	clock_cond_init(&round->answered);
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
	const struct timespec time = clock_timespec(until);
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
		question_abandon(query->question);
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

/* resolver_stop - end all waiting */
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
