/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/trial/trial.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log/log.h"
#include "base/own.h"
#include "forward/dial.h"
#include "forward/trial/advice.h"
#include "forward/trial/trial_private.h"
#include "forward/verdict.h"

/* ---- what would become of a copy ---- */

/* in_words - a time, as tdc.cf has it; new */
static char *
in_words(int64_t ms)
{
	return ms % 1000 == 0 ? mem_format("%" PRId64 "s", ms / 1000) :
	    mem_format("%" PRId64 "ms", ms);
}

/* end_of - what becomes of a copy that is given up */
static const char *
end_of(const struct trial *trial)
{
	const struct conf *conf = &trial->worker->settings->conf;

	if (*conf->alternate_intake_address != '\0' && strcmp(
	    conf->alternate_intake_address, trial->order->intake) != 0)
		return "and go to alternate_intake_address";
	return conf->undelivered == CONF_KEEP ?
	    "and be kept (undelivered = keep)" : "and be discarded";
}

/* fate - new */
static char *
fate(const struct trial *trial, enum verdict_class class)
{
	const struct conf *conf = &trial->worker->settings->conf;
	const struct verdict_row *row = &verdict_rows[class];
	own(str) char *delay = in_words(conf->retry_delay);
	own(str) char *life = in_words(conf->queue_lifetime);

	if (class == VERDICT_NONE)
		return mem_text("a copy would be tried again, and lose no "
		    "attempt by this");
	if (row->retry && conf->retry_limit > 0)
		return mem_format("a copy would be tried again after %s, at "
		    "most %u time%s and for no longer than %s, then given up, "
		    "%s", delay, conf->retry_limit,
		    conf->retry_limit == 1 ? "" : "s", life, end_of(trial));
	return mem_format("a copy would be given up%s: %s, %s",
	    row->retry ? " (retry_limit = 0)" : " at once", row->name,
	    end_of(trial));
}

/* would_retry - as forward/outcome.c decides of a copy's first attempt */
static bool
would_retry(const struct trial *trial, enum verdict_class class)
{
	return class == VERDICT_NONE || (verdict_rows[class].retry &&
	    trial->worker->settings->conf.retry_limit > 0);
}

/* class_of - not in time is too late, whatever else it was */
static enum verdict_class
class_of(const struct trial *trial, const struct verdict *verdict)
{
	int64_t life = trial->worker->settings->conf.queue_lifetime;

	return verdict_rows[verdict->class].retry &&
	    verdict->class != VERDICT_NONE &&
	    clock_now() >= trial->began + life ? VERDICT_EXPIRED :
	    verdict->class;
}

/* ---- the end ---- */

/* tell_log - that this gateway has sent something */
static void
tell_log(const struct trial *trial, const char *id, const char *end)
{
	struct err ignored;

	if (log_open("tdc-forwarder", &trial->worker->settings->conf, false,
	    &ignored) == -1)
		return;
	log_event(test_sent, id, ESCAPE(trial->order->intake), end);
	log_flush();
}

/* begin_result - what both ends have */
static json_t *
begin_result(const struct trial *trial, const struct trial_message *message,
    uint64_t octets)
{
	int64_t now = clock_now();
	int64_t usable = trial->usable != 0 ? trial->usable : now;

	return json_pack("{s:b, s:s, s:I, s:I, s:I, s:I}", "delivered", false,
	    "message_id", message->id, "octets", (json_int_t)octets,
	    "total_ms", (json_int_t)(now - trial->began), "connection_ms",
	    (json_int_t)(usable - trial->began), "message_ms",
	    (json_int_t)(now - usable));
}

static void
print_result(json_t *result)
{
	trial_print(json_pack("{s:o}", "result", result));
}

static int
delivered(const struct trial *trial, const struct trial_message *message,
    json_t *result, const struct reply *thanks)
{
	own(str) char *whole = mem_format("%d %.*s", thanks->code,
	    (int)thanks->length, thanks->text);
	own(str) char *reply = trial_text(trial, whole);
	own(str) char *end = mem_format("delivered, '%s'", reply);

	json_object_set_new(result, "delivered", json_true());
	json_object_set_new(result, "reply", json_string(reply));
	json_object_set_new(result, "exit", json_integer(EX_OK));
	print_result(result);
	tell_log(trial, message->id, end);
	return EX_OK;
}

