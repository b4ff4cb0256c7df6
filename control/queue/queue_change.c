/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl delete, flush: changes to the queue by an operator */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_put.h"
#include "base/log/log.h"
#include "base/own.h"
#include "control/control.h"
#include "control/queue/backlog.h"
#include "control/queue/operation.h"
#include "history/store.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_flush.h"
#include "journal/spool/spool_suspend.h"

enum { FLUSH_WAIT = 10000, FLUSH_LOOK = 10 };	/* ms */

typedef unsigned long long ull;	/* as the formats have it */

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

/* delete_all - all kept copies; returns how many, -1 on the first failure */
static long
delete_all(struct operation *operation, struct err *err)
{
	struct spool_entry *entries;
	size_t count;
	long n = 0;

	if (spool_list(operation->spool, SPOOL_FAILED, &entries, &count,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < count && n != -1; i++)
		switch (delete_copy(operation, entries[i].mid, err)) {
		case 1:
			n++;
			break;
		case -1:
			n = -1;
		}
	free(entries);
	return n;
}

/* do_delete - delete a copy, or all kept ones */
int
do_delete(struct control *control, int argc, char **argv)
{
	bool all = strcmp(argv[0], "ALL") == 0;
	struct operation operation;
	struct err err;
	uint64_t mid = 0;
	long n;

	(void)argc;
	if (!all && !parse_mid(argv[0], &mid, &err))
		return complain_mid(argv[0]);
	if (operation_open(&control->conf, &operation, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	n = all ? delete_all(&operation, &err) :
	    delete_copy(&operation, mid, &err);
	operation_close(&operation);
	if (n == -1)
		return complain(err.kind == ERR_NEVER ? EX_DATAERR : EX_IOERR,
		    err.text);
	if (n == 0 && !all)
		return complain_gone(mid);
	operation_tell(control, "deleted", n, mid);
	return EX_OK;
}

/* note_suspended - whose copies a flush does not move */
static void
note_suspended(const struct suspensions *all)
{
	int64_t now = clock_wall();

	for (size_t i = 0; i < all->count; i++)
		if (suspension_lasts(&all->list[i], now))
			printf("%s is suspended: its copies wait\n",
			    all->list[i].intake);
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

/* flush_some - one intake domain, or all of them (""), unless it is suspended;
 * an exit code */
static int
flush_some(const struct control *control, struct spool *spool,
    const char *site, const struct suspensions *suspended)
{
	const struct suspension *why = *site != '\0' ?
	    suspensions_find(suspended, site, clock_wall()) : NULL;
	const struct conf *conf = &control->conf;
	struct backlog backlog = { .site = *site != '\0' ? site : NULL,
	    .alternate = conf->alternate_intake_address };
	struct err err;
	int result;

	if (why != NULL) {
		own(str) char *text = mem_format("%s is suspended%s: tdcctl "
		    "resume %s", ESCAPE(site), strcasecmp(why->intake, site) ==
		    0 ? "" : " with all", why->intake);

		return complain(EX_DATAERR, text);
	}
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
	if (result == EX_OK && !control->json)
		note_suspended(suspended);
	return result;
}

/* flush - the same; what is suspended is found first */
static int
flush(const struct control *control, struct spool *spool, const char *site)
{
	struct suspensions suspended = { 0 };
	struct err err;
	int result;

	if (spool_suspensions(spool, &suspended, &err) == -1)
		fprintf(stderr, "tdcctl: warning: %s\n", err.text);
	result = flush_some(control, spool, site, &suspended);
	suspensions_drop(&suspended);
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
