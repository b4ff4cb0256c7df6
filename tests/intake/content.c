/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/intake/content.h"
#include "tests/intake/offer.h"
#include "tests/intake/record.h"

/* check_content - what came must fit what was declared */
static void
check_content(struct session *session)
{
	const struct mail *mail = &session->mail;
	bool binary = strcmp(mail->body, "BINARYMIME") == 0;

	if (!offer.content_checks)
		return;
	if (mail->eight_bit && !binary && strcmp(mail->body, "8BITMIME") != 0)
		violation(session, "8-bit content that was not declared");
	if (mail->longest > 998 && !binary)
		violation(session, "line longer than 998");
	if ((mail->stray || mail->last == '\r') && !binary)
		violation(session, "NUL, CR or LF that is no line end");
	if (binary && !mail->bdat)
		violation(session, "BINARYMIME by DATA");
}

/* finish - all of the message is there */
static enum outcome
finish(struct session *session, const char *how)
{
	struct mail *mail = &session->mail;
	const struct rule *rule = rule_take(STEP_FINAL, mail->envelope.data,
	    session->mails);
	bool taken = rule == NULL || rule->action == ACT_LOST ||
	    rule->action == ACT_DELAY || rule->action == ACT_DRIP ||
	    rule->action == ACT_BYE || rule->action == ACT_LONG ||
	    (rule->text != NULL && *rule->text == '2');
	enum outcome outcome;
	char good[80];

	if (session->wire->held > 0)
		session->wire->held--;
	check_content(session);
	buf_format(&mail->envelope, "how %s\nbody %s\nsize %llu\n", how,
	    mail->body, (unsigned long long)mail->size);
	if (offer.limit > 0 && mail->size > offer.limit)
		outcome = say(session, "552 5.3.4 too large");
	else if (taken && !mail_keep(mail))
		outcome = say(session, "451 4.3.0 cannot keep it");
	else {
		if (taken)
			stats_message();
		else
			stat_add(&stats.refused, 1);
		stat_add(&stats.bytes, taken ? mail->size : 0);
		snprintf(good, sizeof(good), "250 2.0.0 Ok: queued as %lu",
		    mail->number);
		journal_line(session->wire->id, session->wire->flight, 'E',
		    "message %lu size %llu %s%s", mail->number,
		    (unsigned long long)mail->size, how,
		    taken ? "" : " refused");
		outcome = rule != NULL ? obey(session, rule, good) :
		    say(session, good);
	}
	mail_drop(mail);
	return outcome;
}

/* content_cut - does the rule of this body end it here?  A delay comes again
 * with each piece: a slow reader. */
static bool
content_cut(struct session *session)
{
	const struct rule *rule = session->body_rule;

	if (rule == NULL || session->mail.size < rule->after)
		return false;
	if (rule->action != ACT_DELAY)
		session->body_rule = NULL;
	return obey(session, rule, NULL) == GONE;
}

enum outcome
content_data(struct session *session, char *args)
{
	struct wire *wire = session->wire;
	struct mail *mail = &session->mail;
	enum outcome outcome;
	bool end;

	if (mail->bdat)
		return say(session, "503 5.5.1 DATA after BDAT");
	if (!mail->begun || mail->recipients == 0)
		return say(session, "554 5.5.1 no valid recipients");
	outcome = answer(session, STEP_DATA, args, "354 go on");
	if (outcome != GOOD)
		return outcome;
	if (wire_more(wire))
		violation(session, "bytes after DATA");
	if (!wire_flush(wire))
		return GONE;
	wire->flight++;
	stat_add(&stats.flights, 1);
	session->body_rule = rule_take(STEP_BODY, mail->envelope.data,
	    session->mails);
	for (;;) {
		wire->at += mail_undot(mail, wire->in + wire->at,
		    wire->len - wire->at, offer.content_checks, &end);
		if (content_cut(session))
			return GONE;
		if (end)
			return finish(session, "DATA");
		if (!wire_fill(wire))
			return GONE;
	}
}

/* chunk_read - n bytes of BDAT */
static bool
chunk_read(struct session *session, uint64_t n)
{
	struct wire *wire = session->wire;
	bool wanted = session->mail.begun && session->mail.recipients > 0;

	for (;;) {
		size_t there = wire->len - wire->at;
		size_t now = there < n ? there : (size_t)n;

		if (wanted)
			mail_take(&session->mail, wire->in + wire->at, now,
			    offer.content_checks);
		if (content_cut(session))
			return false;
		wire->at += now;
		n -= now;
		if (n == 0)
			return true;
		if (!wire_fill(wire))
			return false;
	}
}

enum outcome
content_bdat(struct session *session, char *args)
{
	struct mail *mail = &session->mail;
	const struct rule *rule;
	enum outcome outcome;
	char *end;
	unsigned long long n = strtoull(args, &end, 10);
	bool last = strcasecmp(end, " LAST") == 0;

	if (!isdigit((unsigned char)*args) || (*end != '\0' && !last)) {
		say(session, "501 5.5.4 BDAT size [LAST]");
		return GONE;		/* nobody knows where it ends */
	}
	if (!offer.chunking)
		return say(session, "502 5.5.1 BDAT was not offered");
	if (!mail->bdat)
		session->body_rule = mail->recipients == 0 ? NULL :
		    rule_take(STEP_BODY, mail->envelope.data, session->mails);
	mail->bdat = true;
	if (!chunk_read(session, n))
		return GONE;
	if (!mail->begun || mail->recipients == 0) {
		mail->bdat = !last;
		return say(session, "503 5.5.1 no valid recipients");
	}
	rule = rule_take(STEP_BDAT, args, session->mails);
	if (rule != NULL) {
		outcome = obey(session, rule, "250 2.0.0 chunk taken");
		if (outcome != GOOD || last)
			mail_drop(mail);
		return outcome;
	}
	if (last)
		return finish(session, "BDAT");
	return say(session, "250 2.0.0 chunk taken");
}
