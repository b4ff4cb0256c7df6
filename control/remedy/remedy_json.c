/* SPDX-License-Identifier: BSD-2-Clause */
/* The Remediation Report as lines of JSON: one of the whole, then each batch with
 * its messages after it, then those of no batch. */
#include <stdio.h>

#include "base/json_put.h"
#include "base/own.h"
#include "control/remedy/remedy_report.h"

static void
put_line(struct buf *out)
{
	json_put_end(out);
	(void)fwrite(out->data, 1, out->len, stdout);
	putchar('\n');
	buf_drop(out);
}

static void
put_counts(struct buf *out, const char *key,
    const struct remedy_counts *counts)
{
	json_put_key(out, key);
	json_put_begin(out);
	json_put_number(out, "total", counts->total);
	for (int i = 0; i < REMEDIES; i++)
		json_put_number(out, remedy_word((enum remedy)i),
		    counts->of[i]);
	json_put_end(out);
}

/* put_moment - null: there was none */
static void
put_moment(struct buf *out, const char *key, int64_t at)
{
	if (at != 0)
		json_put_time(out, key, at);
	else
		json_put_null(out, key);
}

static void
put_reasons(struct buf *out, const struct remedy_report *report)
{
	json_put_key(out, "left_alone");
	json_put_array(out);
	for (size_t i = 0; i < report->reason_count; i++) {
		json_put_begin(out);
		json_put_text(out, "reason", report->reasons[i].text);
		json_put_number(out, "messages", report->reasons[i].count);
		json_put_end(out);
	}
	json_put_array_end(out);
}

static void
put_pauses(struct buf *out, const struct ledger *ledger)
{
	json_put_key(out, "paused_recipients");
	json_put_array(out);
	for (size_t i = 0; i < ledger->pause_count; i++) {
		json_put_begin(out);
		json_put_text(out, "recipient", ledger->pauses[i].recipient);
		json_put_text(out, "reason", ledger->pauses[i].why);
		json_put_end(out);
	}
	json_put_array_end(out);
}

static void
print_summary(const struct remedy_report *report)
{
	static const char *const modes[] = { [CONF_REMEDIATE_REPORT] =
		"report", [CONF_REMEDIATE_ACT] = "act" };
	const struct ledger *ledger = &report->ledger;
	const struct conf *conf = report->conf;
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "host", report->host);
	json_put_time(&out, "since", report->since);
	json_put_time(&out, "until", report->until);
	json_put_text(&out, "mode", modes[conf->remediation_mode]);
	json_put_text(&out, "paused", *ledger->pause != '\0' ?
	    ledger->pause : NULL);
	put_pauses(&out, ledger);
	put_moment(&out, "last_poll", ledger->polled);
	json_put_number(&out, "api_requests", ledger->spent);
	json_put_number(&out, "api_requests_left", conf->api_daily_requests >
	    ledger->spent ? conf->api_daily_requests - ledger->spent : 0);
	put_counts(&out, "messages", &report->remedies.all);
	put_counts(&out, "automatic", &report->remedies.automatic);
	put_counts(&out, "searched", &report->remedies.searched);
	put_reasons(&out, report);
	put_line(&out);
}

static void
print_batch(const struct remedy_report *report,
    const struct ledger_batch *batch)
{
	const struct remedy_counts counts = remedy_batch_counts(
	    &report->remedies, batch->id);
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_number(&out, "batch", (uint64_t)batch->id);
	json_put_text(&out, "name", batch->name);
	json_put_text(&out, "status", remedy_batch_status(&counts));
	json_put_text(&out, "by", batch->by);
	json_put_text(&out, "source", batch->source);
	json_put_time(&out, "time", batch->begun);
	json_put_text(&out, "action", conf_remedial_action(batch->what));
	json_put_text(&out, "description", batch->description);
	put_counts(&out, "messages", &counts);
	put_line(&out);
}

static void
print_action(const struct ledger_action *action)
{
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_number(&out, "mid", action->mid);
	json_put_text(&out, "message_id", action->message_id);
	json_put_text(&out, "api_id", action->api_id);
	json_put_text(&out, "status", remedy_word(remedy_of(action)));
	json_put_text(&out, "step", action->word);
	json_put_text(&out, "sender", action->sender);
	json_put_text(&out, "recipient", action->recipient);
	json_put_text(&out, "subject", action->subject);
	put_moment(&out, "sent", action->sent);
	json_put_text(&out, "verdict", action->verdict);
	json_put_text(&out, "action", conf_remedial_action(action->what));
	if (action->batch != 0)
		json_put_number(&out, "batch", (uint64_t)action->batch);
	else
		json_put_null(&out, "batch");
	json_put_text(&out, "profile", action->profile);
	json_put_number(&out, "attempts", action->attempts);
	json_put_number(&out, "searches", action->searches);
	put_moment(&out, "next_try", action->due);
	json_put_text(&out, "reason", action->reason);
	json_put_time(&out, "found", action->made);
	json_put_time(&out, "time", action->changed);
	put_line(&out);
}

static void
print_messages(const struct remedies *remedies, int64_t batch)
{
	size_t first, count = remedies_batch(remedies, batch, &first);

	for (size_t i = first; i < first + count; i++)
		for (size_t j = 0; j < remedies->messages[i].count; j++)
			print_action(remedies->messages[i].actions[j]);
}

/* remedy_print_json - nothing is left out */
void
remedy_print_json(const struct remedy_report *report)
{
	const struct ledger *ledger = &report->ledger;

	print_summary(report);
	for (size_t i = 0; i < ledger->batch_count; i++) {
		size_t ignored;

		if (remedies_batch(&report->remedies, ledger->batches[i].id,
		    &ignored) == 0)
			continue;
		print_batch(report, &ledger->batches[i]);
		print_messages(&report->remedies, ledger->batches[i].id);
	}
	print_messages(&report->remedies, 0);
}
