/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reader is told holds together, whatever is counted meanwhile, and
 * whoever is killed at it. */
#include "policy/inbound.h"	/* cmocka has a skip() of its own */
#include "tests/unit/base/counters/counters_rig.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/counters/delays.h"

enum { PROGRAMS = 3, THREADS = 2, ROUNDS = 6, LOOKS = 1000 };

/* What a milter and a forwarder count in. */
struct pair {
	struct counters	*milter, *forwarder;
	_Atomic unsigned seed;
};

/* message - as a milter counts it; whether there is a copy */
static bool
message(struct pair *pair, unsigned n)
{
	static const enum counter fates[] = { COUNT_JOURNALED,
	    COUNT_SKIPPED_POLICY, COUNT_JOURNALED, COUNT_ABORTED };
	enum counter fate = fates[n % 4];

	if (fate == COUNT_JOURNALED) {
		counter_add(pair->milter, COUNT_ENQUEUED, 1);
		counters_carry(pair->milter);
	}
	counter_add(pair->milter, fate, 1);
	counter_add(pair->milter, COUNT_MESSAGES, 1);
	return fate == COUNT_JOURNALED;
}

/* copy - as a forwarder counts it */
static void
copy(struct pair *pair, unsigned n)
{
	if (n % 8 == 0) {
		counter_add(pair->forwarder, COUNT_SOFT_BOUNCED, 1);
		counter_add(pair->forwarder, COUNT_SOFT_DNS, 1);
		counter_add(pair->forwarder, COUNT_HARD_BOUNCED, 1);
		counter_add(pair->forwarder, COUNT_HARD_5XX, 1);
		counter_add(pair->forwarder, COUNT_DIVERTED, 1);
	} else if (n % 8 == 1) {
		counter_add(pair->forwarder, COUNT_DELETED, 1);
		counter_add(pair->forwarder, COUNT_DELETED_KEPT, 1);
	} else {
		counter_add(pair->forwarder, COUNT_DELIVERED, 1);
		counter_add(pair->forwarder, delay_counter((n % 9) * 1000), 1);
	}
}

static void *
work(void *arg)
{
	struct pair *pair = arg;
	unsigned seed = pair->seed++;

	for (;;) {
		unsigned n = (unsigned)rand_r(&seed);

		if (message(pair, n))
			copy(pair, n >> 3);
	}
	return NULL;
}

/* program - all of it as fast as can be, until it is killed */
static pid_t
program(const struct place *place, unsigned seed)
{
	pid_t child = fork();
	struct pair pair;
	pthread_t thread;
	struct err err;

	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* should the test fail */
	pair.milter = counters_open(place->fd, 0, false);
	pair.forwarder = counters_open(place->fd, 0, false);
	pair.seed = seed * 100;
	if (seed % 2 == 0)
		(void)counters_buffer(pair.milter, &err);
	for (int i = 1; i < THREADS; i++)
		pthread_create(&thread, NULL, work, &pair);
	work(&pair);
	_exit(1);
}

static uint64_t
sum_of(const struct counters *counters, const char *prefix)
{
	uint64_t sum = 0;

	for (enum counter i = 0; i < COUNTERS; i++)
		if (strncmp(counter_rows[i].name, prefix, strlen(prefix)) == 0)
			sum += counter_get(counters, i);
	return sum;
}

static void
holds(const struct counters *counters)
{
	uint64_t delays = 0;

	for (int i = 0; i < DELAYS; i++)
		delays += counter_get(counters, delay_rows[i].counter);
#define GET(name) counter_get(counters, COUNT_##name)
	assert_int_equal(GET(MESSAGES), GET(JOURNALED) + GET(FAILED_OPEN) +
	    GET(FAILED_TEMPFAIL) + GET(ABORTED) +
	    sum_of(counters, "skipped_"));
	assert_int_equal(GET(HARD_BOUNCED), sum_of(counters, "hard_bounced_"));
	assert_true(GET(DELIVERED) <= GET(ENQUEUED));
	assert_true(GET(JOURNALED) <= GET(ENQUEUED));
	assert_true(delays <= GET(DELIVERED));
	assert_true(sum_of(counters, "soft_bounced_") <= GET(SOFT_BOUNCED));
	assert_true(GET(DIVERTED) <= GET(HARD_BOUNCED));
	assert_true(GET(DELETED_KEPT) <= GET(DELETED));
#undef GET
}

/* look - so many times; how often something had changed */
static unsigned
look(const struct place *place, int times)
{
	struct counters *counters;
	unsigned changes = 0;
	uint64_t last = 0;
	struct err err;

	for (int i = 0; i < times; i++) {
		assert_int_equal(counters_peek(place->fd, &counters, &err), 0);
		counters_still(counters);
		holds(counters);
		changes += counter_get(counters, COUNT_MESSAGES) != last;
		last = counter_get(counters, COUNT_MESSAGES);
		counters_close(counters);
	}
	return changes;
}

static void
test_killed(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0);
	unsigned changes = 0;
	pid_t programs[PROGRAMS];

	for (int round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < PROGRAMS; i++)
			programs[i] = program(place, (unsigned)round + i);
		changes += look(place, LOOKS);
		for (int i = 0; i < PROGRAMS; i++) {
			kill(programs[i], SIGKILL);
			waitpid(programs[i], NULL, 0);
		}
		/* and what they have left, for ever */
		look(place, 1);
	}
	assert_true(changes > ROUNDS);
	counters_close(counters);
}

/* What it was is not another when it is asked again. */
static void
test_stays(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0), *reader;
	struct err err;

	counter_add(counters, COUNT_ENQUEUED, 2);
	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	counters_still(reader);
	counter_add(counters, COUNT_ENQUEUED, 1);
	assert_int_equal(counter_get(reader, COUNT_ENQUEUED), 2);
	counters_still(reader);
	assert_int_equal(counter_get(reader, COUNT_ENQUEUED), 3);
	counters_close(reader);
	counters_close(counters);
}

/* Every fate that a milter knows is one of those that are summed. */
static void
test_fates(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0), *reader;
	uint64_t fates = 0;
	struct err err;

	for (enum skip why = 0; why < SKIPS; why++)
		if (why != SKIP_NOT) {
			counter_add(counters, skip_rows[why].counter, 1);
			fates++;
		}
	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	counters_still(reader);
	assert_int_equal(counter_get(reader, COUNT_MESSAGES), fates);
	counters_close(reader);
	counters_close(counters);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_killed),
		PLACE_TEST(test_stays),
		PLACE_TEST(test_fates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
