/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notify - mails that tdc-remediator writes itself
 *
 *	if (notify_send_mail(rem, "remediation has stopped", text, &err) == -1)
 *		... err: sendmail did not take it ...
 *
 * They go by Postfix's sendmail, so no milter of smtpd sees them, and say
 * Auto-Submitted: auto-generated and X-TDC-Remediation: 1.
 */
#ifndef REMEDIATE_NOTIFY_H
#define REMEDIATE_NOTIFY_H

#include "base/buf.h"
#include "base/err.h"
#include "remediate/remediator.h"

/* notify_head - the fields that all of them have, without the empty line. */
struct notify_head {
	const char	*to, *subject;		/* ASCII */
	const char	*message_id;		/* with <>; NULL: sendmail's */
};
void	notify_head(const struct remediator *, const struct notify_head *,
	    struct buf *out);

/* notify_submit - 0: sendmail has it. */
int	notify_submit(const struct remediator *, const char *to,
	    const struct buf *mail, struct err *);

/* notify_send_mail - to remediation_notify; 0 when that is empty. */
int	notify_send_mail(const struct remediator *, const char *what,
	    const char *text, struct err *);

/* notify_text - append text from elsewhere to a mail's body: one line, with its
 * end. */
void	notify_text(const char *label, const char *, struct buf *out);

#endif
