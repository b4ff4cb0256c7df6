/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "milter/capture.h"
#include "milter/enqueue.h"
#include "milter/message.h"
#include "milter/tell.h"
#include "milter/trace.h"
#include "policy/inbound.h"

struct session {
	struct service	*service;
	uint64_t	 number;	/* for trace.h */

	/* the connection */
	struct arena	 arena;
	struct client	 peer;
	char		*helo;		/* what peer.helo points to, or NULL */
	const char	*daemon_name, *gateway;
	bool		 tls;

	/* the message */
	struct settings	*settings;	/* NULL: no message is under way */
	struct policy	*policy;	/* NULL: before DATA */
	struct message	 message;
	struct inbound	 inbound;
	bool		 authenticated, header_ended;
	struct doubts	 doubts;
	bool		 deferred;	/* what comes of it still, when asked */
	struct target	*targets;
	struct capture	 capture;
};

/* reset - forget the message */
static void
reset(struct session *session)
{
	if (session->capture.draft != NULL)
		session->service->open_messages--;
	capture_end(&session->capture);
	if (session->policy != NULL)
		policy_leave(session->policy);
	session->policy = NULL;
	settings_leave(session->settings);
	session->settings = NULL;
	message_reset(&session->message);
	session->targets = NULL;
	session->doubts = (struct doubts){ 0 };
	session->authenticated = session->header_ended = false;
}

/* session_new - for one connection; new */
struct session *
session_new(struct service *service)
{
	static _Atomic uint64_t last;
	struct session *session = mem_new(sizeof(*session));

	session->service = service;
	session->number = ++last;
	session->peer = (struct client){ "", "", "" };
	session->daemon_name = session->gateway = "";
	session->capture = (struct capture)CAPTURE;
	message_reset(&session->message);
	return session;
}

static const char *
keep(struct arena *arena, const char *text)
{
	return text != NULL ? arena_text(arena, text) : "";
}

/* session_connect - the client */
void
session_connect(struct session *session, const char *client_name,
    const char *client_addr, const char *daemon_name, const char *gateway)
{
	session_abort(session);
	session->peer.name = keep(&session->arena, client_name);
	session->peer.address = keep(&session->arena, client_addr);
	session->daemon_name = keep(&session->arena, daemon_name);
	session->gateway = keep(&session->arena, gateway);
	TRACE(session->number, "connect from %s[%s], daemon '%s'",
	    ESCAPE(session->peer.name), session->peer.address,
	    ESCAPE_INSIDE(session->daemon_name, '\''));
}

/* session_helo - HELO or EHLO; it may come again (after STARTTLS), and ends
 * what has begun (RFC 5321 4.1.4) */
void
session_helo(struct session *session, const char *helo,
    const char *tls_version)
{
	session_abort(session);
	/* Not in the arena: a client may say EHLO for ever. */
	if (helo != NULL) {
		free(session->helo);
		session->peer.helo = session->helo = mem_text(helo);
	}
	session->tls = tls_version != NULL && *tls_version != '\0';
	TRACE(session->number, "HELO %s, %s", ESCAPE(session->peer.helo),
	    session->tls ? ESCAPE(tls_version) : "no TLS");
}

/* session_mail - a new message begins */
void
session_mail(struct session *session, const char *path,
    const char *understood, const char *auth_type)
{
	session_abort(session);
	session->deferred = false;
	session->settings = settings_hold(session->service);
	message_sender(&session->message, path, understood);
	session->authenticated = auth_type != NULL && *auth_type != '\0';
	TRACE(session->number, "MAIL FROM:%s, sender %s, %s", ESCAPE(path),
	    TRACE_ADDRESS(session->message.sender),
	    session->authenticated ? "authenticated" : "not authenticated");
}

