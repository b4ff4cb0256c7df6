/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl delete, requeue, flush: what an operator does to copies */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/own.h"
#include "control/control.h"
#include "control/waiting.h"
#include "journal/spool_counters.h"
#include "journal/spool_flush.h"

enum { FLUSH_WAIT = 10000, FLUSH_LOOK = 10 };	/* ms */

typedef unsigned long long ull;	/* as the formats have it */

/* What is acted on, and who does it. */
struct act {
	struct spool	*spool;
	struct counters	*counters;
	unsigned	 uid;		/* before we became the daemons' user */
};

static void
act_close(struct act *act)
{
	act->counters = counters_close(act->counters);
	act->spool = spool_close(act->spool);
}

/* act_open - as the daemons' user: what we make or change must stay theirs.
 * The log is told of it, if it can be */
static int
act_open(const struct conf *conf, struct act *out, struct err *err)
{
	const struct spool_options options = {
		.directory = conf->spool_directory, .sync = conf->spool_sync
	};
	struct err ignored;

	*out = (struct act){ .uid = getuid() };
	if (geteuid() == 0 && daemon_drop(conf, err) == -1)
		return -1;
	if (look_into_spool(conf, &out->spool, err) == -1)
		return -1;
	out->spool = spool_close(out->spool);
	if (spool_open(&options, &out->spool, err) == -1)
		return -1;
	out->counters = spool_counters(out->spool);
	(void)log_open("tdcctl", conf, false, &ignored);
	return 0;
}

/* What is done with one copy: 1, or 0 when it was gone, or -1. */
typedef int each_copy(struct act *, uint64_t mid, struct err *);

static int
delete_copy(struct act *act, uint64_t mid, struct err *err)
{
	int status = spool_delete(act->spool, mid, err);

	if (status == 1) {
		counter_add(act->counters, COUNT_DELETED, 1);
		log_event(deleted, (ull)mid, act->uid);
	}
	return status;
}

static int
requeue_copy(struct act *act, uint64_t mid, struct err *err)
{
	struct spool_entry entry;
	enum spool_place place;
	int status = spool_find(act->spool, mid, &place, &entry, err);

	if (status != 1)
		return status;
	if (place != SPOOL_FAILED)
		return err_set(err, ERR_NEVER, "MID %" PRIu64
		    " waits already", mid);
	status = spool_requeue(act->spool, &entry, err);
	if (status == 1)
		log_event(requeued, (ull)mid, act->uid);
	return status;
}

/* act_on_all - that were kept; returns how many, -1 on the first failure */
static long
act_on_all(struct act *act, each_copy *function, struct err *err)
{
	struct spool_entry *entries;
	size_t count;
	long n = 0;

	if (spool_list(act->spool, SPOOL_FAILED, &entries, &count, err) == -1)
		return -1;
	for (size_t i = 0; i < count && n != -1; i++)
		switch (function(act, entries[i].mid, err)) {
		case 1:
			n++;
			break;
		case -1:
			n = -1;
		}
	free(entries);
	return n;
}

/* act_on - one copy, or ALL that were kept; an exit code */
static int
act_on(struct control *control, const char *which, each_copy *function,
    const char *done)
{
	bool all = strcmp(which, "ALL") == 0;
	struct act act;
	struct err err;
	uint64_t mid = 0;
	long n;

	if (!all && !parse_mid(which, &mid, &err)) {
		own(str) char *text = mem_format("%s, nor is it ALL",
		    err.text);

		return complain(EX_USAGE, text);
	}
	if (act_open(&control->conf, &act, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	n = all ? act_on_all(&act, function, &err) :
	    function(&act, mid, &err);
	act_close(&act);
	if (n == -1)
		return complain(EX_IOERR, err.text);
	if (n == 0 && !all)
		return complain_gone(mid);
	printf("%ld %s\n", n, done);
	return EX_OK;
}

/* do_delete - a copy, or all that were kept */
int
do_delete(struct control *control, int argc, char **argv)
{
	if (argc != 1)
		return complain_usage("delete");
	return act_on(control, argv[0], delete_copy, "deleted");
}

/* do_requeue - let kept copies wait again */
int
do_requeue(struct control *control, int argc, char **argv)
{
	if (argc != 1)
		return complain_usage("requeue");
	return act_on(control, argv[0], requeue_copy, "requeued");
}

/* ask - the forwarder, and see that it hears; an exit code */
static int
ask(struct spool *spool, const char *domain)
{
	int64_t end = clock_now() + FLUSH_WAIT;
	struct err err;

	if (spool_flush_ask(spool, domain, &err) == -1)
		return complain(err.kind == ERR_NEVER ? EX_DATAERR : EX_IOERR,
		    err.text);
	while (spool_flush_pending(spool)) {
		if (clock_now() >= end)
			return complain(EX_TEMPFAIL,
			    "tdc-forwarder has not taken notice yet");
		usleep(FLUSH_LOOK * 1000);
	}
	return EX_OK;
}

/* flush - one domain, or "": all, also those for which nothing waits just now:
 * a site that is down is tried again for the next copy; an exit code */
static int
flush(struct spool *spool, const char *domain)
{
	struct waiting waiting = { .host = *domain != '\0' ? domain : NULL };
	struct err err;
	int result;

	if (spool_holder(spool) == 0)
		return complain(EX_UNAVAILABLE, "no tdc-forwarder runs");
	if (waiting_count(&waiting, spool, &err) == -1)
		return complain(EX_IOERR, err.text);
	if (waiting.untried + waiting.tried == 0 && *domain != '\0') {
		own(str) char *text = mem_format("nothing waits for %s",
		    LOG_ESCAPE(domain));

		return complain(EX_DATAERR, text);
	}
	result = ask(spool, domain);
	if (result == EX_OK && waiting.untried + waiting.tried == 0)
		printf("nothing waits\n");
	else if (result == EX_OK)
		printf("%s: all copies that wait are tried now\n",
		    *domain != '\0' ? domain : "all intake domains");
	return result;
}

/* do_flush - what waits for its retry, or for a site, waits no longer */
int
do_flush(struct control *control, int argc, char **argv)
{
	struct act act;
	struct err err;
	int result;

	if (argc > 1)
		return complain_usage("flush");
	if (act_open(&control->conf, &act, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	result = flush(act.spool, argc == 1 ? argv[0] : "");
	act_close(&act);
	return result;
}
