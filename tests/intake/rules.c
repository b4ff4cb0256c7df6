/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "tests/intake/rules.h"

static const char *const step_names[STEPS] = {
	[STEP_CONNECT] = "connect", [STEP_GREETING] = "greeting",
	[STEP_EHLO] = "ehlo", [STEP_STARTTLS] = "starttls",
	[STEP_HANDSHAKE] = "handshake", [STEP_MAIL] = "mail",
	[STEP_RCPT] = "rcpt", [STEP_DATA] = "data", [STEP_BDAT] = "bdat",
	[STEP_BODY] = "body", [STEP_FINAL] = "final", [STEP_RSET] = "rset",
	[STEP_QUIT] = "quit",
};

static const char *const action_names[ACTIONS] = {
	[ACT_REPLY] = "", [ACT_BYE] = "bye", [ACT_CLOSE] = "close",
	[ACT_LOST] = "lost",
	[ACT_RESET] = "reset", [ACT_HANG] = "hang", [ACT_DELAY] = "delay:",
	[ACT_DRIP] = "drip:", [ACT_GARBAGE] = "garbage", [ACT_LONG] = "long",
	[ACT_ENDLESS] = "endless", [ACT_HALF] = "half", [ACT_RAW] = "raw:",
};

#define RULES_MAX 64
static struct rule rules[RULES_MAX];
static unsigned rule_count;

const char *
step_name(enum step step)
{
	return step_names[step];
}

const char *
action_name(enum action action)
{
	return action_names[action];
}

/* rule_action - read the part after "=", whose "*COUNT" is gone */
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
int
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
const struct rule *
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
