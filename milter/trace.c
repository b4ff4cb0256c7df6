/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/own.h"

enum { TEXT = 1800 };		/* a line of the log has 2,000 */

/* trace_line - one event */
void
trace_line(uint64_t session, const char *format, ...)
{
	char text[TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_event(session, (unsigned long long)session, text);
}

/* add_row - where the answer stands */
static void
add_row(const struct decision *decision, struct buf *out)
{
	if (decision->table == NULL) {
		buf_text(out, "default_policy");
		return;
	}
	buf_format(out, "%s %s", decision->check, ESCAPE(decision->table));
	if (decision->line > 0)
		buf_format(out, ":%u", decision->line);
	if (*decision->key != '\0')
		buf_format(out, ", key '%s'",
		    ESCAPE_INSIDE(decision->key, '\''));
}

static void
trace_decision(uint64_t session, const struct policy *policy,
    const struct facts *facts, const struct recipient *recipient)
{
	own(buf) struct buf text = BUF;
	struct decision decision;

	if (policy_is_intake(policy, recipient->plain)) {
		trace_line(session, "<%s>: an intake address: no copy",
		    ESCAPE_INSIDE(recipient->plain, '>'));
		return;
	}
	policy_decide(policy, facts, recipient->address, &decision);
	add_row(&decision, &text);
	if (*decision.trouble != '\0')
		buf_format(&text, ": %s", ESCAPE(decision.trouble));
	if (decision.journal)
		buf_format(&text, ": copy to %s", ESCAPE(decision.intake));
	else
		buf_text(&text, ": no copy");
	trace_line(session, "<%s>: %s, policy %s",
	    ESCAPE_INSIDE(recipient->plain, '>'), text.data,
	    ESCAPE(decision.name));
}

/* trace_decisions - of each recipient */
void
trace_decisions(uint64_t session, const struct policy *policy,
    const struct facts *facts, const struct message *message)
{
	trace_line(session, "policy is asked: client %s[%s]%s, HELO %s, "
	    "sender <%s>", ESCAPE(facts->client.name),
	    ESCAPE(facts->client.address),
	    facts->client_lost ? " in place of an unknown one" : "",
	    ESCAPE(facts->client.helo),
	    ESCAPE_INSIDE(message->plain_sender, '>'));
	for (size_t i = 0; i < message->recipient_count; i++)
		trace_decision(session, policy, facts,
		    &message->recipients[i]);
}
