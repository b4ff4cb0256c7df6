/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarder_rig - a forwarder with a spool of its own, and nobody to send
 *
 *	FORWARDER_TEST(test_x)			-- *state is the forwarder
 *	forwarder_rig_commit(forwarder, 7);	-- a copy, just accepted
 *	sweep_arrivals(forwarder);
 *	item = forwarder_rig_take(forwarder);
 */
#ifndef TESTS_FORWARDER_RIG_H
#define TESTS_FORWARDER_RIG_H

#include "base/clock.h"
#include "base/log/log.h"
#include "forward/lease.h"
#include "forward/outcome.h"
#include "forward/scheduler.h"
#include "forward/sweep.h"
#include "forward/worker.h"
#include "journal/spool/spool_counters.h"
#include "tests/unit/spool_rig.h"

struct forwarder_rig {
	struct forwarder forwarder;	/* the first: it is the test's state */
	char		*dir;
};

static inline int
forwarder_rig_set_up(void **state)
{
	struct forwarder_rig *rig = mem_new(sizeof(*rig));
	struct counters *counters;
	struct forward_settings *settings;
	struct spool *spool;
	struct err err;
	own(str) char *text = NULL, *conf = NULL;

	rig->dir = scratch_new();
	text = mem_format("user =\nmaillog_file = %s/maillog\n", rig->dir);
	conf = scratch_file(rig->dir, "tdc.cf", text);
	must(forward_settings_load(conf, &settings, &err) == 0);
	must(log_open("test", &settings->conf, false, &err) == 0);
	spool = rig_open(rig->dir);
	counters = spool_counters(spool);
	must(scheduler_open(&rig->forwarder, settings, spool, counters,
	    &err) == 0);
	*state = &rig->forwarder;
	return 0;
}

static inline int
forwarder_rig_tear_down(void **state)
{
	struct forwarder_rig *rig = *state;
	struct counters *counters = rig->forwarder.counters;
	struct spool *spool = rig->forwarder.spool;

	scheduler_close(&rig->forwarder);
	counters_close(counters);
	spool_close(spool);
	scratch_free(rig->dir);
	free(rig);
	return 0;
}

#define FORWARDER_TEST(f) cmocka_unit_test_setup_teardown(f, \
    forwarder_rig_set_up, forwarder_rig_tear_down)

/* forwarder_rig_dir - its spool, and whatever else belongs to the test */
static inline const char *
forwarder_rig_dir(struct forwarder *forwarder)
{
	return ((struct forwarder_rig *)(void *)forwarder)->dir;
}

/* forwarder_rig_log - all that was logged so far; until the next call
 * forwarder_rig_forget_log - but that */
static inline const char *
forwarder_rig_log(struct forwarder *forwarder)
{
	static char text[8192];
	own(str) char *path = mem_format("%s/maillog",
	    forwarder_rig_dir(forwarder));
	own(fd) int fd = -1;
	ssize_t n;

	log_flush();
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd == -1 ? 0 : read(fd, text, sizeof(text) - 1);
	must(n >= 0);
	text[n] = '\0';
	return text;
}

static inline void
forwarder_rig_forget_log(struct forwarder *forwarder)
{
	own(str) char *path = mem_format("%s/maillog",
	    forwarder_rig_dir(forwarder));

	log_flush();
	must(truncate(path, 0) == 0);
}

/* forwarder_rig_commit - a copy, just accepted */
static inline void
forwarder_rig_commit(struct forwarder *forwarder, uint64_t mid)
{
	own(buf) struct buf message = rig_message(100);
	struct draft *draft = rig_draft(forwarder->spool, &message);
	struct envelope envelope = rig_envelope(mid, &message);
	struct err err;

	envelope.accepted = clock_wall();
	must(draft_commit(draft, &envelope, &err) == 0);
	draft_free(draft);
}

/* forwarder_rig_take - the copy that would be sent next, or NULL */
static inline struct item *
forwarder_rig_take(struct forwarder *forwarder)
{
	struct site *site = queue_sites(forwarder->queue);

	return site == NULL ? NULL :
	    queue_take(site, clock_now());
}

/* forwarder_rig_take_wary - the same, by a fresh connection */
static inline struct item *
forwarder_rig_take_wary(struct forwarder *forwarder)
{
	int64_t now = clock_now();

	return queue_take_wary(queue_sites(forwarder->queue), now, now);
}

/* forwarder_rig_work - commit MID 1, learn of it, and take it as this worker */
static inline struct item *
forwarder_rig_work(struct forwarder *forwarder, struct worker *out)
{
	forwarder_rig_commit(forwarder, 1);
	sweep_arrivals(forwarder);
	*out = (struct worker){ .forwarder = forwarder,
	    .settings = forwarder->settings,
	    .item = forwarder_rig_take(forwarder) };
	smtp_init(&out->smtp, "us.test", 1000);
	assert_non_null(out->item);
	return out->item;
}

/* forwarder_rig_fail - what the worker holds was not sent */
static inline void
forwarder_rig_fail(struct worker *worker, const struct failure *failure)
{
	struct verdict verdict;

	verdict_of(failure, &verdict);
	outcome_failed(worker, item_give(&worker->item), &verdict);
}

#endif
