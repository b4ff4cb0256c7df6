/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/forwarding.h"

#include <string.h>

#include "history/sums.h"
#include "remediate/notify.h"

enum { NAME = 32 };		/* hex digits of a sum that tell apart */

/* add_lines - with LF as their ends, which is what sendmail reads */
static void
add_lines(const struct buf *raw, struct buf *out)
{
	const char *p = raw->data, *end = raw->data + raw->len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;

		if (lf != NULL && stop > p && stop[-1] == '\r')
			stop--;
		buf_bytes(out, p, (size_t)(stop - p));
		if (lf == NULL)
			break;
		buf_byte(out, '\n');
		p = lf + 1;
	}
}

/* add_words - what a person wants to know of it */
static void
add_words(const struct forwarding *forwarding, struct buf *out)
{
	const struct state_message *message = forwarding->message;
	const struct state_action *action = forwarding->action;

	buf_text(out, "The attached message was found in a mailbox after it "
	    "got this verdict.\n\n");
	notify_text("Verdict:   ", message->word, out);
	notify_text("Subject:   ", message->subject, out);
	notify_text("From:      ", message->sender, out);
	notify_text("Message-ID:", message->message_id, out);
	notify_text("Recipient: ", action->recipient, out);
	notify_text("Queue ID:  ", action->queue_ids, out);
	buf_format(out, "MID:        %llu\n",
	    (unsigned long long)action->mid);
	notify_text("API's id:  ", message->id, out);
	notify_text("Action:    ", conf_remedial_action(action->what), out);
}

/* forwarding_compose - the boundary is a sum of what it bounds, so it cannot be
 * part of that */
void
forwarding_compose(const struct remediator *rem,
    const struct forwarding *forwarding, struct buf *out)
{
	const struct state_message *message = forwarding->message;
	const struct conf *conf = &rem->settings->conf;
	own(buf) struct buf subject = BUF, id = BUF;
	char sum[HISTORY_SUM], boundary[HISTORY_SUM];
	struct notify_head head = { .to = conf->remediation_forward_to };

	sums_header(message->id, strlen(message->id), sum);
	sums_header(forwarding->raw->data, forwarding->raw->len, boundary);
	buf_format(&id, "<tdc-remediation.%.*s@%s>", NAME, sum,
	    conf->helo_name);
	buf_format(&subject, "Remediation: MID %llu",
	    (unsigned long long)forwarding->action->mid);
	head.subject = subject.data;
	head.message_id = id.data;
	notify_head(rem, &head, out);
	buf_texts(out, "Content-Type: multipart/mixed; boundary=\"",
	    boundary, "\"\nContent-Transfer-Encoding: 8bit\n\n--", boundary,
	    "\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n\n");
	add_words(forwarding, out);
	buf_texts(out, "\n--", boundary, "\nContent-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: 8bit\n"
	    "Content-Disposition: attachment; filename=\"original.eml\"\n\n");
	add_lines(forwarding->raw, out);
	buf_texts(out, "\n--", boundary, "--\n");
}

/* forwarding_send - by Postfix's sendmail */
int
forwarding_send(const struct remediator *rem,
    const struct forwarding *forwarding, struct err *err)
{
	own(buf) struct buf mail = BUF;

	forwarding_compose(rem, forwarding, &mail);
	return notify_submit(rem, rem->settings->conf.remediation_forward_to,
	    &mail, err);
}
