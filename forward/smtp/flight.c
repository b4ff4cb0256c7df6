/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/flight.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static void
say_ehlo(const struct talk *talk, struct buf *out)
{
	buf_format(out, "EHLO %s\r\n", talk->helo);
}

static void
say_helo(const struct talk *talk, struct buf *out)
{
	buf_format(out, "HELO %s\r\n", talk->helo);
}

static void
say_tls(const struct talk *talk, struct buf *out)
{
	(void)talk;
	buf_text(out, "STARTTLS\r\n");
}

static void
say_auth_plain(const struct talk *talk, struct buf *out)
{
	buf_text(out, "AUTH PLAIN ");
	login_plain(talk->login, out);
	buf_text(out, "\r\n");
}

static void
say_auth_login(const struct talk *talk, struct buf *out)
{
	(void)talk;
	buf_text(out, "AUTH LOGIN\r\n");
}

static void
say_auth_user(const struct talk *talk, struct buf *out)
{
	login_user(talk->login, out);
	buf_text(out, "\r\n");
}

static void
say_auth_password(const struct talk *talk, struct buf *out)
{
	login_password(talk->login, out);
	buf_text(out, "\r\n");
}

static void
say_rset(const struct talk *talk, struct buf *out)
{
	(void)talk;
	buf_text(out, "RSET\r\n");
}

static bool
is_ascii(const char *s)
{
	return utf8_is_ascii(s, strlen(s));
}

/* needs_utf8 - its addresses cannot be said without SMTPUTF8 */
static bool
needs_utf8(const struct letter *letter)
{
	return !is_ascii(letter->sender) || !is_ascii(letter->recipient);
}

static void
say_mail(const struct talk *talk, struct buf *out)
{
	const struct letter *letter = talk->letter;

	buf_texts(out, "MAIL FROM:<", letter->sender, ">");
	if (talk->caps->size) {
		buf_text(out, " SIZE=");
		buf_number(out, flight_size(letter));
	}
	if (letter->binary && caps_binary(talk->caps))
		buf_text(out, " BODY=BINARYMIME");
	else if (letter->eight_bit && talk->caps->eightbitmime)
		buf_text(out, " BODY=8BITMIME");
	if ((letter->smtputf8 || needs_utf8(letter)) && talk->caps->smtputf8)
		buf_text(out, " SMTPUTF8");
	buf_text(out, "\r\n");
}

static void
say_rcpt(const struct talk *talk, struct buf *out)
{
	buf_texts(out, "RCPT TO:<", talk->letter->recipient, ">\r\n");
}

static void
say_data(const struct talk *talk, struct buf *out)
{
	(void)talk;
	buf_text(out, "DATA\r\n");
}

static void
say_bdat(const struct talk *talk, struct buf *out)
{
	buf_text(out, "BDAT ");
	buf_number(out, flight_size(talk->letter));
	buf_text(out, " LAST\r\n");
}

static void
say_quit(const struct talk *talk, struct buf *out)
{
	(void)talk;
	buf_text(out, "QUIT\r\n");
}

