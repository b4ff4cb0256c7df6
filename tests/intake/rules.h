/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules - how the intake shall misbehave
 *
 *	STEP[/MAILS][+SKIP][~TEXT]=ACTION[*COUNT]
 *
 *	rcpt=550 5.1.1 no such user*1	refuse the first, then behave
 *	final+2=552 5.3.4 too big*1	refuse the third alone
 *	rcpt~bad@=451 4.7.1 later	whose command holds "bad@"
 *	body=close@5000			hang up after 5,000 bytes of content
 *	final=delay:3			answer, 3 seconds late
 *	mail/10=452 4.5.3 too many	refuse the eleventh of each connection
 *
 * A rule sees the occurrences of its step that earlier rules let pass, with
 * MAILS on connections alone that have had more MAIL commands: it lets SKIP of
 * them go by, acts on COUNT (without it: on all that follow).
 * ACTION is a reply, whose first digit decides whether the step succeeds, or
 *
 *	close, reset		end the connection (RST): [@BYTES] with body
 *	bye			answer, then close the connection
 *	lost			take the message, then close without a word
 *	hang			never answer; [@BYTES] with body
 *	delay:SECONDS		answer late
 *	drip:SECONDS		answer one byte every so many seconds
 *	garbage			a line that is no reply
 *	long			one reply line of 100,000 bytes
 *	endless			a multi-line reply that never ends
 *	half			half a reply line, and then nothing
 *	raw:TEXT		TEXT as it is
 *
 * \r, \n and \xNN in a reply or a TEXT are single bytes.
 */
#ifndef TESTS_INTAKE_RULES_H
#define TESTS_INTAKE_RULES_H

#include <stdatomic.h>

#include "base/err.h"

enum step {
	STEP_CONNECT, STEP_GREETING, STEP_EHLO, STEP_STARTTLS, STEP_HANDSHAKE,
	STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_BDAT, STEP_BODY, STEP_FINAL,
	STEP_RSET, STEP_QUIT,
	STEPS
};

enum action {
	ACT_REPLY, ACT_BYE, ACT_CLOSE, ACT_LOST, ACT_RESET, ACT_HANG, ACT_DELAY,
	ACT_DRIP, ACT_GARBAGE, ACT_LONG, ACT_ENDLESS, ACT_HALF, ACT_RAW,
	ACTIONS
};

struct rule {
	enum step	 step;
	enum action	 action;
	char		*text;		/* of a reply or raw */
	char		*match;		/* NULL: any command */
	unsigned long	 mails;		/* that were allowed before */
	unsigned	 skip;
	unsigned	 count;		/* 0: without end */
	unsigned long	 after;		/* bytes of the body */
	double		 seconds;
	atomic_uint	 seen;
};

const char	*step_name(enum step);
const char	*action_name(enum action);

int	rule_add(const char *, struct err *);	/* read one rule */

/* The rule for this occurrence of a step, on a connection with so many MAIL
 * commands, or NULL. */
const struct rule *rule_take(enum step, const char *command,
    unsigned long mails);

#endif
