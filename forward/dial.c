/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/dial.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log/log.h"
#include "base/own.h"
#include "forward/dialogue.h"
#include "forward/lease.h"
#include "forward/net/race.h"
#include "forward/net/unreachable.h"
#include "forward/outcome.h"
#include "forward/plan.h"
#include "forward/route.h"
#include "forward/tls_policy.h"
#include "forward/workers.h"

typedef unsigned long long ull;	/* as the formats have it */

/* dial_end - with its line, if it had a first one */
void
dial_end(struct worker *worker)
{
	worker->smtp.conn.death = INT64_MAX;
	smtp_drop(&worker->smtp);
	if (worker->logged)
		log_event(closed, (ull)worker->dcid);
	worker->logged = false;
}

/* death_of - of the copy that it is opened for, if there is one; not in the
 * past by a name alone */
static int64_t
death_of(const struct worker *worker)
{
	if (worker->item == NULL)
		return INT64_MAX;
	(void)lease_dead(worker->forwarder, worker->item);
	return lease_death(worker->forwarder, worker->item);
}

/* begin_conversation - without a connection yet */
static void
begin_conversation(struct worker *worker)
{
	const struct conf *conf = &worker->settings->conf;
	struct smtp *smtp = &worker->smtp;

	smtp_init(smtp, conf->helo_name, conf->command_timeout);
	smtp->conn.cancel_fd = worker->forwarder->stop_fd;
	smtp->conn.death = death_of(worker);
	if (worker->lead)
		dialogue_number(worker);
}

/* take_connection - a fresh conversation, over that connection if there is
 * one; if not, it still has its ends */
static void
take_connection(struct worker *worker, struct runner *runner, const char *host)
{
	begin_conversation(worker);
	worker->smtp.conn.ends = runner->ends;
	worker->smtp.conn.fd = fd_give(&runner->fd);
	if (worker->smtp.conn.fd == -1)
		return;
	dialogue_trace(worker, host);
	if (worker->watch != NULL)
		worker->watch->connected(worker->watch->arg, &runner->ends);
}

/* greet - a conversation with one address, up to the first letter; what is
 * seen of it is seen in order */
static int
greet(struct worker *worker, const struct tls_policy *policy, bool wrapped,
    struct failure *out)
{
	const struct smtp_peer peer = { .tls = worker->settings->tls,
	    .ask = &policy->ask, .wrapped = wrapped, .login = worker->login };
	int result;

	if (worker->lead || worker->smtp.trace.line != NULL)
		dialogue_open(worker);
	result = smtp_hello(&worker->smtp, &peer, out);
	if (worker->logged)
		dialogue_tls(worker, policy);
	if (worker->lead && result == 0)
		dialogue_login(worker);
	return result;
}

/* not_connected - what it means that there is no connection */
static int
not_connected(const struct err *err, struct failure *out)
{
	enum cause cause = CAUSE_LOST;

	if (err->sys == ETIMEDOUT)
		cause = CAUSE_TIMEOUT;
	else if (err->sys == ECANCELED || connect_shortage(err))
		cause = CAUSE_OURS;
	return failure_set(out, STEP_CONNECT, cause, "%.250s", err->text);
}

/* One search for a server that speaks. */
struct search {
	struct worker	*worker;
	struct route	 route;
	enum reach	 reach[ROUTE_TARGETS];
	struct sts_found sts;		/* the domain's policy */
	struct tls_policy policy;	/* asked of the host being tried */
	bool		 failed;	/* some attempt has */
	struct failure	 failure;	/* the one that leaves most hope */
	struct verdict	 verdict;	/* of that */
	bool		 over;		/* to go on would be of no use */
};

/* too_many - one connection more than the site wants is no failure, not even
 * the lead's: its copy goes by another */
static void
too_many(struct worker *worker, const struct failure *failure)
{
	if (worker->lead && failure->cause == CAUSE_REPLY &&
	    failure->reply.code == 421 &&
	    workers_has_others(worker) && (worker->item == NULL ||
	    lease_spare(worker->forwarder, &worker->item)))
		worker->lead = false;
}