/* session_rcpt - one more recipient that Postfix took */
void
session_rcpt(struct session *session, const char *path,
    const char *understood)
{
	const struct message *message = &session->message;

	if (session->settings == NULL)
		return;
	message_recipient(&session->message, path, understood,
	    session->gateway);
	TRACE(session->number, "RCPT TO:%s, recipient %s", ESCAPE(path),
	    TRACE_ADDRESS(message->recipients[message->recipient_count -
	    1].address));
}

/* count - one message more, and what became of it */
static void
count(struct session *session, enum counter fate)
{
	service_count(session->service, fate);
}

/* skip - this message is not for us; say why when asked to */
static enum session_reply
skip(struct session *session, enum skip why)
{
	count(session, skip_rows[why].counter);
	tell_skipped(&session->settings->conf, &session->message, why,
	    &session->doubts, session->inbound.unclean);
	reset(session);
	return SESSION_ACCEPT;
}

/* failure - something of ours went wrong: the original goes its way */
static enum session_reply
failure(struct session *session, const char *why)
{
	bool open = session->settings->conf.milter_failure_action ==
	    CONF_ACCEPT;

	count(session, open ? COUNT_FAILED_OPEN : COUNT_FAILED_TEMPFAIL);
	tell_failure(session->service, &session->message, open, why);
	reset(session);
	session->deferred = !open;
	return open ? SESSION_ACCEPT : SESSION_TEMPFAIL;
}

/* decided - the answer to what still comes of a message that is not kept */
static enum session_reply
decided(const struct session *session)
{
	return session->deferred ? SESSION_TEMPFAIL : SESSION_ACCEPT;
}

/* decide - ask the policy, once the client is known */
static enum skip
decide(void *arg, const struct client *client, bool lost)
{
	struct session *session = arg;
	const struct facts facts = {
		.sender = session->message.sender,
		.client = *client,
		.client_lost = lost,
	};

	tell_unclear(&session->message);
	if (log_debugs())
		trace_decisions(session->number, session->policy, &facts,
		    &session->message);
	session->targets = targets_decide(session->policy, &facts,
	    &session->message, &session->doubts);
	if (session->targets != NULL)
		return SKIP_NOT;
	return session->doubts.only_intakes ? SKIP_INTAKE : SKIP_POLICY;
}

/* leave_out - nobody wants a copy, as far as can be told */
static enum session_reply
leave_out(struct session *session, enum skip why)
{
	return why == SKIP_POLICY && session->doubts.lost != NULL ?
	    failure(session, session->doubts.lost) : skip(session, why);
}

/* judge - is there anybody to journal for? */
static enum session_reply
judge(struct session *session)
{
	struct service *service = session->service;
	const struct settings *settings = session->settings;
	enum skip why;

	session->policy = policy_hold(service->policy);
	session->inbound = (struct inbound){ .rules = &settings->inbound,
		.policy = session->policy, .events = &service_inbound_events,
		.ask = decide, .arg = session };
	why = inbound_begin(&session->inbound, &session->peer,
	    session->daemon_name, session->authenticated);
	if (why != SKIP_NOT)
		return leave_out(session, why);
	capture_begin(&session->capture, service->spool,
	    settings->conf.max_message_size);
	service->open_messages++;
	/* Stopping the milter waits for those that are open: not for this
	 * one, if it did not see it. */
	if (service->stopping)
		return failure(session, "tdc-milter stops");
	return SESSION_CONTINUE;
}

/* is_pending - a message has begun and is not decided on */
static bool
is_pending(const struct session *session)
{
	return session->settings != NULL && session->capture.draft == NULL;
}

/* session_data - the decision */
enum session_reply
session_data(struct session *session, const char *id)
{
	if (!is_pending(session))
		return SESSION_ACCEPT;
	message_queue_id(&session->message, id);
	TRACE(session->number, "DATA, queue-id %s",
	    message_name(&session->message));
	return judge(session);
}

