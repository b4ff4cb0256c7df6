/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/survey.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "control/control.h"
#include "control/past/past.h"
#include "policy/policy.h"

#define RECENT INT64_C(7 * 86400000)	/* ms; intakes in use */

/* ---- history ---- */

static void
gather_history(struct survey *survey)
{
	struct summary *summary = &survey->summary;
	struct err err;

	if (past_scan(survey->conf, summary->span, summary_add, summary,
	    &err) == 0) {
		summary_finish(summary);
		return;
	}
	snprintf(survey->history_why, sizeof(survey->history_why), "%s",
	    err.text);
	survey->history_wanted = err.sys != ENOENT;
}

/* ---- remediation ---- */

static void
gather_remediation(struct survey *survey)
{
	const int64_t *span = survey->summary.span;
	const struct ledger_query query = { .since = span[0] };
	struct remedies remedies;
	struct ledger ledger;
	struct err ignored;

	if (ledger_read(survey->conf, &query, &ledger, &ignored) == -1)
		return;
	remedies_count(&ledger, span[0], span[1], &remedies);
	survey->remediates = true;
	survey->remedied = remedies.all;
	snprintf(survey->paused, sizeof(survey->paused), "%s", ledger.pause);
	survey->paused_recipients = ledger.pause_count;
	remedies_drop(&remedies);
	ledger_drop(&ledger);
}

/* ---- spool and counters ---- */

/* counting_since - the file of the counters is made when they begin; 0: not known,
 * as with a file system, or a C library, that does not tell */
static int64_t
counting_since(const struct spool *spool)
{
#ifdef STATX_BTIME
	struct statx stx;

	if (statx(spool_dirfd(spool), "counters", AT_SYMLINK_NOFOLLOW,
	    STATX_BTIME, &stx) == -1 || (stx.stx_mask & STATX_BTIME) == 0)
		return 0;
	return (int64_t)stx.stx_btime.tv_sec * 1000;
#else
	(void)spool;
	return 0;
#endif
}

/* gauge_ms - one of seconds, in ms; 0: not known, as without a forwarder */
static int64_t
gauge_ms(const struct status *status, enum counter which)
{
	return (int64_t)status_gauge(status, which) * 1000;
}

/* first_certificate - of the intakes that were in use since then, the one that
 * ends first; ms since 1970, 0: not known */
static int64_t
first_certificate(const struct status *status, int64_t since)
{
	const struct site_row *row = NULL;
	int64_t first = 0;

	while (status->sites != NULL &&
	    (row = site_counts_next(status->sites, row)) != NULL) {
		int64_t until = (int64_t)site_get(row,
		    COUNT_INTAKE_CERTIFICATE) * 1000;

		if (site_active(row) >= since && until != 0 &&
		    (first == 0 || until < first))
			first = until;
	}
	return first;
}

static void
gather_shape(struct survey *survey)
{
	survey->shape.now = survey->now;
	for (size_t i = 0; i < survey->waiting.count; i++)
		shape_add(&survey->shape, survey->waiting.copies[i].accepted);
}

static void
gather_copies(struct survey *survey)
{
	const struct spool *spool = survey->status.spool;
	bool seen = survey->status.sees_copies;
	struct err err;

	if (seen && (census_take(&survey->waiting, spool, &err) == -1 ||
	    census_take(&survey->kept, spool, &err) == -1))
		fprintf(stderr, "tdcctl: warning: %s\n", err.text);
	gather_shape(survey);
	survey->domain_count = sites_list(&survey->status,
	    seen ? &survey->waiting : NULL, seen ? &survey->kept : NULL,
	    &survey->domains);
}

static void
gather_status(struct survey *survey)
{
	struct err err;

	if (status_open(survey->conf, &survey->status, &err) == -1) {
		snprintf(survey->status_why, sizeof(survey->status_why), "%s",
		    err.text);
		return;
	}
	survey->counting = counting_since(survey->status.spool);
	survey->certificates[0] = gauge_ms(&survey->status,
	    COUNT_CERTIFICATE);
	survey->certificates[1] = first_certificate(&survey->status,
	    survey->now - RECENT);
	gather_copies(survey);
}

/* ---- tables ---- */

static void
add_table(void *arg, const char *check, const char *name, size_t entries)
{
	struct survey *survey = arg;

	survey->tables = mem_grow(survey->tables, survey->table_count + 1,
	    sizeof(*survey->tables));
	survey->tables[survey->table_count++] = (struct survey_table){
	    .check = mem_text(check), .name = mem_text(name),
	    .entries = entries };
}

static void
add_note(void *arg, const char *text)
{
	buf_texts(&((struct survey *)arg)->table_notes, text, "\n");
}

static void
gather_tables(struct survey *survey)
{
	struct policy *policy;
	struct err err;

	if (policy_load(survey->conf, &policy, &err) == -1) {
		snprintf(survey->tables_why, sizeof(survey->tables_why), "%s",
		    err.text);
		return;
	}
	policy_each_table(policy, add_table, survey);
	policy_each_stale(policy, add_note, survey);
	policy_free(policy);
}

/* ---- all ---- */

/* survey_gather - what is there */
void
survey_gather(struct survey *survey, const struct conf *conf, int64_t since,
    int64_t until)
{
	*survey = (struct survey){ .conf = conf, .now = clock_wall(),
	    .table_notes = BUF,
	    .waiting = { .alternate = conf->alternate_intake_address },
	    .kept = { .place = SPOOL_FAILED, .alternate = "" } };
	if (*conf->helo_name != '\0')
		snprintf(survey->host, sizeof(survey->host), "%s",
		    conf->helo_name);
	else
		hostname_get(survey->host);
	summary_init(&survey->summary, since, until);
	gather_history(survey);
	gather_remediation(survey);
	gather_status(survey);
	gather_tables(survey);
}

/* survey_drop - all of it */
void
survey_drop(struct survey *survey)
{
	for (size_t i = 0; i < survey->table_count; i++) {
		free(survey->tables[i].check);
		free(survey->tables[i].name);
	}
	free(survey->tables);
	free(survey->domains);
	buf_drop(&survey->table_notes);
	census_drop(&survey->waiting);
	census_drop(&survey->kept);
	summary_drop(&survey->summary);
	status_close(&survey->status);
}

/* survey_skipped - in the words that explain the counter */
bool
survey_skipped(enum counter which, char out[SURVEY_REASON])
{
	static const char before[] = "Messages not journaled: ";
	const char *meaning = counter_rows[which].meaning;
	size_t n = strlen(before);

	if (which == COUNT_ABORTED) {
		snprintf(out, SURVEY_REASON, "not shown to their end");
		return true;
	}
	if (strncmp(meaning, before, n) != 0)
		return false;
	snprintf(out, SURVEY_REASON, "%.*s", (int)strcspn(meaning + n, "."),
	    meaning + n);
	return true;
}

/* survey_up - as hoststatus has it */
const char *
survey_up(const struct survey *survey, const struct site_now *row)
{
	return status_state_name(row->site == NULL ? SITE_UNKNOWN :
	    status_of_site(&survey->status, row->site));
}
