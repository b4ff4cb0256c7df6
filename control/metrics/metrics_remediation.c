/* SPDX-License-Identifier: BSD-2-Clause */
/* What tdc-remediator did, for who may read its database. */
#include "base/clock.h"
#include "control/ledger/remedies.h"
#include "control/metrics/exposition.h"
#include "control/metrics/metrics.h"

#define MONTH INT64_C(2592000000)	/* 30 days, ms */

static void
add_messages(const struct ledger *ledger, int64_t now, struct buf *out)
{
	static const char name[] = "tdc_remediation_messages";
	struct remedies remedies;

	remedies_count(ledger, now - MONTH, INT64_MAX, &remedies);
	exposition_family(out, name, "gauge", "Messages that tdc-remediator "
	    "found in the last 30 days, by their last state.");
	for (int i = 0; i < REMEDIES; i++)
		exposition_number(out, name, LABELS("state",
		    remedy_word((enum remedy)i)), remedies.all.of[i]);
	remedies_drop(&remedies);
}

/* metrics_remediation - nothing where there is nothing, or we may not know */
void
metrics_remediation(const struct conf *conf, struct buf *out)
{
	const int64_t now = clock_wall();
	const struct ledger_query query = { .since = now - MONTH };
	struct ledger ledger;
	struct err ignored;

	if (ledger_read(conf, &query, &ledger, &ignored) == -1)
		return;
	add_messages(&ledger, now, out);
	exposition_single(out, "tdc_remediation_paused", "gauge", "Whether all "
	    "remediation has stopped because there was too much of it.",
	    *ledger.pause != '\0');
	exposition_single(out, "tdc_remediation_paused_recipients", "gauge",
	    "Recipients for whom alone remediation has stopped.",
	    ledger.pause_count);
	exposition_single(out, "tdc_remediation_api_requests", "gauge",
	    "Requests to the API on this day (UTC).", ledger.spent);
	exposition_single(out, "tdc_remediation_api_requests_left", "gauge",
	    "Requests that api_daily_requests leaves for this day.",
	    conf->api_daily_requests > ledger.spent ?
	    conf->api_daily_requests - ledger.spent : 0);
	if (conf->api_polling)
		exposition_single(out,
		    "tdc_remediation_last_poll_timestamp_seconds", "gauge",
		    "When the API last told its verdicts, in seconds since "
		    "1970; 0: never.", (uint64_t)ledger.polled / 1000);
	ledger_drop(&ledger);
}
