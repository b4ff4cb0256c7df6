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

#include <ctype.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"

enum step {
	STEP_CONNECT, STEP_GREETING, STEP_EHLO, STEP_STARTTLS, STEP_HANDSHAKE,
	STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_BDAT, STEP_BODY, STEP_FINAL,
	STEP_RSET, STEP_QUIT,
	STEPS
};

static const char *const step_names[STEPS] = {
	[STEP_CONNECT] = "connect", [STEP_GREETING] = "greeting",
	[STEP_EHLO] = "ehlo", [STEP_STARTTLS] = "starttls",
	[STEP_HANDSHAKE] = "handshake", [STEP_MAIL] = "mail",
	[STEP_RCPT] = "rcpt", [STEP_DATA] = "data", [STEP_BDAT] = "bdat",
	[STEP_BODY] = "body", [STEP_FINAL] = "final", [STEP_RSET] = "rset",
	[STEP_QUIT] = "quit",
};

enum action {
	ACT_REPLY, ACT_BYE, ACT_CLOSE, ACT_LOST, ACT_RESET, ACT_HANG, ACT_DELAY,
	ACT_DRIP, ACT_GARBAGE, ACT_LONG, ACT_ENDLESS, ACT_HALF, ACT_RAW,
	ACTIONS
};

static const char *const action_names[ACTIONS] = {
	[ACT_REPLY] = "", [ACT_BYE] = "bye", [ACT_CLOSE] = "close",
	[ACT_LOST] = "lost",
	[ACT_RESET] = "reset", [ACT_HANG] = "hang", [ACT_DELAY] = "delay:",
	[ACT_DRIP] = "drip:", [ACT_GARBAGE] = "garbage", [ACT_LONG] = "long",
	[ACT_ENDLESS] = "endless", [ACT_HALF] = "half", [ACT_RAW] = "raw:",
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

#define RULES_MAX 64
static struct rule rules[RULES_MAX];
static unsigned rule_count;

/* rule_action - read the part behind "=", whose "*COUNT" is gone */
static int
rule_action(struct rule *rule, char *text, struct err *err)
{
	char *at = strrchr(text, '@');

	if (isdigit((unsigned char)*text)) {
		rule->text = text;
		return 0;
	}
	if (at != NULL && at[1] != '\0' &&
	    at[1 + strspn(at + 1, "0123456789")] == '\0') {
		rule->after = strtoul(at + 1, NULL, 10);
		*at = '\0';
	}
	for (unsigned i = 1; i < ACTIONS; i++) {
		const char *name = action_names[i];
		size_t length = strlen(name);
		bool open = name[length - 1] == ':';

		if (open ? strncmp(text, name, length) : strcmp(text, name))
			continue;
		rule->action = (enum action)i;
		rule->text = text + length;
		rule->seconds = open ? strtod(text + length, NULL) : 0;
		return 0;
	}
	return err_set(err, ERR_NEVER, "no such action: %s", text);
}

/* rule_step - read "STEP[/MAILS][+SKIP][~TEXT]" */
static int
rule_step(struct rule *rule, char *text, struct err *err)
{
	char *match = strchr(text, '~');
	char *skip, *mails;

	if (match != NULL) {
		*match++ = '\0';
		rule->match = match;
	}
	if ((skip = strchr(text, '+')) != NULL) {
		*skip++ = '\0';
		rule->skip = (unsigned)strtoul(skip, NULL, 10);
	}
	if ((mails = strchr(text, '/')) != NULL) {
		*mails++ = '\0';
		rule->mails = strtoul(mails, NULL, 10);
	}
	for (unsigned i = 0; i < STEPS; i++)
		if (strcmp(text, step_names[i]) == 0) {
			rule->step = (enum step)i;
			return 0;
		}
	return err_set(err, ERR_NEVER, "no such step: %s", text);
}

/* rule_add - read one rule; the copy of its text is never freed */
static int
rule_add(const char *text, struct err *err)
{
	struct rule *rule = &rules[rule_count];
	char *copy = mem_text(text);
	char *action = strchr(copy, '=');
	char *count = strrchr(copy, '*');

	if (rule_count == RULES_MAX)
		return err_set(err, ERR_NEVER, "more than %d rules", RULES_MAX);
	if (action == NULL)
		return err_set(err, ERR_NEVER, "no \"=\" in rule: %s", text);
	*action++ = '\0';
	if (count != NULL && count[1] != '\0' &&
	    count[1 + strspn(count + 1, "0123456789")] == '\0') {
		rule->count = (unsigned)strtoul(count + 1, NULL, 10);
		*count = '\0';
	}
	if (rule_step(rule, copy, err) == -1 ||
	    rule_action(rule, action, err) == -1)
		return -1;
	rule_count++;
	return 0;
}

/* rule_take - the rule for this occurrence of a step, on a connection with so
 * many MAIL commands, or NULL */
static const struct rule *
rule_take(enum step step, const char *command, unsigned long mails)
{
	for (unsigned i = 0; i < rule_count; i++) {
		struct rule *rule = &rules[i];
		unsigned seen;

		if (rule->step != step || (rule->mails > 0 &&
		    mails <= rule->mails) || (rule->match != NULL &&
		    strcasestr(command, rule->match) == NULL))
			continue;
		seen = atomic_fetch_add(&rule->seen, 1);
		if (seen < rule->skip)
			continue;
		if (rule->count == 0 || seen - rule->skip < rule->count)
			return rule;
	}
	return NULL;
}

#endif
