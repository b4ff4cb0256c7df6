/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/notify.h"

#include <string.h>

#include "base/clock.h"
#include "remediate/sendmail.h"

/* notify_head - the fields that all have */
void
notify_head(const struct remediator *rem, const struct notify_head *head,
    struct buf *out)
{
	char date[CLOCK_RFC5322];

	buf_texts(out, "From: Threat Defense Connector <",
	    rem->settings->conf.journal_from, ">\nTo: ", head->to,
	    "\nSubject: ", head->subject, "\nDate: ",
	    clock_rfc5322(rem_now(rem), date), "\n");
	if (head->message_id != NULL)
		buf_texts(out, "Message-ID: ", head->message_id, "\n");
	buf_text(out, "Auto-Submitted: auto-generated\n"
	    "X-TDC-Remediation: 1\nMIME-Version: 1.0\n");
}

/* notify_submit - by Postfix's sendmail */
int
notify_submit(const struct remediator *rem, const char *to,
    const struct buf *mail, struct err *err)
{
	const struct sendmail call = { .path = rem->settings->sendmail,
	    .sender = rem->settings->conf.remediation_sender,
	    .recipient = to, .text = mail->data, .length = mail->len };

	if (*call.path == '\0')
		return err_set(err, ERR_LATER, "there is no Postfix to send "
		    "mail by: set remediation_sendmail");
	return sendmail(&call, err);
}

/* notify_send_mail - to remediation_notify */
int
notify_send_mail(const struct remediator *rem, const char *what,
    const char *text, struct err *err)
{
	const char *to = rem->settings->conf.remediation_notify;
	own(buf) struct buf mail = BUF, subject = BUF;
	const struct notify_head head = { .to = to };
	struct notify_head whole = head;

	if (*to == '\0')
		return 0;
	buf_texts(&subject, what, " (", rem->host, ")");
	whole.subject = subject.data;
	notify_head(rem, &whole, &mail);
	buf_texts(&mail, "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n\n", text, "\n-- \n"
	    "tdc-remediator on ", rem->host, "\n");
	return notify_submit(rem, to, &mail, err);
}

/* notify_text - one line, whatever is in it */
void
notify_text(const char *label, const char *text, struct buf *out)
{
	enum { MOST = 800 };
	size_t length = strlen(text);

	buf_texts(out, label, " ");
	for (size_t i = 0; i < length && i < MOST; i++)
		buf_byte(out, (unsigned char)text[i] < ' ' ||
		    text[i] == 0x7f ? ' ' : text[i]);
	buf_text(out, length > MOST ? "...\n" : "\n");
}
