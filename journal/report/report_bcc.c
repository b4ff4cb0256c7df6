/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A copy without a report, for scanners that want the plain message: what the
 * report's text part would tell stands in four fields on top of it.
 *
 *	X-CSE-ClientIP: 192.0.2.1
 *	X-CSE-MailFrom: sender@example.com	(<> for the null sender)
 *	X-CSE-RcptTo: a@example.org,
 *	 b@example.org
 *	X-CSE-MsgDirection: Incoming		(or Outgoing)
 *	Received: ...
 *
 * How several recipients are separated is not documented; this is how the field
 * To: of a message does it.
 */
#include <string.h>

#include "journal/report/report_private.h"

static void
add_recipients(const struct envelope *envelope, struct buf *out)
{
	buf_text(out, "X-CSE-RcptTo:");
	for (size_t i = 0; i < envelope->recipient_count; i++) {
		buf_text(out, i == 0 ? " " : ",\r\n ");
		report_add_path(envelope->recipients[i], out);
	}
	buf_text(out, "\r\n");
}

/* report_bcc - all that stands before the message; nothing follows it */
void
report_bcc(const struct envelope *envelope,
    const struct report_options *options, struct report *out)
{
	static const struct report_options plain = { .remote_ip_header = "" };

	out->binary = report_binary(envelope);
	out->eight_bit = envelope->eight_bit || envelope->smtputf8;
	if (envelope->client_addr[0] != '\0')
		report_add_field("X-CSE-ClientIP", envelope->client_addr,
		    &out->head);
	report_add_field("X-CSE-MailFrom", envelope->sender[0] != '\0' ?
	    envelope->sender : "<>", &out->head);
	add_recipients(envelope, &out->head);
	report_add_field("X-CSE-MsgDirection", envelope->outgoing ? "Outgoing" :
	    "Incoming", &out->head);
	report_add_undelivered(envelope, options, &out->head);
	report_add_trace(envelope, &plain, &out->head);
}