const struct step_row step_rows[STEPS] = {
	[STEP_ROUTE]     = { "route",     NULL,     0, BLAME_SITE,    true },
	[STEP_CONNECT]   = { "connect",   NULL,     0, BLAME_SITE,    true },
	[STEP_GREETING]  = { "greeting",  NULL,     2, BLAME_SITE,    true },
	[STEP_EHLO]      = { "EHLO",      say_ehlo, 2, BLAME_SITE,    true },
	[STEP_HELO]      = { "HELO",      say_helo, 2, BLAME_SITE,    true },
	[STEP_STARTTLS]  = { "STARTTLS",  say_tls,  2, BLAME_SITE,    true },
	[STEP_HANDSHAKE] = { "handshake", NULL,     0, BLAME_SITE,    true },
	[STEP_AUTH_PLAIN]    = { "AUTH", say_auth_plain,    2, BLAME_SITE, true },
	[STEP_AUTH_LOGIN]    = { "AUTH", say_auth_login,    3, BLAME_SITE, true },
	[STEP_AUTH_USER]     = { "AUTH", say_auth_user,     3, BLAME_SITE, true },
	[STEP_AUTH_PASSWORD] = { "AUTH", say_auth_password, 2, BLAME_SITE, true },
	[STEP_RSET]      = { "RSET",      say_rset, 2, BLAME_SITE,    false },
	[STEP_MAIL]      = { "MAIL",      say_mail, 2, BLAME_MESSAGE, false },
	[STEP_RCPT]      = { "RCPT",      say_rcpt, 2, BLAME_MESSAGE, false },
	[STEP_DATA]      = { "DATA",      say_data, 3, BLAME_MESSAGE, true },
	[STEP_BODY]      = { "message",   NULL,     2, BLAME_MESSAGE, true },
	[STEP_BDAT]      = { "BDAT",      say_bdat, 2, BLAME_MESSAGE, true },
	[STEP_QUIT]      = { "QUIT",      say_quit, 2, BLAME_SITE,    true },
};

/* step_shown - a command, without what nobody else must read */
void
step_shown(const struct talk *talk, enum step step, struct buf *out)
{
	if (step == STEP_AUTH_PLAIN)
		buf_text(out, "AUTH PLAIN ***\r\n");
	else if (step == STEP_AUTH_USER || step == STEP_AUTH_PASSWORD)
		buf_text(out, "***\r\n");
	else if (step_rows[step].say != NULL)
		step_rows[step].say(talk, out);
}

/* flight_size - octets of the letter */
uint64_t
flight_size(const struct letter *letter)
{
	return letter->head->len + letter->length + letter->tail->len;
}

/* flight_steps - what it takes to send the letter */
size_t
flight_steps(const struct talk *talk, bool reset, enum step out[FLIGHT_STEPS])
{
	size_t n = 0;

	if (reset)
		out[n++] = STEP_RSET;
	out[n++] = STEP_MAIL;
	out[n++] = STEP_RCPT;
	if (talk->caps->chunking) {
		out[n++] = STEP_BDAT;
	} else {
		out[n++] = STEP_DATA;
		out[n++] = STEP_BODY;
	}
	return n;
}

/* flight_length - how many steps may be said before one must listen */
size_t
flight_length(const struct talk *talk, const enum step *steps, size_t count)
{
	size_t n = 1;

	if (!talk->caps->pipelining)
		return n;
	while (n < count && !step_rows[steps[n - 1]].last &&
	    !(steps[n] == STEP_BDAT &&
	    flight_size(talk->letter) > FLIGHT_LARGE))
		n++;
	return n;
}

static bool
too_large(const struct talk *talk)
{
	return talk->caps->size_limit != 0 &&
	    flight_size(talk->letter) > talk->caps->size_limit;
}

/* flight_refusal - no need to ask */
int
flight_refusal(const struct talk *talk, char text[FLIGHT_TEXT])
{
	if (too_large(talk)) {
		snprintf(text, FLIGHT_TEXT, "5.3.4 message of %" PRIu64
		    " bytes not sent, the limit is %" PRIu64,
		    flight_size(talk->letter), talk->caps->size_limit);
		return 552;
	}
	if (needs_utf8(talk->letter) && !talk->caps->smtputf8) {
		snprintf(text, FLIGHT_TEXT, "5.6.7 message not sent, "
		    "its address needs SMTPUTF8");
		return 550;
	}
	return 0;
}

/* flight_joins - whether letters may go together */
bool
flight_joins(const struct talk *talk, uint64_t octets)
{
	char text[FLIGHT_TEXT];

	return talk->caps->pipelining && talk->caps->chunking &&
	    flight_refusal(talk, text) == 0 &&
	    flight_size(talk->letter) + octets <= FLIGHT_LARGE;
}
