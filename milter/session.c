/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/header.h"
#include "milter/enqueue.h"
#include "milter/scan.h"

struct session {
	struct service	*service;

	/* the connection */
	struct arena	 arena;
	const char	*client_name, *client_addr, *daemon_name, *gateway;
	const char	*helo;
	bool		 tls;

	/* the message */
	struct arena	 message_arena;
	struct settings	*settings;	/* NULL: no message is under way */
	const char	*sender;
	bool		 authenticated, smtputf8;
	const char	**recipients;	/* on the heap; grows */
	size_t		 recipient_count, recipient_room;
	struct target	*targets;
	struct draft	*draft;		/* NULL: nothing to be kept */
	struct scan	 scan;
	struct buf	 line;		/* one header field, being put together */
	uint64_t	 header_length;
	const char	*message_id;
	bool		 too_large;
	bool		 failed;
	struct err	 err;
};

/* session_new - for one connection; new */
struct session *
session_new(struct service *service)
{
	struct session *session = mem_new(sizeof(*session));

	session->service = service;
	session->client_name = session->client_addr = "";
	session->daemon_name = session->gateway = session->helo = "";
	session->line = (struct buf)BUF;
	return session;
}

/* reset - forget the message */
static void
reset(struct session *session)
{
	if (session->draft != NULL)
		session->service->open_messages--;
	session->draft = draft_free(session->draft);
	settings_leave(session->settings);
	session->settings = NULL;
	arena_drop(&session->message_arena);
	session->targets = NULL;
	session->recipient_count = 0;
	session->scan = (struct scan){ 0 };
	session->header_length = 0;
	session->message_id = "";
	session->sender = "";
	session->authenticated = session->smtputf8 = false;
	session->too_large = session->failed = false;
}

/* session_free - NULL */
struct session *
session_free(struct session *session)
{
	if (session == NULL)
		return NULL;
	reset(session);
	arena_drop(&session->arena);
	buf_drop(&session->line);
	free(session->recipients);
	free(session);
	return NULL;
}

static const char *
keep(struct arena *arena, const char *text)
{
	return text != NULL ? arena_text(arena, text) : "";
}

/* session_connect - who is there */
void
session_connect(struct session *session, const char *client_name,
    const char *client_addr, const char *daemon_name, const char *gateway)
{
	session->client_name = keep(&session->arena, client_name);
	session->client_addr = keep(&session->arena, client_addr);
	session->daemon_name = keep(&session->arena, daemon_name);
	session->gateway = keep(&session->arena, gateway);
}

/* session_helo - HELO or EHLO; it may come again (after STARTTLS) */
void
session_helo(struct session *session, const char *helo,
    const char *tls_version)
{
	/* Only what changed is kept again: a client may say EHLO for ever. */
	if (helo != NULL && strcmp(session->helo, helo) != 0)
		session->helo = keep(&session->arena, helo);
	session->tls = tls_version != NULL && *tls_version != '\0';
}

/* bare - an address without its angle brackets; lives with the message */
static const char *
bare(struct session *session, const char *address)
{
	size_t n = strlen(address);

	if (n >= 2 && *address == '<' && address[n - 1] == '>')
		return arena_bytes(&session->message_arena, address + 1, n - 2);
	return arena_bytes(&session->message_arena, address, n);
}

static bool
any_eight_bit(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 127)
			return true;
	return false;
}

/* session_mail - a new message begins */
void
session_mail(struct session *session, char **argv, const char *auth_type)
{
	reset(session);
	session->settings = settings_hold(session->service);
	session->sender = bare(session, argv[0] != NULL ? argv[0] : "");
	session->smtputf8 = any_eight_bit(session->sender);
	session->authenticated = auth_type != NULL && *auth_type != '\0';
}

/* session_rcpt - one more recipient that Postfix took */
void
session_rcpt(struct session *session, char **argv)
{
	const char *recipient;

	if (session->settings == NULL || argv[0] == NULL)
		return;
	if (session->recipient_count == session->recipient_room) {
		session->recipient_room = session->recipient_room * 2 + 8;
		session->recipients = mem_grow(session->recipients,
		    session->recipient_room, sizeof(*session->recipients));
	}
	recipient = bare(session, argv[0]);
	session->recipients[session->recipient_count++] = recipient;
	session->smtputf8 = session->smtputf8 || any_eight_bit(recipient);
}

/* skip - this message is not for us; say why when asked to */
static enum session_reply
skip(struct session *session, enum counter counter, const char *queue_id,
    const char *why)
{
	counter_add(session->service->counters, counter, 1);
	if (session->settings->conf.log_skipped)
		log_event(skipped, queue_id != NULL ? queue_id : "unknown", why);
	reset(session);
	return SESSION_ACCEPT;
}

/* in_list - whether a word stands in a list parted by blanks or commas */
static bool
in_list(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (list += strspn(list, " \t,"); *list != '\0';
	    list += strspn(list, " \t,")) {
		size_t n = strcspn(list, " \t,");

		if (n == length && strncmp(list, word, n) == 0)
			return true;
		list += n;
	}
	return false;
}

