/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/race.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

/* race_add - one more address */
void
race_add(struct race *race, const struct endpoint *address)
{
	if (race->count < RACE_MAX)
		race->runners[race->count++] = (struct runner){
		    .to = *address, .fd = -1 };
}

/* choose - the next to begin: one of the other family if there is one; NULL:
 * all have begun */
static struct runner *
choose(struct race *race)
{
	struct runner *first = NULL;

	for (size_t i = 0; i < race->count; i++) {
		struct runner *runner = &race->runners[i];

		if (runner->state != RUNNER_WAITING)
			continue;
		if (runner->to.sockaddr.ss_family != race->family)
			return runner;
		if (first == NULL)
			first = runner;
	}
	return first;
}

/* fail - it is over for this one, for the reason in its err */
static struct runner *
fail(struct race *race, struct runner *runner)
{
	if (runner->fd != -1)
		close(runner->fd);
	runner->fd = -1;
	runner->state = RUNNER_OVER;
	race->next = 0;			/* the next need not wait */
	return runner;
}

/* begin - false: it failed at once */
static bool
begin(struct race *race, struct runner *runner, int64_t now)
{
	race->family = runner->to.sockaddr.ss_family;
	race->next = now + RACE_STEP;
	if (connect_start(&runner->to, race->source, &runner->fd,
	    &runner->ends, &runner->err) == -1)
		return false;
	runner->state = RUNNER_UNDER_WAY;
	runner->deadline = now + race->patience < race->death ?
	    now + race->patience : race->death;
	return true;
}

/* call_off - all that are under way; they may begin again */
static void
call_off(struct race *race)
{
	for (size_t i = 0; i < race->count; i++) {
		struct runner *runner = &race->runners[i];

		if (runner->state != RUNNER_UNDER_WAY)
			continue;
		close(runner->fd);
		runner->fd = -1;
		runner->state = RUNNER_WAITING;
	}
	race->next = 0;
}

/* cancel - the end of the race, reported by one of those under way */
static struct runner *
cancel(struct race *race, struct runner *runner)
{
	conn_errno(&runner->err, ECANCELED);
	fail(race, runner);
	call_off(race);
	race->count = 0;
	return runner;
}

/* decide - how the attempt ended */
static struct runner *
decide(struct race *race, struct runner *runner)
{
	if (connect_finish(&runner->to, runner->fd, &runner->ends,
	    &runner->err) == -1)
		return fail(race, runner);
	runner->state = RUNNER_OVER;
	call_off(race);
	return runner;
}

/* await - those under way, of which there is a first, until one of them is
 * decided, or "until"; NULL: look again */
static struct runner *
await(struct race *race, struct runner *first, int64_t until)
{
	struct pollfd fds[RACE_MAX + 1];
	struct runner *who[RACE_MAX];
	nfds_t n = 0;
	int64_t left;

	for (size_t i = 0; i < race->count; i++) {
		struct runner *runner = &race->runners[i];

		if (runner->state != RUNNER_UNDER_WAY)
			continue;
		if (runner->deadline < until)
			until = runner->deadline;
		fds[n] = (struct pollfd){ runner->fd, POLLOUT, 0 };
		who[n++] = runner;
	}
	fds[n] = (struct pollfd){ race->cancel_fd, POLLIN, 0 };
	left = until - clock_now();
	if (poll(fds, n + 1, left <= 0 ? 0 : left < INT_MAX ? (int)left :
	    INT_MAX) == -1) {
		if (errno == EINTR)
			return NULL;
		conn_errno(&first->err, errno);
		return fail(race, first);
	}
	if (fds[n].revents != 0)
		return cancel(race, first);
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].revents != 0)
			return decide(race, who[i]);
	for (nfds_t i = 0; i < n; i++)
		if (clock_now() >= who[i]->deadline) {
			conn_errno(&who[i]->err, ETIMEDOUT);
			return fail(race, who[i]);
		}
	return NULL;
}

/* under_way - the first that is, or NULL */
static struct runner *
under_way(struct race *race)
{
	for (size_t i = 0; i < race->count; i++)
		if (race->runners[i].state == RUNNER_UNDER_WAY)
			return &race->runners[i];
	return NULL;
}

/* race_next - the next attempt to finish, successfully or not */
struct runner *
race_next(struct race *race)
{
	for (;;) {
		struct runner *next = choose(race), *decided;
		struct runner *first = under_way(race);
		int64_t now = clock_now();

		if (next != NULL && (now >= race->next || first == NULL)) {
			if (!begin(race, next, now))
				return fail(race, next);
			continue;
		}
		if (first == NULL)
			return NULL;
		decided = await(race, first,
		    next != NULL ? race->next : INT64_MAX);
		if (decided != NULL)
			return decided;
	}
}

/* race_drop - close what is left */
void
race_drop(struct race *race)
{
	for (size_t i = 0; i < race->count; i++)
		if (race->runners[i].fd != -1)
			close(race->runners[i].fd);
	race->count = 0;
}