/* session_header - one field, as the client sent it */
void
session_header(struct session *session, const char *name, const char *value,
    bool leading_space)
{
	if (is_pending(session))
		(void)judge(session);
	if (session->capture.draft == NULL || session->header_ended)
		return;
	message_field(&session->message, name, value);
	inbound_header(&session->inbound, name, value,
	    &session->message.arena);
	capture_header(&session->capture, name, value, leading_space);
}

/* trace_relayed - whom a trusted relay had it from */
static void
trace_relayed(const struct session *session)
{
	const struct client *client = inbound_client(&session->inbound);

	if (client != NULL)
		TRACE(session->number, "by a trusted relay, from %s[%s]",
		    ESCAPE(client->name), ESCAPE(client->address));
}

/* session_end_headers - what only the header could tell */
enum session_reply
session_end_headers(struct session *session, const char *id)
{
	enum skip why;

	message_queue_id(&session->message, id);
	if (is_pending(session))
		(void)judge(session);
	if (session->capture.draft == NULL)
		return decided(session);
	if (session->header_ended)
		return SESSION_CONTINUE;
	session->header_ended = true;
	capture_end_headers(&session->capture);
	why = inbound_end(&session->inbound);
	if (session->inbound.relayed)
		trace_relayed(session);
	return why == SKIP_NOT ? SESSION_CONTINUE : leave_out(session, why);
}

/* session_body - the next bytes of the body */
void
session_body(struct session *session, const unsigned char *bytes, size_t n)
{
	capture_body(&session->capture, bytes, n);
}

/* enqueue - one durable copy for each intake address */
static enum session_reply
enqueue(struct session *session)
{
	const struct client *client = inbound_client(&session->inbound);
	const struct scan *scan = &session->capture.scan;
	struct envelope envelope = {
		.sender = session->message.plain_sender,
		.queue_id = message_name(&session->message),
		.message_id = session->message.message_id,
		.client_addr = client->address,
		.client_name = client->name,
		.helo = client->helo,
		.protocol = message_protocol(&session->message, session->tls,
		    session->authenticated),
		.gateway = session->gateway,
		.accepted = clock_wall(),
		.length = scan->length,
		.header_length = session->capture.header_length,
		.longest_line = scan_longest(scan),
		.eight_bit = scan->eight_bit,
		.smtputf8 = session->message.smtputf8,
		.outgoing = session->inbound.outgoing,
		.binary = scan_binary(scan),
		.booted = clock_boot(),
	};
	bool all_or_none = session->settings->conf.milter_failure_action !=
	    CONF_ACCEPT;
	struct err err;

	if (all_or_none && session->doubts.lost != NULL)
		return failure(session, session->doubts.lost);
	if (enqueue_copies(session->service, session->capture.draft,
	    session->targets, &envelope, all_or_none, &err) == -1)
		return failure(session, err.text);
	tell_left_out(&session->settings->conf, &session->message,
	    &session->doubts);
	if (session->doubts.lost != NULL)
		return failure(session, session->doubts.lost);
	count(session, COUNT_JOURNALED);
	reset(session);
	return SESSION_ACCEPT;
}

/* session_end - the whole message was seen */
enum session_reply
session_end(struct session *session, const char *id)
{
	enum session_reply reply = session_end_headers(session, id);

	if (reply != SESSION_CONTINUE)
		return reply;
	if (session->capture.too_large)
		return skip(session, SKIP_SIZE);
	if (!session->capture.failed)
		return enqueue(session);
	return failure(session, session->capture.err.text);
}

/* session_abort - the message will not come to its end */
void
session_abort(struct session *session)
{
	if (session->capture.draft != NULL)
		(void)skip(session, SKIP_ABORTED);
	else
		reset(session);
}

/* session_free - NULL */
struct session *
session_free(struct session *session)
{
	if (session == NULL)
		return NULL;
	session_abort(session);
	TRACE(session->number, "end of the session");
	capture_drop(&session->capture);
	message_drop(&session->message);
	arena_drop(&session->arena);
	free(session->helo);
	free(session);
	return NULL;
}
