/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/intake/answer.h"
#include "tests/intake/content.h"
#include "tests/intake/offer.h"
#include "tests/intake/record.h"
#include "tests/intake/session.h"

/* count_mail - one more transaction; from the first of a flight on replies
 * may have to be held */
static void
count_mail(struct session *session)
{
	if (session->wire->held == 0)
		session->wire->held = offer.hold;
	session->mails++;
	stat_add(&stats.mail, 1);
	stat_max(&stats.mail_per_connection_max, session->mails);
}

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
	buf_format(&reply, "250-%s", offer.name);
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
		violation(session, "bytes after STARTTLS");
	wire->at = wire->len = 0;
	if (!wire_flush(wire) ||
	    answer(session, STEP_HANDSHAKE, "", NULL) == GONE)
		return GONE;
	wire->flight++;
	session->greeted = false;
	return wire_flush(wire) && wire_tls(wire, offer.tls) ? GOOD : GONE;
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
			bad = offer_parameter(next, &mail->body);
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
	{ "BDAT", content_bdat, false },	{ "MAIL", do_mail, false },
	{ "RCPT", do_rcpt, false },	{ "DATA", content_data, false },
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
			violation(session, "bytes after a command that ends "
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
	if (offer.tls_implicit &&
	    (answer(session, STEP_HANDSHAKE, "", NULL) == GONE ||
	    !wire_flush(wire) || !wire_tls(wire, offer.tls)))
		return GONE;
	snprintf(greeting, sizeof(greeting), "220 %s ESMTP", offer.name);
	return answer(session, STEP_GREETING, "", greeting);
}

/* session_run - a whole conversation; takes the wire */
void
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
