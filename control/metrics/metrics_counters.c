/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters, under the names that monitors expect. */
#include <string.h>

#include "base/counters/delays.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/metrics/exposition.h"
#include "control/metrics/metrics.h"

static const char elsewhere[] = "";

/* Where the name of the counter is not that of the metric; elsewhere: the parts
 * of it are told in its place.  A gauge has no business here. */
static const char *const names[COUNTERS] = {
	[COUNT_ENQUEUED] = "tdc_copies_enqueued_total",
	[COUNT_DELIVERED] = "tdc_copies_delivered_total",
	[COUNT_DELIVERED_BYTES] = "tdc_bytes_delivered_total",
	[COUNT_SOFT_BOUNCED] = elsewhere,
	[COUNT_HARD_BOUNCED] = elsewhere,
	[COUNT_DELETED] = "tdc_copies_deleted_total",
	[COUNT_DELETED_KEPT] = "tdc_kept_copies_deleted_total",
	[COUNT_REQUEUED] = "tdc_copies_requeued_total",
	[COUNT_DIVERTED] = "tdc_copies_diverted_total",
	[COUNT_SET_ASIDE] = "tdc_files_set_aside_total",
	[COUNT_JOURNALED] = "tdc_messages_journaled_total",
	[COUNT_FAILED_OPEN] = "tdc_messages_failed_open_total",
	[COUNT_FAILED_TEMPFAIL] = "tdc_messages_failed_tempfail_total",
	[COUNT_ABORTED] = "tdc_messages_aborted_total",
	[COUNT_LOG_LOST] = "tdc_log_lines_lost_total",
	[COUNT_HISTORY_LOST] = "tdc_history_rows_lost_total",
	[COUNT_DELIVERY_50MS] = elsewhere,
	[COUNT_DELIVERY_100MS] = elsewhere,
	[COUNT_DELIVERY_250MS] = elsewhere,
	[COUNT_DELIVERY_500MS] = elsewhere,
	[COUNT_DELIVERY_1S] = elsewhere,
	[COUNT_DELIVERY_2500MS] = elsewhere,
	[COUNT_DELIVERY_5S] = elsewhere,
	[COUNT_DELIVERY_10S] = elsewhere,
	[COUNT_DELIVERY_30S] = elsewhere,
	[COUNT_DELIVERY_60S] = elsewhere,
	[COUNT_DELIVERY_120S] = elsewhere,
	[COUNT_DELIVERY_LONGER] = elsewhere,
	[COUNT_DELIVERY_TIME] = elsewhere,
};

/* Counters whose names begin alike are one metric; the rest of the name is the
 * reason. */
static const struct kin {
	const char	*prefix;
	const char	*name;
	const char	*help;
	const char	*other;		/* reason of what the whole has more than
					   its parts; NULL: it never has */
	enum counter	 whole;
} kins[] = {
	{ "hard_bounced_", "tdc_copies_given_up_total",
	  "Copies given up, by why.", NULL, COUNT_HARD_BOUNCED },
	{ "soft_bounced_", "tdc_deliveries_deferred_total",
	  "Attempts that failed and are or were worth a retry, by why; "
	  "unknown: counted by an older version.", "unknown",
	  COUNT_SOFT_BOUNCED },
	{ "skipped_", "tdc_messages_skipped_total",
	  "Messages not journaled, by why.", NULL, COUNTERS },
};
enum { KINS = sizeof(kins) / sizeof(*kins) };

/* reason_of - NULL: the counter is none of these */
static const char *
reason_of(const struct kin *kin, enum counter which)
{
	const char *name = counter_rows[which].name;
	size_t n = strlen(kin->prefix);

	return strncmp(name, kin->prefix, n) == 0 ? name + n : NULL;
}

static bool
has_kin(enum counter which)
{
	for (int i = 0; i < KINS; i++)
		if (reason_of(&kins[i], which) != NULL)
			return true;
	return false;
}

/* add_kin - all counters that are one metric */
static void
add_kin(const struct counters *counters, const struct kin *kin,
    struct buf *out)
{
	uint64_t whole = kin->other != NULL ?
	    counter_get(counters, kin->whole) : 0;

	exposition_family(out, kin->name, "counter", kin->help);
	for (enum counter i = 0; i < COUNTERS; i++) {
		const char *reason = reason_of(kin, i);
		uint64_t n = counter_get(counters, i);

		if (reason == NULL)
			continue;
		exposition_number(out, kin->name, LABELS("reason", reason), n);
		whole -= n < whole ? n : whole;
	}
	if (kin->other != NULL)
		exposition_number(out, kin->name, LABELS("reason", kin->other),
		    whole);
}

/* add_delays - cumulative, as a histogram is */
static void
add_delays(const struct counters *counters, struct buf *out)
{
	uint64_t sum = 0;

	exposition_family(out, "tdc_delivery_seconds", "histogram",
	    "How long it took from the acceptance of a message, or the requeue "
	    "of its copy, to the 250 of the intake.");
	for (int i = 0; i < DELAYS; i++) {
		sum += counter_get(counters, delay_rows[i].counter);
		exposition_number(out, "tdc_delivery_seconds_bucket",
		    LABELS("le", delay_rows[i].text), sum);
	}
	exposition_seconds(out, "tdc_delivery_seconds_sum", NULL,
	    counter_get(counters, COUNT_DELIVERY_TIME));
	exposition_number(out, "tdc_delivery_seconds_count", NULL, sum);
}

/* metrics_counters - one after the other, then those that belong together */
void
metrics_counters(const struct counters *counters, struct buf *out)
{
	for (enum counter i = 0; i < COUNTERS; i++) {
		own(str) char *name = names[i] != NULL ? mem_text(names[i]) :
		    mem_format("tdc_%s_total", counter_rows[i].name);

		if (!counter_is_gauge(i) && !has_kin(i) && *name != '\0')
			exposition_single(out, name, "counter",
			    counter_rows[i].meaning, counter_get(counters, i));
	}
	for (int i = 0; i < KINS; i++)
		add_kin(counters, &kins[i], out);
	add_delays(counters, out);
}
