/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session - one client's conversation, as RFC 5321 or as the rules say
 *
 * Strict about what it was not offered: bytes sent without waiting where no
 * PIPELINING was offered, 8-bit content without BODY=8BITMIME, long lines
 * without BINARYMIME, NUL, CR or LF that is no line end.  Such a message is
 * taken all the same, and counts as a violation.
 */
#ifndef TESTS_INTAKE_SESSION_H
#define TESTS_INTAKE_SESSION_H

#include "tests/intake/answer.h"

static enum outcome
do_helo(struct session *session, char *args)
{
	snprintf(session->helo, sizeof(session->helo), "%s", args);
	session->greeted = true;
	mail_drop(&session->mail);
	return answer(session, STEP_EHLO, args, "250 at your service");
}

static enum outcome
do_ehlo(struct session *session, char *args)
{
	own(buf) struct buf reply = BUF;

	snprintf(session->helo, sizeof(session->helo), "%s", args);
	mail_drop(&session->mail);
	buf_format(&reply, "250-%s", server_name);
#define OFFER(flag, word) if (flag) buf_text(&reply, "\\r\\n250-" word)
	OFFER(offer.pipelining, "PIPELINING");
	OFFER(offer.chunking, "CHUNKING");
	OFFER(offer.eightbitmime, "8BITMIME");
	OFFER(offer.binarymime, "BINARYMIME");
	OFFER(offer.smtputf8, "SMTPUTF8");
	OFFER(offer.enhancedstatuscodes, "ENHANCEDSTATUSCODES");
	OFFER(offer.starttls && session->wire->ssl == NULL, "STARTTLS");
#undef OFFER
	if (offer.mailmax > 0)
		buf_format(&reply, "\\r\\n250-LIMITS MAILMAX=%lu RCPTMAX=1",
		    offer.mailmax);
	if (offer.size)
		buf_format(&reply, "\\r\\n250-SIZE %llu",
		    (unsigned long long)offer.limit);
	buf_text(&reply, "\\r\\n250 HELP");
	session->greeted = true;
	return answer(session, STEP_EHLO, args, reply.data);
}

static enum outcome
do_starttls(struct session *session, char *args)
{
	struct wire *wire = session->wire;
	enum outcome outcome;

	if (!offer.starttls || wire->ssl != NULL)
		return say(session, "503 5.5.1 no STARTTLS here and now");
	outcome = answer(session, STEP_STARTTLS, args, "220 2.0.0 go on");
	if (outcome != GOOD)
		return outcome;
	if (wire_more(wire))
		violation(session, "bytes behind STARTTLS");
	wire->at = wire->len = 0;
	if (!wire_flush(wire) ||
	    answer(session, STEP_HANDSHAKE, "", NULL) == GONE)
		return GONE;
	wire->flight++;
	session->greeted = false;
	return wire_flush(wire) && wire_tls(wire, tls_context) ? GOOD : GONE;
}

static enum outcome
do_mail(struct session *session, char *args)
{
	own(str) char *whole = mem_text(args);
	struct mail *mail = &session->mail;
	const char *bad = NULL;
	char *path, *end, *next;
	enum outcome outcome;

	if (!session->greeted)
		return say(session, "503 5.5.1 EHLO first");
	if (offer.starttls && session->wire->ssl == NULL)
		return say(session, "530 5.7.0 STARTTLS first");
	if (mail->begun)
		return say(session, "503 5.5.1 MAIL was given");
	if (strncasecmp(args, "FROM:<", 6) != 0 ||
	    (end = strchr(args, '>')) == NULL)
		return say(session, "501 5.5.4 MAIL FROM:<address>");
	path = args + 6;
	*end++ = '\0';
	mail_drop(mail);
	mail->body = "";
	while (bad == NULL && (next = strsep(&end, " ")) != NULL)
		if (*next != '\0')
			bad = mail_parameter(mail, next);
	if (bad != NULL)
		return say(session, bad);
	count_mail(session);
	if (offer.mailmax > 0 && session->mails > offer.mailmax) {
		violation(session, "more MAIL commands than MAILMAX");
		return say(session, "452 4.5.3 too many messages");
	}
	outcome = answer(session, STEP_MAIL, whole, "250 2.1.0 ok");
	mail->begun = outcome == GOOD;
	buf_format(&mail->envelope, "connection %lu\nhelo %s\ntls %s\n"
	    "command MAIL %s\nmail %s\n", session->wire->id, session->helo,
	    session->wire->ssl ? SSL_get_version(session->wire->ssl) : "none",
	    whole, path);
	return outcome;
}

