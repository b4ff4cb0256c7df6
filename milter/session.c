/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "milter/capture.h"
#include "milter/enqueue.h"
#include "milter/inbound.h"
#include "milter/message.h"

struct session {
	struct service	*service;

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
	const char	*lost;		/* see struct doubts */
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
	session->lost = NULL;
	session->authenticated = session->header_ended = false;
}

/* session_new - for one connection; new */
struct session *
session_new(struct service *service)
{
	struct session *session = mem_new(sizeof(*session));

	session->service = service;
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
}

/* session_rcpt - one more recipient that Postfix took */
void
session_rcpt(struct session *session, const char *path,
    const char *understood)
{
	if (session->settings != NULL)
		message_recipient(&session->message, path, understood,
		    session->gateway);
}

/* queue_id - for a log line */
static const char *
queue_id(const struct session *session)
{
	return *session->message.queue_id != '\0' ?
	    session->message.queue_id : "unknown";
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
	const struct skip_row *row = &skip_rows[why];
	const char *field = why == SKIP_UNCLEAN ? session->inbound.unclean :
	    NULL;

	count(session, row->counter);
	if (session->settings->conf.log_skipped)
		log_event(skipped, queue_id(session), row->why,
		    field != NULL ? " " : "",
		    field != NULL ? ESCAPE(field) : "");
	reset(session);
	return SESSION_ACCEPT;
}

/* failure - something of ours went wrong: the original goes its way */
static enum session_reply
failure(struct session *session, const struct err *err)
{
	bool open = session->settings->conf.milter_failure_action ==
	    CONF_ACCEPT;

	count(session, open ? COUNT_FAILED_OPEN : COUNT_FAILED_TEMPFAIL);
	if (open)
		log_event(failure_open, queue_id(session), err->text);
	else
		log_event(failure_tempfail, queue_id(session), err->text);
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

/* tell_unclear - that a path could not be told */
static void
tell_unclear(const struct session *session)
{
	if (session->message.unclear != NULL)
		log_event(unclear_path, queue_id(session),
		    ESCAPE_INSIDE(session->message.unclear, '\''));
}

/* decide - ask the policy, once the client is known */
static enum skip
decide(struct session *session)
{
	const struct facts facts = {
		.sender = session->message.sender,
		.client = *inbound_client(&session->inbound),
		.client_lost = session->inbound.lost,
	};
	struct doubts doubts;

	session->targets = targets_decide(session->policy, &facts,
	    session->message.recipients, session->message.recipient_count,
	    &session->message.arena, &doubts);
	session->lost = doubts.lost;
	if (session->targets != NULL)
		return SKIP_NOT;
	return doubts.only_intakes ? SKIP_INTAKE : SKIP_POLICY;
}

/* doubt - a copy may be wanted, and nobody can say where to */
static enum session_reply
doubt(struct session *session)
{
	struct err err;

	(void)err_set(&err, ERR_NEVER, "%s", session->lost);
	return failure(session, &err);
}

/* leave_out - nobody wants a copy, as far as can be told */
static enum session_reply
leave_out(struct session *session, enum skip why)
{
	return why == SKIP_POLICY && session->lost != NULL ?
	    doubt(session) : skip(session, why);
}

/* judge - is there anybody to journal for? */
static enum session_reply
judge(struct session *session)
{
	struct service *service = session->service;
	const struct settings *settings = session->settings;
	enum skip why;

	why = inbound_begin(&session->inbound, settings, &session->peer,
	    session->daemon_name, session->authenticated);
	if (why != SKIP_NOT)
		return skip(session, why);
	tell_unclear(session);
	session->policy = policy_hold(service->policy);
	if (inbound_client(&session->inbound) != NULL &&
	    (why = decide(session)) != SKIP_NOT)
		return leave_out(session, why);
	capture_begin(&session->capture, service->spool,
	    settings->conf.max_message_size);
	service->open_messages++;
	/* Stopping the milter waits for those that are open: not for this
	 * one, if it did not see it. */
	if (service->stopping) {
		struct err err;

		(void)err_set(&err, ERR_LATER, "tdc-milter stops");
		return failure(session, &err);
	}
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
	inbound_header(&session->inbound, session->policy, name, value,
	    &session->message.arena);
	capture_header(&session->capture, name, value, leading_space);
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
	if (why == SKIP_NOT && session->targets == NULL)
		why = decide(session);
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
		.queue_id = queue_id(session),
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
		.binary = scan_binary(scan),
		.booted = clock_boot(),
	};
	bool all_or_none = session->settings->conf.milter_failure_action !=
	    CONF_ACCEPT;
	struct err err;

	if (enqueue_copies(session->service, session->capture.draft,
	    session->targets, &envelope, all_or_none, &err) == -1)
		return failure(session, &err);
	if (session->lost != NULL)
		return doubt(session);
	count(session, COUNT_JOURNALED);
	reset(session);
	return SESSION_ACCEPT;
}

/* session_end - the whole message was seen */
enum session_reply
session_end(struct session *session, const char *id)
{
	enum session_reply reply = session_end_headers(session, id);
	struct err err;

	if (reply != SESSION_CONTINUE)
		return reply;
	if (session->capture.too_large)
		return skip(session, SKIP_SIZE);
	if (!session->capture.failed)
		return enqueue(session);
	err = session->capture.err;
	return failure(session, &err);
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
	capture_drop(&session->capture);
	message_drop(&session->message);
	arena_drop(&session->arena);
	free(session->helo);
	free(session);
	return NULL;
}
