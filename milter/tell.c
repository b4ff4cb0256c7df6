/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/tell.h"

#include "base/buf.h"
#include "base/log/log.h"
#include "base/own.h"
#include "milter/raise.h"

/* is_wanted - by log_skipped, or with -v; decided: somebody wanted it so */
static bool
is_wanted(const struct conf *conf, bool decided)
{
	return log_debugs() || conf->log_skipped == CONF_LOG_ALL ||
	    (conf->log_skipped == CONF_LOG_DECIDED && decided);
}

static void
explain(const struct message *message, const struct doubts *doubts,
    struct buf *out)
{
	refusal_explain(doubts->refused, doubts->refused_count,
	    message->plain_sender, out);
}

/* identify - what has no queue id that one could look for */
static void
identify(const struct message *message, struct buf *out)
{
	size_t count = message->recipient_count;

	if (*message->queue_id != '\0')
		return;
	buf_format(out, "; from <%s>",
	    ESCAPE_INSIDE(message->plain_sender, '>'));
	if (count > 0)
		buf_format(out, " to <%s>",
		    ESCAPE_INSIDE(message->recipients[0].plain, '>'));
	if (count > 1)
		buf_format(out, " and %zu more", count - 1);
}

/* tell_skipped - the message is not journaled */
void
tell_skipped(const struct conf *conf, const struct message *message,
    enum skip why, const struct doubts *doubts, const char *unclean)
{
	bool decided = why == SKIP_POLICY &&
	    refusal_decided(doubts->refused, doubts->refused_count);
	own(buf) struct buf text = BUF;

	if (!is_wanted(conf, why != SKIP_POLICY || decided))
		return;
	if (decided)
		explain(message, doubts, &text);
	else
		buf_text(&text, skip_rows[why].why);
	if (why == SKIP_UNCLEAN)
		buf_format(&text, " %s", ESCAPE(unclean));
	if (!decided)
		identify(message, &text);
	log_event(skipped, message_name(message), text.data);
}

/* tell_left_out - not for all of its recipients */
void
tell_left_out(const struct conf *conf, const struct message *message,
    const struct doubts *doubts)
{
	own(buf) struct buf text = BUF;

	if (doubts->refused_count == 0 || !is_wanted(conf,
	    refusal_decided(doubts->refused, doubts->refused_count)))
		return;
	explain(message, doubts, &text);
	log_event(left_out, message_name(message), text.data);
}

/* tell_failure - the warning that names what is lost or deferred */
void
tell_failure(struct service *service, const struct message *message,
    bool open, const char *why)
{
	if (open)
		log_event(failure_open, message_name(message), why);
	else
		log_event(failure_tempfail, message_name(message), why);
	raise_failure(service, message, open, why);
}

/* tell_unclear - that a path could not be told */
void
tell_unclear(const struct message *message)
{
	if (message->unclear != NULL)
		log_event(unclear_path, message_name(message),
		    ESCAPE_INSIDE(message->unclear, '\''));
}