static enum outcome
do_rcpt(struct session *session, char *args)
{
	struct mail *mail = &session->mail;
	enum outcome outcome;
	char *end;

	if (!mail->begun)
		return say(session, "503 5.5.1 MAIL first");
	if (strncasecmp(args, "TO:<", 4) != 0 ||
	    (end = strchr(args, '>')) == NULL || end == args + 4)
		return say(session, "501 5.5.4 RCPT TO:<address>");
	if (mail->recipients == (offer.mailmax > 0 ? 1 : 1000))
		return say(session, "452 4.5.3 too many recipients");
	outcome = answer(session, STEP_RCPT, args, "250 2.1.5 ok");
	if (outcome == GOOD) {
		mail->recipients++;
		buf_format(&mail->envelope, "rcpt %.*s\n",
		    (int)(end - args - 4), args + 4);
	}
	return outcome;
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

static enum outcome
do_data(struct session *session, char *args)
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
		violation(session, "bytes behind DATA");
	if (!wire_flush(wire))
		return GONE;
	wire->flight++;
	stat_add(&stats.flights, 1);
	session->body_rule = rule_take(STEP_BODY, mail->envelope.data,
	    session->mails);
	for (;;) {
		wire->at += mail_undot(mail, wire->in + wire->at,
		    wire->len - wire->at, content_checks, &end);
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
			    content_checks);
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

static enum outcome
do_bdat(struct session *session, char *args)
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

static enum outcome
do_rset(struct session *session, char *args)
{
	mail_drop(&session->mail);
	return answer(session, STEP_RSET, args, "250 2.0.0 ok");
}

static enum outcome
do_noop(struct session *session, char *args)
{
	(void)args;
	return say(session, "250 2.0.0 ok");
}

static enum outcome
do_quit(struct session *session, char *args)
{
	answer(session, STEP_QUIT, args, "221 2.0.0 bye");
	return GONE;
}

static const struct verb {
	const char	*name;
	enum outcome	(*run)(struct session *, char *args);
	bool		 last;		/* of a flight (RFC 2920 3.1) */
} verbs[] = {
	{ "BDAT", do_bdat, false },	{ "MAIL", do_mail, false },
	{ "RCPT", do_rcpt, false },	{ "DATA", do_data, false },
	{ "RSET", do_rset, false },	{ "EHLO", do_ehlo, true },
	{ "STARTTLS", do_starttls, true }, { "HELO", do_helo, true },
	{ "NOOP", do_noop, true },	{ "QUIT", do_quit, true },
};

/* session_command - one command line */
static enum outcome
session_command(struct session *session, char *line)
{
	char *args = line + strcspn(line, " ");
	size_t length = (size_t)(args - line);
	enum outcome outcome;

	journal_line(session->wire->id, session->wire->flight, 'C', "%s", line);
	if (*args != '\0')
		*args++ = '\0';
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strlen(verbs[i].name) != length ||
		    strcasecmp(line, verbs[i].name) != 0)
			continue;
		outcome = verbs[i].run(session, args);
		if (outcome != GONE && wire_more(session->wire) &&
		    (verbs[i].last || !offer.pipelining))
			violation(session, "bytes behind a command that ends "
			    "a flight");
		return outcome;
	}
	return say(session, "500 5.5.2 no such command");
}

/* session_open - from the connection to the greeting */
static enum outcome
session_open(struct session *session)
{
	struct wire *wire = session->wire;
	char greeting[300];

	if (answer(session, STEP_CONNECT, "", NULL) == GONE)
		return GONE;
	if (tls_implicit &&
	    (answer(session, STEP_HANDSHAKE, "", NULL) == GONE ||
	    !wire_flush(wire) || !wire_tls(wire, tls_context)))
		return GONE;
	snprintf(greeting, sizeof(greeting), "220 %s ESMTP", server_name);
	return answer(session, STEP_GREETING, "", greeting);
}

/* session_run - a whole conversation; takes the wire */
static void
session_run(struct wire *wire)
{
	struct session session = { .wire = wire, .mail = { .envelope = BUF } };
	char *line;

	journal_line(wire->id, wire->flight, 'E', "open");
	if (session_open(&session) != GONE)
		while ((line = wire_line(wire)) != NULL &&
		    session_command(&session, line) != GONE)
			;
	wire_flush(wire);
	journal_line(wire->id, wire->flight, 'E', "close after %lu",
	    session.mails);
	mail_drop(&session.mail);
	wire_close(wire, true);
}

#endif
