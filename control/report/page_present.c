/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/report/figures.h"
#include "control/report/page.h"
#include "control/when.h"

#define COLUMNS(list) (list), sizeof(list) / sizeof(*(list))

/* ---- domains ---- */

static void
add_domain(const struct markup_table *table, const struct survey *survey,
    const struct site_now *row)
{
	markup_row(table, (const char *[]){ row->name, survey_up(survey, row),
	    COMMAS(row->waiting),
	    row->oldest == 0 ? "-" : DELAY(survey->now - row->oldest),
	    COMMAS(survey->status.forwards ? site_get(row->site,
	    COUNT_CONNECTIONS_OUT) : 0),
	    COMMAS(site_get(row->site, COUNT_DELIVERED)),
	    COMMAS(site_get(row->site, COUNT_SOFT_BOUNCED)),
	    COMMAS(site_get(row->site, COUNT_HARD_BOUNCED)),
	    survey->status.sees_copies ? COMMAS(row->kept) : "-" }, -1);
}

/* add_domains - the gateway's page of that name, and two columns more */
static void
add_domains(const struct survey *survey, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Destination Domain", MARKUP_NAME },
		{ "Latest Host Status", MARKUP_TEXT },
		{ "Active Recipients", MARKUP_NUMBER },
		{ "Oldest", MARKUP_NUMBER },
		{ "Connections Out", MARKUP_NUMBER },
		{ "Delivered Recipients", MARKUP_NUMBER },
		{ "Soft Bounced", MARKUP_NUMBER },
		{ "Hard Bounced", MARKUP_NUMBER }, { "Kept", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };

	markup_section(out, "Delivery Status", "");
	markup_table(&table, "Intake domains as they are now; what was "
	    "delivered and bounced is counted since each had its first copy");
	for (size_t i = 0; i < survey->domain_count; i++)
		add_domain(&table, survey, &survey->domains[i]);
	if (survey->domain_count == 0)
		markup_note(&table, "none");
	markup_table_end(&table);
	markup_section_end(out);
}

/* ---- the spool ---- */

static void
add_ages(const struct survey *survey, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "For", MARKUP_NAME }, { "Copies", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	const struct shape *shape = &survey->shape;
	char text[32];

	markup_table(&table, "Copies that wait, by the time since they were "
	    "accepted");
	for (size_t i = 0; i < SHAPE_AGES; i++) {
		bool last = i == SHAPE_LIMITS;

		snprintf(text, sizeof(text), "%s %u s", last ? "more than" :
		    "up to", shape_limits[last ? i - 1 : i]);
		markup_row(&table, (const char *[]){ text,
		    COMMAS(shape->ages[i]) }, shape->total == 0 ? -1 :
		    (double)shape->ages[i] / (double)shape->total);
	}
	markup_table_end(&table);
}

static void
add_spool(const struct survey *survey, struct buf *out)
{
	const struct status *status = &survey->status;
	uint64_t waiting;
	own(str) char *note = NULL;

	if (!status_waiting(status, &waiting))
		note = mem_text("How many copies wait is not visible to this "
		    "user.");
	else if (!status->sees_copies)
		note = mem_format("%s waiting", COMMAS(waiting));
	else
		note = mem_format("%s waiting, %s kept, %s damaged",
		    COMMAS(waiting), COMMAS(status->failed),
		    COMMAS(status->damaged));
	markup_section(out, "Spool now", note);
	if (status->sees_copies && survey->shape.total > 0)
		add_ages(survey, out);
	markup_section_end(out);
}

/* ---- messages ---- */

static void
add_fate(const struct markup_table *table, const struct survey *survey,
    const char *name, enum counter which)
{
	uint64_t all = counter_get(survey->status.counters, COUNT_MESSAGES);
	uint64_t n = counter_get(survey->status.counters, which);

	markup_row(table, (const char *[]){ name, COMMAS(n), SHARE(n, all) },
	    all > 0 ? (double)n / (double)all : -1);
}