/* remember - this failure rather than those before it */
static void
remember(struct search *search, const struct verdict *verdict)
{
	search->failed = true;
	search->failure = *verdict->failure;
	search->verdict = *verdict;
	search->verdict.failure = &search->failure;
}

/* note - one address, or the server there, was of no use */
static void
note(struct search *search, const struct failure *failure)
{
	struct worker *worker = search->worker;
	struct verdict verdict;

	verdict_of(failure, &verdict);
	if (!search->failed || verdict.class < search->verdict.class)
		remember(search, &verdict);
	too_many(worker, failure);
	if (worker->lead)
		outcome_connection(worker, &verdict);
	if (worker->watch != NULL)
		worker->watch->failed(worker->watch->arg, failure);
	dial_end(worker);
	search->over = worker->forwarder->stopping ||
	    clock_now() >= death_of(worker);
}

_Static_assert(RACE_MAX >= ROUTE_TARGETS, "a host's addresses all take part");

/* look_up_by - when an answer from DNS is of no use any more */
static int64_t
look_up_by(const struct worker *worker)
{
	int64_t deadline = clock_now() + worker->settings->conf.connect_timeout;
	int64_t death = death_of(worker);

	return death < deadline ? death : deadline;
}

/* find_tls_policy - what this host must prove; -1: it shall not be tried */
static int
find_tls_policy(struct search *search, const struct route_target *target)
{
	struct worker *worker = search->worker;
	const struct tls_policy_query query = {
	    .policy = worker->settings->conf.tls_policy,
	    .resolver = worker->settings->resolver, .route = &search->route,
	    .domain = worker->site->domain,
	    .names = worker->settings->conf.tls_names, .sts = &search->sts,
	    .deadline = look_up_by(worker) };
	const struct watch *watch = worker->watch;
	struct failure failure;
	int result = tls_policy_find(&query, target, &search->policy, &failure);

	if (watch != NULL)
		watch->host(watch->arg, target, &search->policy,
		    result == 0 ? NULL : &failure);
	if (result == 0)
		return 0;
	begin_conversation(worker);
	note(search, &failure);
	return -1;
}

/* race_targets - those of one host; the more promising first */
static void
race_targets(const struct search *search, const struct attempt *attempt,
    struct race *race)
{
	const struct worker *worker = search->worker;

	race->cancel_fd = worker->forwarder->stop_fd;
	race->patience = attempt->patience;
	race->source = &worker->settings->source;
	race->death = death_of(worker);
	for (int reach = REACH_TRY; reach >= REACH_SKIP; reach--)
		for (size_t i = attempt->at; i < attempt->end; i++)
			if ((int)search->reach[i] == reach)
				race_add(race,
				    &search->route.targets[i].address);
}

/* answered - whatever it was, with that failure in the end */
static bool
answered(const struct runner *runner, bool connected,
    const struct failure *failure)
{
	return connected ? failure->cause != CAUSE_TIMEOUT :
	    runner->err.sys == ECONNREFUSED;
}

/* note_reach - whether this address answers; not when the copy died
 * before that could be known */
static void
note_reach(const struct search *search, const struct runner *runner,
    bool connected, const struct failure *failure)
{
	struct unreachable *unreachable = search->worker->settings->unreachable;

	if (failure == NULL || answered(runner, connected, failure))
		unreachable_clear(unreachable, &runner->to);
	else if (failure->cause != CAUSE_OURS && !search->over)
		unreachable_note(unreachable, &runner->to, clock_now());
}

/* try_host - the addresses of one host */
static int
try_host(struct search *search, const struct attempt *attempt)
{
	struct worker *worker = search->worker;
	const struct route_target *target =
	    &search->route.targets[attempt->at];
	struct race race = RACE;
	struct runner *runner;
	int result = -1;

	if (find_tls_policy(search, target) == -1)
		return -1;
	worker->login = logins_find(worker->settings->logins,
	    worker->site->domain, target->host);
	race_targets(search, attempt, &race);
	while (result == -1 && !search->over &&
	    (runner = race_next(&race)) != NULL) {
		bool connected = runner->fd != -1;
		struct failure failure;

		take_connection(worker, runner,
		    search->route.targets[attempt->at].host);
		result = connected ? greet(worker, &search->policy,
		    search->route.wrapped, &failure) :
		    not_connected(&runner->err, &failure);
		if (result == -1)
			note(search, &failure);
		note_reach(search, runner, connected,
		    result == -1 ? &failure : NULL);
	}
	race_drop(&race);
	return result;
}

