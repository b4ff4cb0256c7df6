/* SPDX-License-Identifier: BSD-2-Clause */
/* The report as one object of JSON. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "base/own.h"
#include "control/report/survey.h"

/* text_by - as all --json has it, so that any bytes come back */
static json_t *
text_by(void (*add)(const char *, struct buf *), const char *text)
{
	own(buf) struct buf json = BUF;

	add(text, &json);
	return json_loadb(json.data, json.len, JSON_DECODE_ANY, NULL);
}

/* text - from the network, or a name */
static json_t *
text(const char *of)
{
	return text_by(json_text_add, of);
}

/* shown - what was written for people */
static json_t *
shown(const char *of)
{
	return text_by(json_text_add_shown, of);
}

/* seconds - of a time or a span in ms; null: there is none */
static json_t *
seconds(int64_t ms)
{
	return ms != 0 ? json_real((double)ms / 1000) : json_null();
}

static json_t *
number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
delays_of(const struct tally_spread *spread)
{
	if (spread->count == 0)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:f, s:f}",
	    "p50", (double)spread->p50 / 1000, "p90", (double)spread->p90 / 1000,
	    "p95", (double)spread->p95 / 1000, "p99", (double)spread->p99 / 1000,
	    "max", (double)spread->most / 1000);
}

/* counts_of - what all tables have */
static json_t *
counts_of(const struct tally_row *row)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}",
	    "copies", number(row->copies),
	    "delivered", number(row->delivered),
	    "given_up", number(row->given_up),
	    "deleted", number(row->deleted),
	    "bytes", number(row->bytes));
}

/* tally_of - a list, each with its name under that key */
static json_t *
tally_of(const struct tally *tally, const char *key)
{
	json_t *list = json_array();

	for (size_t i = 0; i < tally->count; i++) {
		json_t *object = counts_of(tally->rows[i]);

		json_object_set_new(object, key,
		    text(tally->rows[i]->name));
		if (tally->rows[i]->delays.count > 0)
			json_object_set_new(object, "delay",
			    delays_of(&tally->rows[i]->delays));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *
reasons_of(const struct tally *reasons)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reasons->count; i++) {
		const struct tally_row *row = reasons->rows[i];
		char verdict[SUMMARY_VERDICT];
		const char *reply = summary_reason(row, verdict);

		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}",
		    "verdict", text(verdict),
		    "reply", text(reply),
		    "copies", number(row->copies),
		    "last", seconds(row->last)));
	}
	return list;
}

static json_t *
traffic_of(const struct summary *summary)
{
	json_t *list = json_array();

	for (size_t i = 0; i < summary->slots.count; i++) {
		const struct summary_slot *slot = &summary->figures[i];

		json_array_append_new(list, json_pack(
		    "{s:o, s:o, s:o, s:o, s:o}",
		    "from", seconds(summary->slots.starts[i]),
		    "delivered", number(slot->delivered),
		    "given_up", number(slot->given_up),
		    "deleted", number(slot->deleted),
		    "bytes", number(slot->bytes)));
	}
	return list;
}

static json_t *
slowest_of(const struct summary *summary)
{
	json_t *list = json_array();

	for (size_t i = 0; i < summary->slow_count; i++) {
		const struct summary_slow *slow = &summary->slowest[i];

		json_array_append_new(list, json_pack(
		    "{s:o, s:o, s:o, s:o, s:o, s:f, s:i}",
		    "mid", number(slow->mid),
		    "queue_id", text(slow->queue_id),
		    "sender", text(slow->sender),
		    "intake", text(slow->intake),
		    "time", seconds(slow->accepted),
		    "delay", (double)slow->delay / 1000,
		    "attempts", (int)slow->attempts));
	}
	return list;
}

static json_t *
history_of(const struct survey *survey)
{
	const struct summary *summary = &survey->summary;

	if (*survey->history_why != '\0')
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "all", counts_of(&summary->all),
	    "first_attempt", number(summary->first_try),
	    "delay", delays_of(&summary->all.delays),
	    "verdicts", tally_of(summary->verdicts, "verdict"),
	    "traffic", traffic_of(summary),
	    "intakes", tally_of(summary->intakes, "intake"),
	    "policies", tally_of(summary->policies, "policy"),
	    "domains", tally_of(summary->domains, "domain"),
	    "reasons", reasons_of(summary->reasons),
	    "slowest", slowest_of(summary));
}