static void
add_messages(const struct survey *survey, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Fate", MARKUP_NAME }, { "Messages", MARKUP_NUMBER },
		{ "Share", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	char text[96], at[WHEN_TEXT], reason[SURVEY_REASON];

	snprintf(text, sizeof(text), "Counted since %s",
	    survey->counting != 0 ? when_text(survey->counting, at) :
	    "the counters began");
	markup_section(out, "Messages", text);
	markup_table(&table, "What the milter did with each message");
	add_fate(&table, survey, "journaled", COUNT_JOURNALED);
	add_fate(&table, survey, "accepted without a copy, because something "
	    "of ours failed", COUNT_FAILED_OPEN);
	add_fate(&table, survey, "deferred for that", COUNT_FAILED_TEMPFAIL);
	for (enum counter i = 0; i < COUNTERS; i++)
		if (survey_skipped(i, reason) &&
		    counter_get(survey->status.counters, i) > 0) {
			own(str) char *name = mem_format("not journaled: %s",
			    reason);

			add_fate(&table, survey, name, i);
		}
	markup_table_end(&table);
	markup_section_end(out);
}

/* ---- programs ---- */

static void
add_program(const struct markup_table *table, const char *name,
    const struct spool_program *program)
{
	char pid[24], stale[16], since[WHEN_TEXT] = "-", loaded[WHEN_TEXT] = "-";

	snprintf(pid, sizeof(pid), "%ld", program->pid);
	snprintf(stale, sizeof(stale), "%u", program->state.stale);
	if (program->since != 0)
		when_text(program->since, since);
	if (program->state.loaded != 0)
		when_text(program->state.loaded, loaded);
	markup_row(table, (const char *[]){ name, pid, program->version,
	    since, loaded, stale }, -1);
}

static void
add_programs(const struct survey *survey, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Program", MARKUP_NAME }, { "Pid", MARKUP_NUMBER },
		{ "Version", MARKUP_TEXT }, { "Started", MARKUP_TIME },
		{ "tdc.cf read", MARKUP_TIME },
		{ "Tables not up to date", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	const struct status *status = &survey->status;

	markup_section(out, "Programs", "");
	markup_table(&table, "Those that run");
	for (size_t i = 0; i < status->milter_count; i++)
		add_program(&table, "tdc-milter", &status->milters[i]);
	if (status->forwards)
		add_program(&table, "tdc-forwarder", &status->forwarder);
	if (status->milter_count == 0 && !status->forwards)
		markup_note(&table, "none");
	markup_table_end(&table);
	markup_section_end(out);
}

static void
add_certificates(const struct survey *survey, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Certificate", MARKUP_NAME },
		{ "Valid until", MARKUP_TIME } };
	static const char *const names[] = { "ours (tls_cert_file)",
		"of an intake" };
	struct markup_table table = { out, COLUMNS(columns) };
	char at[WHEN_TEXT];

	if (survey->certificates[0] == 0 && survey->certificates[1] == 0)
		return;
	markup_section(out, "Certificates", "");
	markup_table(&table, "As the forwarder saw them last");
	for (int i = 0; i < 2; i++)
		if (survey->certificates[i] != 0)
			markup_row(&table, (const char *[]){ names[i],
			    when_text(survey->certificates[i], at) }, -1);
	markup_table_end(&table);
	markup_section_end(out);
}

/* page_present - where copies go, what waits, what was not copied */
void
page_present(const struct survey *survey, struct buf *out)
{
	add_domains(survey, out);
	buf_text(out, "<div class=\"pair\">\n");
	add_messages(survey, out);
	add_spool(survey, out);
	buf_text(out, "</div>\n");
	add_programs(survey, out);
	add_certificates(survey, out);
}

/* page_tables - those that a lookup would try */
void
page_tables(const struct survey *survey, struct buf *out)
{
	static const struct markup_column columns[] = {
		{ "Table", MARKUP_NAME }, { "Check", MARKUP_TEXT },
		{ "Entries", MARKUP_NUMBER } };
	struct markup_table table = { out, COLUMNS(columns) };
	own(str) char *text = mem_format("none: default_policy = %s",
	    survey->conf->default_policy);

	markup_section(out, "Policy tables", survey->tables_why);
	if (*survey->tables_why == '\0') {
		markup_table(&table, "policy_maps, as it is on disk now");
		for (size_t i = 0; i < survey->table_count; i++)
			markup_row(&table, (const char *[]){
			    survey->tables[i].name, survey->tables[i].check,
			    COMMAS(survey->tables[i].entries) }, -1);
		if (survey->table_count == 0)
			markup_note(&table, text);
		markup_table_end(&table);
	}
	markup_section_end(out);
}
