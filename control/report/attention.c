/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/attention.h"

#include "base/escape.h"
#include "base/own.h"
#include "control/queue/suspended.h"
#include "control/when.h"

#define SOON INT64_C(14 * 86400000)	/* as tdcctl check warns */

/* count_of - "1 copy is", "2 copies are" */
static void
count_of(struct buf *out, uint64_t n, const char *one, const char *many)
{
	buf_texts(out, COMMAS(n), " ", n == 1 ? one : many);
}

static void
find_in_program(const struct spool_program *program, const char *name,
    struct buf *out)
{
	if (program->state.refused)
		buf_texts(out, name, " refused tdc.cf at its last reload: the "
		    "log says why.\n");
	if (program->state.stale > 0) {
		count_of(out, program->state.stale, "table", "tables");
		buf_text(out, " could not be read again, so that an older "
		    "state is in force: the log says why.\n");
	}
}

static void
find_in_programs(const struct status *status, struct buf *out)
{
	if (status->milter_count == 0)
		buf_text(out, "tdc-milter is not running: no copies are "
		    "made.\n");
	if (!status->forwards)
		buf_text(out, "tdc-forwarder is not running: no copies are "
		    "delivered.\n");
	for (size_t i = 0; i < status->milter_count; i++)
		find_in_program(&status->milters[i], "tdc-milter", out);
	if (status->forwards)
		find_in_program(&status->forwarder, "tdc-forwarder", out);
}

static void
find_in_domains(const struct survey *survey, struct buf *out)
{
	for (size_t i = 0; i < survey->domain_count; i++) {
		const struct site_now *row = &survey->domains[i];

		if (row->site != NULL && status_of_site(&survey->status,
		    row->site) == SITE_DOWN)
			buf_texts(out, ESCAPE(row->name), " was down at the "
			    "last attempt.\n");
	}
}

static void
find_suspended(const struct status *status, struct buf *out)
{
	own(buf) struct buf words = BUF;

	suspended_sentences(&status->suspended, ".\n", &words);
	if (words.len > 0)
		buf_texts(out, words.data, ".\n");
}

static void
find_in_counters(const struct survey *survey, struct buf *out)
{
	uint64_t n = counter_get(survey->status.counters, COUNT_FAILED_OPEN);
	char at[WHEN_TEXT];

	if (n == 0)
		return;
	count_of(out, n, "message was", "messages were");
	buf_texts(out, " accepted without a copy because something of ours "
	    "failed, since ", survey->counting != 0 ?
	    when_text(survey->counting, at) : "the counters began", ".\n");
}

static void
find_in_spool(const struct status *status, struct buf *out)
{
	if (status->failed > 0) {
		count_of(out, status->failed, "copy is", "copies are");
		buf_text(out, " kept after delivery was given up: tdcctl "
		    "queue lists them, tdcctl requeue sends them.\n");
	}
	if (status->damaged > 0) {
		count_of(out, status->damaged, "damaged file is",
		    "damaged files are");
		buf_text(out, " in failed/.\n");
	}
}

static void
find_in_certificates(const struct survey *survey, struct buf *out)
{
	static const char *const whose[] = { "The certificate in "
		"tls_cert_file", "The certificate of an intake" };
	char at[WHEN_TEXT];

	for (int i = 0; i < 2; i++)
		if (survey->certificates[i] != 0 &&
		    survey->certificates[i] < survey->now + SOON)
			buf_texts(out, whose[i], " is valid until ",
			    when_text(survey->certificates[i], at), ".\n");
}

/* attention_find - the worst first */
void
attention_find(const struct survey *survey, struct buf *out)
{
	if (*survey->status_why == '\0') {
		find_in_programs(&survey->status, out);
		find_in_domains(survey, out);
		find_suspended(&survey->status, out);
		find_in_certificates(survey, out);
		find_in_spool(&survey->status, out);
		find_in_counters(survey, out);
	}
	if (*survey->paused != '\0')
		buf_texts(out, "All remediation has stopped: ",
		    ESCAPE(survey->paused), "; if that is right: "
		    "tdc-remediator resume\n");
	if (survey->paused_recipients > 0)
		buf_format(out, "Remediation has stopped for %zu recipient%s: "
		    "tdcctl remediation-report\n", survey->paused_recipients,
		    survey->paused_recipients == 1 ? "" : "s");
	if (survey->history_wanted)
		buf_texts(out, "The history cannot be read: ",
		    survey->history_why, "\n");
	if (*survey->tables_why != '\0')
		buf_texts(out, "The policy cannot be loaded: ",
		    survey->tables_why, "\n");
	buf_bytes(out, survey->table_notes.data, survey->table_notes.len);
}