/* session_data - the decision: is there anybody to journal for? */
enum session_reply
session_data(struct session *session, const char *queue_id)
{
	struct service *service = session->service;
	const struct settings *settings = session->settings;
	const struct facts facts = {
		.sender = session->sender,
		.client_addr = session->client_addr,
		.client_name = session->client_name,
		.helo = session->helo,
	};
	struct policy *policy;

	if (settings == NULL)
		return SESSION_ACCEPT;
	counter_add(service->counters, COUNT_MESSAGES, 1);
	if (settings->conf.skip_authenticated && session->authenticated)
		return skip(session, COUNT_SKIPPED_AUTHENTICATED, queue_id,
		    "client authenticated");
	if (net_match(settings->internal, session->client_addr))
		return skip(session, COUNT_SKIPPED_INTERNAL, queue_id,
		    "client in internal_networks");
	if (in_list(settings->conf.skip_daemon_names, session->daemon_name))
		return skip(session, COUNT_SKIPPED_DAEMON, queue_id,
		    "by skip_daemon_names");
	policy = policy_hold(service->policy);
	session->targets = targets_decide(policy, &facts, session->recipients,
	    session->recipient_count, &session->message_arena);
	policy_leave(policy);
	if (session->targets == NULL)
		return skip(session, COUNT_SKIPPED_POLICY, queue_id,
		    "no policy asks for it");
	session->draft = draft_new(service->spool);
	service->open_messages++;
	return SESSION_CONTINUE;
}

/* store - the next bytes of the message, into the draft */
static void
store(struct session *session, const void *bytes, size_t n)
{
	int64_t most;

	if (session->draft == NULL || session->failed || session->too_large)
		return;
	scan_bytes(&session->scan, bytes, n);
	most = session->settings->conf.max_message_size;
	if (most > 0 && session->scan.length > (uint64_t)most)
		session->too_large = true;
	else if (draft_write(session->draft, bytes, n, &session->err) == -1)
		session->failed = true;
}

/* remember_message_id - the first one counts */
static void
remember_message_id(struct session *session, const char *value)
{
	const struct header_field field = {
		.value = value, .value_length = strlen(value)
	};
	own(buf) struct buf text = BUF;

	header_unfold(&field, &text);
	session->message_id = arena_bytes(&session->message_arena, text.data,
	    text.len);
}

/* session_header - one field, as the client sent it */
void
session_header(struct session *session, const char *name, const char *value,
    bool leading_space)
{
	struct buf *line = &session->line;

	if (session->draft == NULL)
		return;
	if (*session->message_id == '\0' && strcasecmp(name, "Message-ID") == 0)
		remember_message_id(session, value);
	buf_cut(line, 0);
	buf_text(line, name);
	buf_text(line, leading_space ? ":" : ": ");
	while (*value != '\0') {
		size_t n = strcspn(value, "\n");

		buf_bytes(line, value, n);
		value += n;
		if (*value == '\n') {
			buf_text(line, "\r\n");
			value++;
		}
	}
	buf_text(line, "\r\n");
	store(session, line->data, line->len);
}

/* session_end_headers - the empty line */
void
session_end_headers(struct session *session)
{
	store(session, "\r\n", 2);
	session->header_length = session->scan.length;
}

/* session_body - the next bytes of the body */
void
session_body(struct session *session, const unsigned char *bytes, size_t n)
{
	store(session, bytes, n);
}

/* protocol - as in RFC 3848 and RFC 6531 4.3; HELO cannot be told from EHLO */
static const char *
protocol(const struct session *session)
{
	static const char *const names[2][2][2] = {
		{ { "ESMTP", "ESMTPA" }, { "ESMTPS", "ESMTPSA" } },
		{ { "UTF8SMTP", "UTF8SMTPA" }, { "UTF8SMTPS", "UTF8SMTPSA" } },
	};

	return names[session->smtputf8][session->tls][session->authenticated];
}

/* failure - something of ours went wrong: the original goes its way */
static enum session_reply
failure(struct session *session, const char *queue_id, const struct err *err)
{
	struct service *service = session->service;
	bool open = session->settings->conf.milter_failure_action ==
	    CONF_ACCEPT;
	char left_out[64] = "";
	unsigned n;

	if (open)
		counter_add(service->counters, COUNT_FAILED_OPEN, 1);
	if (log_repeat(&service->failures, &n)) {
		if (n > 0)
			snprintf(left_out, sizeof(left_out),
			    " (and %u more like this)", n);
		if (open)
			log_event(failure_open, queue_id, err->text, left_out);
		else
			log_event(failure_tempfail, queue_id, err->text,
			    left_out);
	}
	return open ? SESSION_ACCEPT : SESSION_TEMPFAIL;
}

/* enqueue - one durable copy for each intake address */
static enum session_reply
enqueue(struct session *session, const char *queue_id)
{
	struct envelope envelope = {
		.sender = session->sender,
		.queue_id = queue_id,
		.message_id = session->message_id,
		.client_addr = session->client_addr,
		.client_name = session->client_name,
		.helo = session->helo,
		.protocol = protocol(session),
		.gateway = session->gateway,
		.accepted = clock_wall(),
		.length = session->scan.length,
		.header_length = session->header_length,
		.longest_line = scan_longest(&session->scan),
		.eight_bit = session->scan.eight_bit,
		.smtputf8 = session->smtputf8,
	};
	enum session_reply reply = SESSION_ACCEPT;

	for (const struct target *target = session->targets; target != NULL;
	    target = target->next) {
		struct err err;

		if (enqueue_copy(session->service, session->draft, target,
		    &envelope, &err) == -1)
			reply = failure(session, queue_id, &err);
	}
	return reply;
}

/* session_end - the whole message was seen */
enum session_reply
session_end(struct session *session, const char *queue_id)
{
	enum session_reply reply = SESSION_ACCEPT;

	if (session->draft == NULL)
		return SESSION_ACCEPT;
	if (queue_id == NULL || *queue_id == '\0')
		queue_id = "unknown";
	if (session->too_large)
		return skip(session, COUNT_SKIPPED_SIZE, queue_id,
		    "larger than max_message_size");
	if (session->failed)
		reply = failure(session, queue_id, &session->err);
	else
		reply = enqueue(session, queue_id);
	reset(session);
	return reply;
}

/* session_abort - the message will not come to its end */
void
session_abort(struct session *session)
{
	reset(session);
}
