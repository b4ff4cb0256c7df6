/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/mem.h"
#include "remediate/imap/imap_talk_private.h"

/* ---- errors ---- */

static int
said_no(const struct imap_talk *talk, const char *stage,
    const struct imap_reply *reply, struct err *err)
{
	return err_set(err, ERR_LATER, "%s port %s: %s: %s%s%s%s",
	    ESCAPE(talk->login->peer.host), talk->login->peer.port, stage,
	    reply->code[0] != '\0' ? "[" : "", reply->code,
	    reply->code[0] != '\0' ? "] " : "", reply->text);
}

/* imap_is_passing - refused for now: not for who we are, nor for what it is */
bool
imap_is_passing(const char *code)
{
	static const char *const passing[] = { "UNAVAILABLE", "INUSE", "LIMIT",
	    "SERVERBUG", "CONTACTADMIN" };

	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
		if (strcasecmp(code, passing[i]) == 0)
			return true;
	return false;
}

/* is_telling - does the server repeat the password, or what it was sent in; of
 * a text that is long that cannot be said, for it was cut */
static bool
is_telling(const char *text, const char *password, const char *secret)
{
	enum { LONG = 150, PIECE = 12 };
	char piece[PIECE + 1];
	size_t n = strlen(secret);

	snprintf(piece, sizeof(piece), "%s", secret);
	return strlen(text) > LONG || strstr(text, password) != NULL ||
	    strstr(text, ESCAPE(password)) != NULL ||
	    strstr(text, piece) != NULL ||
	    strstr(text, secret + (n > PIECE ? n - PIECE : 0)) != NULL;
}

/* refused - by the server */
static int
refused(const struct imap_talk *talk, struct imap_reply *reply,
    const char *secret, struct err *err)
{
	if (is_telling(reply->text, talk->login->password, secret))
		reply->text[0] = '\0';
	said_no(talk, "login refused", reply, err);
	if (!imap_is_passing(reply->code))
		err->kind = ERR_NEVER;
	return -1;
}

/* ---- steps ---- */

/* ask - a command without arguments that must succeed */
static int
ask(struct imap_talk *talk, const char *command, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	imap_line_text(&line, command);
	if (imap_talk_ask(talk, &line, &reply, err) == -1)
		return -1;
	return reply.status == IMAP_OK ? 0 :
	    said_no(talk, command, &reply, err);
}

static int
greeting(struct imap_talk *talk, struct err *err)
{
	struct imap_answer answer;
	struct imap_reply reply = { 0 };

	if (talk_answer(talk, &answer, err) == -1)
		return -1;
	if (imap_span_is(&answer.tag, "*") && answer.status == IMAP_OK)
		return 0;
	if (!imap_span_is(&answer.tag, "*") || answer.status != IMAP_BYE)
		return talk_broken(talk, "a greeting that is none", err);
	snprintf(reply.text, sizeof(reply.text), "%.*s",
	    (int)(answer.text.length < 200 ? answer.text.length : 200),
	    answer.text.at);
	return err_set(err, ERR_LATER, "%s port %s: server says goodbye: %s",
	    ESCAPE(talk->login->peer.host), talk->login->peer.port,
	    ESCAPE(reply.text));
}

/* secure - TLS before anything that matters is said */
static int
secure(struct imap_talk *talk, struct err *err)
{
	if (!talk->login->starttls)
		return imap_link_tls(talk->link, err) == -1 ? -1 :
		    greeting(talk, err);
	if (greeting(talk, err) == -1 || ask(talk, "CAPABILITY", err) == -1)
		return -1;
	if (!talk->can.starttls)
		return err_set(err, ERR_NEVER, "%s port %s: no STARTTLS",
		    ESCAPE(talk->login->peer.host), talk->login->peer.port);
	return ask(talk, "STARTTLS", err) == -1 ? -1 :
	    imap_link_tls(talk->link, err);
}

