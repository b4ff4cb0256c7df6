/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * past_mail - one message, as far as logs have told of it
 *
 *	struct past_mail *mail = past_mail_new("4YbCdE3xkzz1V", at);
 *	const struct past_message *message;
 *
 *	past_mail_said(mail, &said);		-- each line of Postfix
 *	past_mail_told(mail, &told, intake);	-- each of tdc-milter
 *	if (past_mail_finish(mail, &message) == PAST_MAIL_WHOLE)
 *		again_ask(again, message, each, NULL);
 *	past_mail_free(mail);
 *
 * Its recipients are those that Postfix delivered to, under the names that the
 * client gave them, and those that tdc-milter names.
 */
#ifndef CONTROL_POLICY_PAST_MAIL_H
#define CONTROL_POLICY_PAST_MAIL_H

#include <stdint.h>

#include "control/past/told.h"
#include "control/policy/maillog_line.h"
#include "control/policy/policy_again.h"

enum past_mail_state {
	PAST_MAIL_NONE,		/* not accepted, or not by SMTP */
	PAST_MAIL_PART,		/* too little is known to compare it */
	PAST_MAIL_WHOLE,
};

struct past_mail;

struct past_mail *past_mail_new(const char *queue_id, int64_t at);
struct past_mail *past_mail_free(struct past_mail *);	/* NULL */

/* past_mail_begun - whether its client is known: another one begins a message
 * with the same queue id. */
bool	past_mail_begun(const struct past_mail *);

void	past_mail_said(struct past_mail *, const struct maillog_line *);

/* past_mail_told - intake: of TOLD_ORIGIN. */
void	past_mail_told(struct past_mail *, const struct told *,
	    const char *intake);

/* past_mail_finish - the message lives with the mail; of PAST_MAIL_WHOLE only. */
enum past_mail_state past_mail_finish(struct past_mail *,
	    const struct past_message **out);

#endif
