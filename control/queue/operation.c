/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/operation.h"

#include <stdio.h>
#include <unistd.h>

#include "base/daemon/daemon.h"
#include "base/json_put.h"
#include "base/log/log.h"
#include "base/own.h"
#include "control/control.h"
#include "journal/spool/spool_counters.h"

/* operation_close - and its parts */
void
operation_close(struct operation *operation)
{
	operation->counters = counters_close(operation->counters);
	operation->spool = spool_close(operation->spool);
}

/* operation_open - become the daemons' user, because what we make or change
 * must stay theirs; changes are logged, if the log can be opened */
int
operation_open(const struct conf *conf, struct operation *out,
    struct err *err)
{
	const struct spool_options options = {
		.directory = conf->spool_directory,
		.sync = conf->spool_sync != CONF_SYNC_NO
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

/* operation_requeue - it waits again; counted first, since a forwarder may be
 * done with it in no time */
int
operation_requeue(struct operation *operation, const struct spool_entry *entry,
    struct err *err)
{
	int status;

	counter_add(operation->counters, COUNT_REQUEUED, 1);
	status = spool_requeue(operation->spool, entry, err);
	if (status == 1)
		log_event(requeued, (unsigned long long)entry->mid,
		    operation->uid);
	else
		counter_take(operation->counters, COUNT_REQUEUED, 1);
	return status;
}

/* operation_tell - what was done */
void
operation_tell(const struct control *control, const char *done, long n,
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