/* try_route - one host after the other, until one speaks */
static int
try_route(struct search *search)
{
	const struct forward_settings *settings = search->worker->settings;
	const struct route *route = &search->route;
	struct plan plan;

	for (size_t i = 0; i < route->count; i++)
		search->reach[i] = unreachable_ask(settings->unreachable,
		    &route->targets[i].address, clock_now());
	plan_make(route, search->reach, settings->conf.connect_timeout, &plan);
	for (size_t i = 0; i < plan.count && !search->over; i++)
		if (try_host(search, &plan.attempts[i]) == 0)
			return 0;
	return -1;
}

/* find_sts - the domain's policy, if there is one */
static void
find_sts(struct search *search)
{
	const struct worker *worker = search->worker;

	sts_find(worker->settings->sts, worker->site->domain,
	    look_up_by(worker), &search->sts);
	if (worker->watch != NULL)
		worker->watch->sts(worker->watch->arg, &search->sts);
}

/* try_policy - with the domain's MTA-STS policy, if there is one; and again
 * if it forbids what a newer one may allow */
static int
try_policy(struct search *search)
{
	struct worker *worker = search->worker;
	const struct forward_settings *settings = worker->settings;

	if (tls_policy_wants_sts(&settings->conf) && search->route.by_mx)
		find_sts(search);
	if (try_route(search) == 0)
		return 0;
	if (!search->sts.there || search->verdict.class != VERDICT_TLS ||
	    search->over || !sts_renew(settings->sts, worker->site->domain,
	    look_up_by(worker), &search->sts))
		return -1;
	search->failed = false;
	return try_route(search);
}

static int
find_route(struct search *search)
{
	struct worker *worker = search->worker;
	struct forward_settings *settings = worker->settings;
	int result = route_find(settings->resolver, &settings->via,
	    worker->site->domain, look_up_by(worker), &search->route,
	    &search->failure);

	if (worker->watch != NULL)
		worker->watch->route(worker->watch->arg, &search->route,
		    result == 0 ? NULL : &search->failure);
	if (result == 0)
		return 0;
	if (worker->forwarder->stopping)
		search->failure.cause = CAUSE_OURS;
	verdict_of(&search->failure, &search->verdict);
	if (worker->lead)
		outcome_connection(worker, &search->verdict);
	return -1;
}

/* connect_site - false: search->verdict says why */
static bool
connect_site(struct search *search)
{
	struct worker *worker = search->worker;
	bool found = find_route(search) == 0 && try_policy(search) == 0;

	if (found && !worker->logged) {
		dialogue_number(worker);
		dialogue_open(worker);
		dialogue_tls(worker, &search->policy);
		dialogue_login(worker);
	}
	tls_policy_drop(&search->policy);
	sts_found_drop(&search->sts);
	return found;
}

/* dial_try - and no more */
int
dial_try(struct worker *worker, struct failure *out)
{
	struct search search = { .worker = worker, .sts = STS_FOUND,
	    .policy = TLS_POLICY };

	if (connect_site(&search))
		return 0;
	*out = search.failure;
	return -1;
}

/* dial - or say what becomes of the lead's copy */
bool
dial(struct worker *worker)
{
	struct search search = { .worker = worker, .sts = STS_FOUND,
	    .policy = TLS_POLICY };

	if (connect_site(&search)) {
		worker->smtp.conn.cancel_fd = worker->forwarder->cancel_fd;
		return true;
	}
	/* also when it is ours: to try again at once would not help */
	if (search.verdict.class != VERDICT_NO_HOST)
		worker->end = WORKER_END_TROUBLE;
	if (worker->item != NULL)
		outcome_failed(worker, item_give(&worker->item),
		    &search.verdict);
	return false;
}