static json_t *
domains_of(const struct survey *survey)
{
	json_t *list = json_array();

	for (size_t i = 0; i < survey->domain_count; i++) {
		const struct site_now *row = &survey->domains[i];

		json_array_append_new(list, json_pack(
		    "{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		    "domain", text(row->name),
		    "status", survey_up(survey, row),
		    "waiting", number(row->waiting),
		    "oldest_age", row->oldest == 0 ? json_null() :
		    json_real((double)(survey->now - row->oldest) / 1000),
		    "kept", survey->status.sees_copies ? number(row->kept) :
		    json_null(),
		    "connections_out", number(survey->status.forwards ?
		    site_get(row->site, COUNT_CONNECTIONS_OUT) : 0),
		    "delivered", number(site_get(row->site, COUNT_DELIVERED)),
		    "soft_bounced", number(site_get(row->site,
		    COUNT_SOFT_BOUNCED)),
		    "hard_bounced", number(site_get(row->site,
		    COUNT_HARD_BOUNCED))));
	}
	return list;
}

static json_t *
messages_of(const struct survey *survey)
{
	const struct counters *counters = survey->status.counters;
	char reason[SURVEY_REASON];
	json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o}",
	    "since", seconds(survey->counting),
	    "messages", number(counter_get(counters, COUNT_MESSAGES)),
	    "journaled", number(counter_get(counters, COUNT_JOURNALED)),
	    "failed_open", number(counter_get(counters, COUNT_FAILED_OPEN)),
	    "failed_tempfail", number(counter_get(counters,
	    COUNT_FAILED_TEMPFAIL)));

	for (enum counter i = 0; i < COUNTERS; i++)
		if (survey_skipped(i, reason))
			json_object_set_new(object, counter_rows[i].name,
			    number(counter_get(counters, i)));
	return object;
}

static json_t *
status_of(const struct survey *survey)
{
	const struct status *status = &survey->status;
	bool seen = status->sees_copies;
	uint64_t waiting;
	bool known;

	if (*survey->status_why != '\0')
		return json_null();
	known = status_waiting(status, &waiting);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}",
	    "waiting", known ? number(waiting) : json_null(),
	    "kept", seen ? number(status->failed) : json_null(),
	    "damaged", seen ? number(status->damaged) : json_null(),
	    "domains", domains_of(survey),
	    "messages", messages_of(survey),
	    "milters", number(status->milter_count),
	    "forwarder", (int)status->forwards,
	    "certificate", seconds(survey->certificates[0]),
	    "intake_certificate", seconds(survey->certificates[1]));
}

static json_t *
tables_of(const struct survey *survey)
{
	json_t *list = json_array();

	if (*survey->tables_why != '\0') {
		json_decref(list);
		return json_null();
	}
	for (size_t i = 0; i < survey->table_count; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}",
		    "check", shown(survey->tables[i].check),
		    "table", shown(survey->tables[i].name),
		    "entries", number(survey->tables[i].entries)));
	return list;
}

/* error_of - null: there was none */
static json_t *
error_of(const char *why)
{
	return *why != '\0' ? shown(why) : json_null();
}

/* remediation_of - null: nobody does, or we may not see what */
static json_t *
remediation_of(const struct survey *survey)
{
	json_t *object;

	if (!survey->remediates)
		return json_null();
	object = json_pack("{s:i, s:o, s:i}", "total",
	    (int)survey->remedied.total, "paused", error_of(survey->paused),
	    "paused_recipients", (int)survey->paused_recipients);
	for (int i = 0; i < REMEDIES; i++)
		json_object_set_new(object, remedy_word((enum remedy)i),
		    number(survey->remedied.of[i]));
	return object;
}

/* survey_print_object - what is not known is null, and an error says why */
void
survey_print_object(const struct survey *survey)
{
	json_t *root = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:o}",
	    "host", text(survey->host),
	    "since", seconds(survey->summary.span[0]),
	    "until", seconds(survey->summary.span[1]),
	    "history", history_of(survey),
	    "history_error", error_of(survey->history_why),
	    "status", status_of(survey),
	    "status_error", error_of(survey->status_why),
	    "remediation", remediation_of(survey),
	    "tables", tables_of(survey),
	    "tables_error", error_of(survey->tables_why));

	/* In ASCII, since a terminal would obey some of what is beyond. */
	json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(13) |
	    JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(root);
}