/* ---- the login ---- */

/* login_name - with which we log in; new */
static char *
login_name(const struct imap_login *login)
{
	return login->master == NULL ? mem_text(login->user) :
	    mem_format("%s%s%s", login->owner, login->master, login->user);
}

/* plain - [authzid] NUL authcid NUL password (RFC 4616), in base64; new */
static char *
plain(const struct imap_login *login)
{
	own(imap_line) struct imap_line message = IMAP_LINE;
	own(str) char *name = login_name(login);
	struct buf *bytes = &message.bytes;
	char *out;

	(void)buf_room(bytes, strlen(login->owner) + strlen(name) +
	    strlen(login->password) + 2);
	if (login->master == NULL)
		buf_text(bytes, login->owner);
	buf_byte(bytes, '\0');
	buf_text(bytes, name);
	buf_byte(bytes, '\0');
	buf_text(bytes, login->password);
	out = mem_new((bytes->len + 2) / 3 * 4 + 1);
	EVP_EncodeBlock((unsigned char *)out,
	    (const unsigned char *)bytes->data, (int)bytes->len);
	return out;
}

/* authenticate - AUTHENTICATE PLAIN, in one piece or in two */
static int
authenticate(struct imap_talk *talk, const char *secret,
    struct imap_reply *reply, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;

	(void)buf_room(&line.bytes, strlen(secret) + 64);
	imap_line_text(&line, "AUTHENTICATE PLAIN");
	if (talk->can.sasl_ir) {
		imap_line_text(&line, " ");
	} else {
		imap_line_text(&line, "\r\n");
		line.cuts[line.count++] = line.bytes.len;
	}
	imap_line_text(&line, secret);
	return imap_talk_ask(talk, &line, reply, err);
}

/* login - the old command, where there is no PLAIN; it has no authzid */
static int
login_command(struct imap_talk *talk, struct imap_reply *reply,
    struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	own(str) char *name = login_name(talk->login);

	(void)buf_room(&line.bytes, strlen(name) +
	    2 * strlen(talk->login->password) + 64);
	imap_line_text(&line, "LOGIN ");
	imap_line_name(&line, name);
	imap_line_text(&line, " ");
	imap_line_name(&line, talk->login->password);
	return imap_talk_ask(talk, &line, reply, err);
}

/* get_in - as the owner */
static int
get_in(struct imap_talk *talk, enum imap_refusal *out_refused, struct err *err)
{
	char *secret = plain(talk->login);
	struct imap_reply reply = { 0 };
	int result = -1;

	if (talk->can.plain)
		result = authenticate(talk, secret, &reply, err);
	else if (talk->login->master != NULL && !talk->can.login_disabled)
		result = login_command(talk, &reply, err);
	else
		err_set(err, ERR_NEVER, "%s port %s: no AUTH=PLAIN",
		    ESCAPE(talk->login->peer.host), talk->login->peer.port);
	if (result == 0 && reply.status != IMAP_OK) {
		result = refused(talk, &reply, secret, err);
		*out_refused = strcasecmp(reply.code,
		    "AUTHORIZATIONFAILED") == 0 ? LOGIN_NO_OWNER :
		    LOGIN_REFUSED;
	}
	if (result == -1 && err->kind == ERR_LATER)
		*out_refused = LOGIN_NOT_NOW;
	OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
	return result;
}

/* talk_login - greeting, TLS, AUTHENTICATE; what was told before each of them
 * counts no more after it */
int
talk_login(struct imap_talk *talk, enum imap_refusal *out_refused, struct err *err)
{
	if (secure(talk, err) == -1)
		return -1;
	talk->can = (struct imap_can){ 0 };
	if (ask(talk, "CAPABILITY", err) == -1 ||
	    get_in(talk, out_refused, err) == -1)
		return -1;
	talk->can = (struct imap_can){ 0 };
	return ask(talk, "CAPABILITY", err);
}
