/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* failure_set - in words of ours */
int
failure_set(struct failure *out, enum step step, enum cause cause,
    const char *format, ...)
{
	va_list args;

	out->step = step;
	out->cause = cause;
	out->our_name = false;
	out->our_memory = false;
	out->our_login = cause == CAUSE_LOGIN;
	out->subject[0] = '\0';
	va_start(args, format);
	vsnprintf(out->text, sizeof(out->text), format, args);
	va_end(args);
	return -1;
}

/* refuses_name - the name that we greet with, and not the letter */
static bool
refuses_name(enum step step, const struct reply *reply, const char *helo)
{
	const char *text = reply->text;

	if (step == STEP_EHLO || step == STEP_HELO)
		return reply->code >= 500;
	if (reply->code < 400 || (step != STEP_MAIL && step != STEP_RCPT &&
	    step != STEP_DATA))
		return false;
	if (strcasestr(text, "helo command rejected") != NULL)
		return true;
	if (reply->code != 501 && reply->code != 504 &&
	    strcmp(reply->enhanced, "5.5.2") != 0)
		return false;
	return strcasestr(text, "helo") != NULL ||
	    strcasestr(text, "ehlo") != NULL || strcasestr(text, helo) != NULL;
}

/* refuses_login - or the lack of one */
static bool
refuses_login(enum step step, int code)
{
	if (step >= STEP_AUTH_PLAIN && step <= STEP_AUTH_PASSWORD)
		return code >= 500;
	return (step == STEP_MAIL || step == STEP_RCPT || step == STEP_DATA) &&
	    (code == 530 || code == 534 || code == 535 || code == 538);
}

/* failure_reply - in the server's words */
int
failure_reply(struct failure *out, enum step step, const char *helo)
{
	(void)failure_set(out, step, CAUSE_REPLY, "%s", "");
	out->our_name = refuses_name(step, &out->reply, helo);
	out->our_login = refuses_login(step, out->reply.code);
	return -1;
}

/* failure_dns - in the resolver's words */
int
failure_dns(struct failure *out, enum cause cause, const char *name,
    const char *type, const char *why)
{
	(void)failure_set(out, STEP_ROUTE, cause, "%s", why);
	snprintf(out->subject, sizeof(out->subject), "%.*s %s",
	    (int)sizeof(out->subject) - 8, name, type);
	return -1;
}

/* failure_reason - on one line */
void
failure_reason(const struct failure *failure, const char *peer,
    struct buf *out)
{
	const char *whom = *failure->subject != '\0' ? failure->subject : peer;
	size_t start = out->len;

	if (failure->cause == CAUSE_REPLY) {
		buf_format(out, "%s said %d ", whom, failure->reply.code);
		buf_bytes(out, failure->reply.text, failure->reply.length);
	} else {
		buf_format(out, "%s: %s", whom, failure->text);
	}
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '\n')
			out->data[i] = ' ';
}