/* failed - with what is to be done */
static int
failed(const struct trial *trial, const struct trial_message *message,
    json_t *result, const struct failure *failure)
{
	const struct advice *advice = advice_find(failure);
	own(buf) struct buf reason = BUF;
	own(str) char *reply = NULL, *end = NULL, *would = NULL;
	struct verdict verdict;
	enum verdict_class class;
	int code;

	verdict_of(failure, &verdict);
	class = class_of(trial, &verdict);
	code = would_retry(trial, class) ? EX_TEMPFAIL : EX_UNAVAILABLE;
	failure_reason(failure, trial_peer(trial), &reason);
	reply = trial_text(trial, reason.data);
	would = fate(trial, class);
	json_object_update_new(result, json_pack(
	    "{s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:i}",
	    "step", step_rows[failure->step].name, "reply", reply,
	    "retry", code == EX_TEMPFAIL, "verdict", verdict_rows[class].name,
	    "copy", would, "kind", advice->kind, "means", advice->means,
	    "remedy", advice->remedy, "exit", code));
	print_result(result);
	end = mem_format("not delivered, %s: %s", advice->kind, reply);
	tell_log(trial, message->id, end);
	return code;
}

/* ---- the way there ---- */

/* send_letter - as forward/deliver.c does: in one flight, where that is
 * offered */
static int
send_letter(struct smtp *smtp, const struct letter *letter,
    struct failure *out)
{
	if (!smtp_board(smtp, letter))
		return smtp_send(smtp, letter, out);
	smtp_depart(smtp);
	return smtp_fate(smtp, out) == SMTP_TAKEN ? 0 : -1;
}

/* carry - connect, send, part */
static int
carry(struct trial *trial, const struct letter *letter, struct failure *out)
{
	struct worker *worker = trial->worker;
	int result = dial_try(worker, out);

	if (result == -1)
		return -1;
	trial->usable = clock_now();
	worker->smtp.conn.death = trial->began +
	    worker->settings->conf.queue_lifetime;
	result = send_letter(&worker->smtp, letter, out);
	if (result == -1 && out->cause != CAUSE_REPLY)
		worker->watch->failed(trial, out);
	return result;
}

/* try - with a message that is made for it; an exit code */
static int
try(struct trial *trial)
{
	const struct conf *conf = &trial->worker->settings->conf;
	struct trial_message message;
	struct failure failure;
	struct letter letter;
	json_t *result;
	int status, code;

	trial_compose(trial, &message);
	letter = (struct letter){ .sender = conf->journal_sender,
	    .recipient = trial->order->intake, .head = &message.report.head,
	    .bytes = message.bytes.data, .fd = -1,
	    .length = message.bytes.len, .tail = &message.report.tail,
	    .eight_bit = message.report.eight_bit,
	    .binary = message.report.binary };
	status = carry(trial, &letter, &failure);
	result = begin_result(trial, &message, flight_size(&letter));
	code = status == 0 ?
	    delivered(trial, &message, result, &failure.reply) :
	    failed(trial, &message, result, &failure);
	dial_end(trial->worker);
	trial_message_drop(&message);
	return code;
}

/* trial_run - a worker that belongs to nobody */
int
trial_run(const struct trial_order *order, struct forward_settings *settings)
{
	own(str) char *sender = order->sender != NULL ?
	    mem_text(order->sender) :
	    mem_format("postmaster@%s", settings->conf.helo_name);
	struct forwarder forwarder = { .settings = settings, .stop_fd = -1,
	    .cancel_fd = -1 };
	struct site site = { .domain =
	    strrchr(order->intake, '@') + 1 };
	struct trial trial = { .order = order, .sender = sender,
	    .began = clock_now() };
	const struct watch watch = trial_watch(&trial);
	struct worker worker = { .forwarder = &forwarder,
	    .settings = settings, .site = &site, .watch = &watch };

	signal(SIGPIPE, SIG_IGN);
	sts_read_only(settings->sts);
	smtp_init(&worker.smtp, "", 0);
	trial.worker = &worker;
	trial_began(&trial);
	return try(&trial);
}
