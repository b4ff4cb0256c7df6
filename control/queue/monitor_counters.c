/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl monitor --counters: what changes */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/json_put.h"
#include "base/own.h"
#include "control/control.h"
#include "control/queue/monitor.h"
#include "control/queue/status.h"

/* What the counters said, and when. */
struct sample {
	int64_t		 wall, now;
	uint64_t	 values[COUNTERS];
};

/* take - opened each time: the spool may have been replaced */
static int
take(const struct conf *conf, struct sample *out, struct err *err)
{
	struct counters *counters = NULL;
	struct spool *spool;
	int result;

	if (look_at_status(conf, &spool, err) == -1)
		return -1;
	result = look_at_counters(conf, spool, &counters, err);
	if (result == 0) {
		counters_still(counters);
		out->wall = clock_wall();
		out->now = clock_now();
		for (enum counter i = 0; i < COUNTERS; i++)
			out->values[i] = counter_get(counters, i);
	}
	counters_close(counters);
	spool_close(spool);
	return result;
}

/* put_changes - of those that count, but for 0 */
static void
put_changes(struct buf *out, const struct sample *before,
    const struct sample *after)
{
	json_put_key(out, "changes");
	json_put_begin(out);
	for (enum counter i = 0; i < COUNTERS; i++) {
		int64_t change = (int64_t)(after->values[i] -
		    before->values[i]);

		if (change == 0 || counter_is_gauge(i))
			continue;
		json_put_key(out, counter_rows[i].name);
		buf_format(out, "%" PRId64, change);
	}
	json_put_end(out);
}

static void
put_gauges(struct buf *out, const struct sample *sample)
{
	json_put_key(out, "gauges");
	json_put_begin(out);
	for (enum counter i = 0; i < COUNTERS; i++)
		if (counter_is_gauge(i))
			json_put_number(out, counter_rows[i].name,
			    sample->values[i]);
	json_put_end(out);
}

/* print - one line; false: it is time to end */
static bool
print(const struct sample *before, const struct sample *after)
{
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_time(&out, "time", after->wall);
	json_put_text(&out, "event", "counters");
	json_put_time(&out, "seconds", after->now - before->now);
	put_changes(&out, before, after);
	put_gauges(&out, after);
	json_put_end(&out);
	buf_byte(&out, '\n');
	return monitor_write(out.data, out.len);
}

/* rest - so long; false: it is time to end */
static bool
rest(int64_t ms)
{
	int64_t until = clock_now() + ms, left = ms;

	for (; left > 0; left = until - clock_now())
		if (!monitor_wait(-1, (int)left))
			return false;
	return !monitor_ended();
}

/* monitor_counters - a line for each interval */
int
monitor_counters(const struct conf *conf, unsigned seconds)
{
	struct sample before = { 0 }, after = { 0 };
	struct err err;

	if (take(conf, &before, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	monitor_begin();
	while (rest((int64_t)seconds * 1000)) {
		if (take(conf, &after, &err) == -1)
			return complain(EX_NOINPUT, err.text);
		if (!print(&before, &after))
			break;
		before = after;
	}
	return EX_OK;
}
