/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/auth.h"

#include <stdio.h>
#include <string.h>

#include "forward/smtp/login.h"
#include "forward/smtp/smtp_private.h"

/* Octets of a command, with a user and a password as long as they may be. */
#define COMMAND (4 * LOGIN_MAX)

/* hush - what repeats the password is not for a log */
static void
hush(const struct login *login, struct reply *reply)
{
	char text[64];

	if (!login_tells(login, reply->text))
		return;
	snprintf(text, sizeof(text), "%s%s(not shown: it repeats the login)",
	    reply->enhanced, *reply->enhanced != '\0' ? " " : "");
	reply_make(reply, reply->code, text);
}

/* ask - one step; what held the command is wiped */
static int
ask(struct smtp *smtp, const struct login *login, enum step step,
    struct failure *out)
{
	const struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps,
	    .login = login };
	int result;

	/* at once: a command that moves leaves a trace */
	(void)buf_room(&smtp->out, COMMAND);
	result = smtp_say(smtp, &talk, &step, 1, out);
	explicit_bzero(smtp->out.data, smtp->out.size);
	buf_cut(&smtp->out, 0);
	if (result == -1)
		return -1;
	result = smtp_hear(smtp, step, out);
	if (result == -1 && out->cause == CAUSE_REPLY)
		hush(login, &out->reply);
	return result;
}

/* auth - by what is offered */
int
auth(struct smtp *smtp, const struct login *login, struct failure *out)
{
	static const enum step plain[] = { STEP_AUTH_PLAIN };
	static const enum step asked[] = { STEP_AUTH_LOGIN, STEP_AUTH_USER,
	    STEP_AUTH_PASSWORD };
	const struct caps *caps = &smtp->caps;
	const enum step *steps = caps->auth_plain ? plain : asked;
	size_t count = caps->auth_plain ? 1 : 3, at = 0;
	int result = 0;

	if (!caps->auth)
		return failure_set(out, STEP_AUTH_PLAIN, CAUSE_LOGIN,
		    "AUTH not offered");
	if (!caps->auth_plain && !caps->auth_login)
		return failure_set(out, STEP_AUTH_PLAIN, CAUSE_LOGIN,
		    "AUTH offered without PLAIN and LOGIN");
	smtp->login = login;
	while (result == 0 && at < count)
		result = ask(smtp, login, steps[at++], out);
	smtp->login = NULL;
	return result;
}
