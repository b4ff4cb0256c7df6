/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl delete, requeue, flush: changes to the queue by an operator */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters/counters.h"
#include "base/daemon/daemon.h"
#include "base/json_put.h"
#include "base/log/log.h"
#include "base/own.h"
#include "control/queue/backlog.h"
#include "control/control.h"
#include "history/store.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_counters.h"
#include "journal/spool/spool_flush.h"

enum { FLUSH_WAIT = 10000, FLUSH_LOOK = 10 };	/* ms */

typedef unsigned long long ull;	/* as the formats have it */

/* What is changed, and on whose behalf. */
struct operation {
	struct spool	*spool;
	struct counters	*counters;
	const char	*history;	/* borrowed; "": none */
	unsigned	 uid;		/* before we became the daemons' user */
};

static void
operation_close(struct operation *operation)
{
	operation->counters = counters_close(operation->counters);
	operation->spool = spool_close(operation->spool);
}

/* operation_open - become the daemons' user, because what we make or change
 * must stay theirs; changes are logged, if the log can be opened */
static int
operation_open(const struct conf *conf, struct operation *out,
    struct err *err)
{
	const struct spool_options options = {
		.directory = conf->spool_directory, .sync = conf->spool_sync
	};
	struct err ignored;

	*out = (struct operation){ .uid = getuid(),
	    .history = conf->history_database };
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
typedef int change_copy(struct operation *, uint64_t mid, struct err *);

/* remember - that a copy was deleted, whose envelope is there still */
static void
remember(const struct operation *operation, const struct copy *copy)
{
	char who[64];
	const struct history_row row = { .envelope = copy->envelope,
	    .fate = { .verdict = "deleted", .reply = who,
	    .attempts = copy->entry.attempts, .ended = clock_wall() } };
	struct err err;

	snprintf(who, sizeof(who), "by uid %u", operation->uid);
	if (store_add_one(operation->history, &row, &err) == -1)
		fprintf(stderr, "tdcctl: warning: history: %s\n", err.text);
}

static int
delete_copy(struct operation *operation, uint64_t mid, struct err *err)
{
	struct copy copy = { .fd = -1, .small = BUF };
	struct spool_entry entry;
	enum spool_place place;
	bool known = *operation->history != '\0' &&
	    spool_find(operation->spool, mid, &place, &entry, err) == 1 &&
	    copy_peek(operation->spool, place, &entry, &copy, err) ==
	    COPY_OPEN;
	int status = spool_delete(operation->spool, mid, &place, err);

	if (status == 1 && known)
		remember(operation, &copy);
	copy_close(&copy);
	if (status == 1) {
		counter_add(operation->counters, COUNT_DELETED, 1);
		if (place != SPOOL_READY)
			counter_add(operation->counters, COUNT_DELETED_KEPT, 1);
		log_event(deleted, (ull)mid, operation->uid);
	}
	return status;
}

static int
requeue_copy(struct operation *operation, uint64_t mid, struct err *err)
{
	struct spool_entry entry;
	enum spool_place place;
	int status = spool_find(operation->spool, mid, &place, &entry, err);

	if (status != 1)
		return status;
	if (place != SPOOL_FAILED)
		return err_set(err, ERR_NEVER, "MID %" PRIu64
		    " is waiting already", mid);
	/* Counted first: a forwarder may be done with it in no time. */
	counter_add(operation->counters, COUNT_REQUEUED, 1);
	status = spool_requeue(operation->spool, &entry, err);
	if (status == 1)
		log_event(requeued, (ull)mid, operation->uid);
	else
		counter_take(operation->counters, COUNT_REQUEUED, 1);
	return status;
}

/* change_all - all kept copies; returns how many, -1 on the first failure */
static long
change_all(struct operation *operation, change_copy *function, struct err *err)
{
	struct spool_entry *entries;
	size_t count;
	long n = 0;

	if (spool_list(operation->spool, SPOOL_FAILED, &entries, &count,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < count && n != -1; i++)
		switch (function(operation, entries[i].mid, err)) {
		case 1:
			n++;
			break;
		case -1:
			n = -1;
		}
	free(entries);
	return n;
}

/* tell_change - what was done; mid 0: with all kept ones */
static void
tell_change(const struct control *control, const char *done, long n,
    uint64_t mid)
{
	own(buf) struct buf out = BUF;

	if (!control->json) {
		printf("%ld %s\n", n, done);
		return;
	}
	json_put_begin(&out);
	json_put_text(&out, "done", done);
	json_put_number(&out, "count", (uint64_t)n);
	if (mid != 0)
		json_put_number(&out, "mid", mid);
	else
		json_put_null(&out, "mid");
	json_put_end(&out);
	puts(out.data);
}

/* change - one copy, or ALL kept ones; an exit code */
static int
change(struct control *control, const char *which, change_copy *function,
    const char *done)
{
	bool all = strcmp(which, "ALL") == 0;
	struct operation operation;
	struct err err;
	uint64_t mid = 0;
	long n;

	if (!all && !parse_mid(which, &mid, &err)) {
		own(str) char *text = mem_format("'%s' is neither a MID nor "
		    "ALL", ESCAPE(which));

		return complain(EX_USAGE, text);
	}
	if (operation_open(&control->conf, &operation, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	n = all ? change_all(&operation, function, &err) :
	    function(&operation, mid, &err);
	operation_close(&operation);
	if (n == -1)
		return complain(err.kind == ERR_NEVER ? EX_DATAERR : EX_IOERR,
		    err.text);
	if (n == 0 && !all)
		return complain_gone(mid);
	tell_change(control, done, n, all ? 0 : mid);
	return EX_OK;
}

/* do_delete - delete a copy, or all kept ones */
int
do_delete(struct control *control, int argc, char **argv)
{
	(void)argc;
	return change(control, argv[0], delete_copy, "deleted");
}

/* do_requeue - let kept copies wait again */
int
do_requeue(struct control *control, int argc, char **argv)
{
	(void)argc;
	return change(control, argv[0], requeue_copy, "requeued");
}

/* ask_flush - ask the forwarder, and wait until it reacts; an exit code */
static int
ask_flush(struct spool *spool, const char *site)
{
	int64_t end = clock_now() + FLUSH_WAIT;
	struct err err;

	if (spool_flush_ask(spool, site, &err) == -1)
		return complain(err.kind == ERR_NEVER ? EX_DATAERR : EX_IOERR,
		    err.text);
	while (spool_flush_pending(spool)) {
		if (clock_now() >= end)
			return complain(EX_TEMPFAIL,
			    "tdc-forwarder has not reacted yet");
		usleep(FLUSH_LOOK * 1000);
	}
	return EX_OK;
}

/* tell_flush - of how many copies, for a domain or ("") for all */
static void
tell_flush(bool json, uint64_t copies, const char *site)
{
	own(buf) struct buf out = BUF;

	if (json) {
		json_put_begin(&out);
		json_put_text(&out, "done", "flushed");
		json_put_number(&out, "count", copies);
		json_put_text(&out, "domain", *site != '\0' ? site : NULL);
		json_put_end(&out);
		puts(out.data);
	} else if (copies == 0) {
		printf("no copies are waiting\n");
	} else {
		printf("%s: waiting copies go as soon as there is a connection\n",
		    *site != '\0' ? site : "all intake domains");
	}
}

/* flush - one intake domain, or all of them (""); an exit code */
static int
flush(const struct control *control, struct spool *spool, const char *site)
{
	const struct conf *conf = &control->conf;
	struct backlog backlog = { .site = *site != '\0' ? site : NULL,
	    .alternate = conf->alternate_intake_address };
	struct err err;
	int result;

	if (spool_holder(spool) == 0)
		return complain(EX_UNAVAILABLE, "tdc-forwarder is not running");
	if (backlog_count(&backlog, spool, &err) == -1)
		return complain(EX_IOERR, err.text);
	if (backlog.untried + backlog.tried == 0 && *site != '\0') {
		own(str) char *text = mem_format("no copies are waiting for "
		    "%s", ESCAPE(site));

		return complain(EX_DATAERR, text);
	}
	result = ask_flush(spool, site);
	if (result == EX_OK)
		tell_flush(control->json, backlog.untried + backlog.tried,
		    site);
	return result;
}

/* do_flush - end the waiting for a retry, or for an intake domain that is
 * down */
int
do_flush(struct control *control, int argc, char **argv)
{
	struct operation operation;
	struct err err;
	int result;

	if (operation_open(&control->conf, &operation, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	result = flush(control, operation.spool,
	    argc == 1 ? argv[0] : "");
	operation_close(&operation);
	return result;
}
