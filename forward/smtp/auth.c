/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/auth.h"

#include <stdio.h>
#include <string.h>

#include "forward/smtp/login.h"
#include "forward/smtp/smtp_private.h"

/* So many characters of a password in base64 are enough to know it by. */
#define TOO_MUCH 8

/* Octets of a command, with a user and a password as long as they may be. */
#define COMMAND (4 * LOGIN_MAX)

/* ---- what a reply may tell ---- */

/* tells - whether the text has the secret in it, or a part of it as long as may
 * not be */
static bool
tells(const char *text, const char *secret)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/=";

	if (strstr(text, secret) != NULL)
		return true;
	while (*(text += strcspn(text, base64)) != '\0') {
		size_t length = strspn(text, base64);

		if (length >= TOO_MUCH && memmem(secret, strlen(secret), text,
		    length) != NULL)
			return true;
		text += length;
	}
	return false;
}

/* auth_hush - what repeats the password is not for a log */
void
auth_hush(const struct login *login, struct reply *reply)
{
	struct buf plain = BUF, password = BUF;
	char text[64];

	login_plain(login, &plain);
	login_password(login, &password);
	if (tells(reply->text, plain.data) ||
	    tells(reply->text, password.data) ||
	    strstr(reply->text, login->password) != NULL) {
		snprintf(text, sizeof(text), "%s%s(not shown: it repeats the "
		    "login)", reply->enhanced,
		    *reply->enhanced != '\0' ? " " : "");
		reply_make(reply, reply->code, text);
	}
	login_wipe(&plain);
	login_wipe(&password);
}

/* ---- the dialogue ---- */

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
		auth_hush(login, &out->reply);
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
	size_t count = caps->auth_plain ? 1 : 3;

	if (!caps->auth)
		return failure_set(out, STEP_AUTH_PLAIN, CAUSE_LOGIN,
		    "AUTH not offered");
	if (!caps->auth_plain && !caps->auth_login)
		return failure_set(out, STEP_AUTH_PLAIN, CAUSE_LOGIN,
		    "AUTH offered without PLAIN and LOGIN");
	for (size_t i = 0; i < count; i++)
		if (ask(smtp, login, steps[i], out) == -1)
			return -1;
	return 0;
}
