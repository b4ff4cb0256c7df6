/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "tests/intake/answer.h"
#include "tests/intake/offer.h"
#include "tests/intake/record.h"

static enum outcome
outcome_of(const char *reply)
{
	if (strncmp(reply, "421", 3) == 0)
		return GONE;
	return *reply == '2' || *reply == '3' ? GOOD : REFUSED;
}

/* say_text - add a reply; \r, \n and \xNN in it are single bytes */
static void
say_text(struct session *session, const char *text)
{
	struct buf *out = &session->wire->out;

	journal_line(session->wire->id, session->wire->flight, 'S', "%s", text);
	for (const char *p = text; *p != '\0'; p++) {
		unsigned byte;

		if (p[0] != '\\')
			buf_byte(out, *p);
		else if (p[1] == 'r' || p[1] == 'n')
			buf_byte(out, *++p == 'r' ? '\r' : '\n');
		else if (p[1] == 'x' && sscanf(p + 2, "%2x", &byte) == 1) {
			buf_byte(out, (char)byte);
			p += 3;
		} else
			buf_byte(out, *p);
	}
}

/* say - add one reply line of ours: "250 2.1.0 ok" */
enum outcome
say(struct session *session, const char *line)
{
	char plain[512];

	if (!offer.enhancedstatuscodes && strlen(line) > 10 &&
	    line[5] == '.' && line[7] == '.') {
		snprintf(plain, sizeof(plain), "%.4s%s", line, line + 10);
		line = plain;
	}
	say_text(session, line);
	buf_text(&session->wire->out, "\r\n");
	return outcome_of(line);
}

/* say_endlessly - a multi-line reply, until the client has had enough */
static void
say_endlessly(struct session *session)
{
	static const char line[] = "250-there is more to come\r\n";

	for (unsigned long n = 0; n < 100UL << 20; n += sizeof(line) - 1)
		if (!wire_write(session->wire, line, sizeof(line) - 1))
			return;
}

/* obey - do what a rule says; good is what we would have said, or NULL */
enum outcome
obey(struct session *session, const struct rule *rule, const char *good)
{
	struct wire *wire = session->wire;
	enum outcome outcome = GONE;

	switch (rule->action) {
	case ACT_REPLY:
		say_text(session, rule->text);
		buf_text(&wire->out, "\r\n");
		return outcome_of(rule->text);
	case ACT_RAW:
		say_text(session, rule->text);
		return outcome_of(rule->text);
	case ACT_BYE:
		say(session, good != NULL ? good : "250 2.0.0 ok");
		return GONE;
	case ACT_DELAY:
	case ACT_DRIP:
		if (rule->action == ACT_DELAY)
			wire_sleep(rule->seconds);
		if (good == NULL)
			return GOOD;
		outcome = say(session, good);
		if (rule->action == ACT_DRIP &&
		    !wire_drip(wire, rule->seconds))
			return GONE;
		return outcome;
	case ACT_GARBAGE:
		say_text(session, "\001\377this is no reply\r\n");
		return REFUSED;
	case ACT_LONG:
		buf_text(&wire->out, "250 ");
		memset(buf_room(&wire->out, 100000), 'x', 100000);
		wire->out.len += 100000;
		buf_text(&wire->out, "\r\n");
		return GOOD;
	default:
		break;
	}
	if (rule->action == ACT_HALF)
		buf_text(&wire->out, "25");
	journal_line(wire->id, wire->flight, 'E', "%s at %s",
	    action_name(rule->action), step_name(rule->step));
	if (rule->action == ACT_RESET)
		wire_reset(wire);
	else if (wire_flush(wire) && rule->action == ACT_ENDLESS)
		say_endlessly(session);
	else if (rule->action == ACT_HANG || rule->action == ACT_HALF)
		wire_hang(wire);
	return GONE;
}

/* answer - reply at a step as the rules say, else with what is good */
enum outcome
answer(struct session *session, enum step step, const char *command,
    const char *good)
{
	const struct rule *rule = rule_take(step, command,
	    session->mails);

	if (rule != NULL)
		return obey(session, rule, good);
	return good != NULL ? say(session, good) : GOOD;
}

void
violation(struct session *session, const char *what)
{
	stat_add(&stats.violations, 1);
	journal_line(session->wire->id, session->wire->flight, 'E',
	    "violation: %s", what);
}
