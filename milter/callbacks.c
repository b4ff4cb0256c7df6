/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/callbacks.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "milter/path.h"
#include "milter/session.h"
#include "milter/unserved.h"

static struct {
	struct service	*service;
	bool		 unix_socket;
} ours;

/* What libmilter keeps for us: a session, and what Postfix agreed to. */
struct peer {
	struct session	*session;
	bool		 leading_space;
	bool		 silent;	/* no replies but to DATA and EOM */
	bool		 connected;	/* its client is known */
	bool		 rewrites;	/* {mail_addr}: whom it delivers to */
};

/* go_on - the answer to all that is not decided on */
static sfsistat
go_on(const struct peer *peer)
{
	return peer != NULL && peer->silent ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
translate(enum session_reply reply)
{
	switch (reply) {
	case SESSION_CONTINUE:
		return SMFIS_CONTINUE;
	case SESSION_TEMPFAIL:
		return SMFIS_TEMPFAIL;
	case SESSION_ACCEPT:
		break;
	}
	return SMFIS_ACCEPT;
}

/*
 * Macros: only what we read; the queue id comes with DATA.  {mail_addr} and
 * {rcpt_addr} are what Postfix understood; it has looked most of them up
 * already when it asks us, and remembers them.  Sendmail means something else by
 * them (path_rewritten()); v tells which of the two it is.
 * No list may be empty: that would mean Postfix's own.
 */
static void
ask_for_macros(SMFICTX *ctx)
{
	static char connect[] = "j v {daemon_name}", helo[] = "{tls_version}",
	    mail[] = "{auth_type} {mail_addr}", rcpt[] = "{rcpt_addr}",
	    i[] = "i";

	smfi_setsymlist(ctx, SMFIM_CONNECT, connect);
	smfi_setsymlist(ctx, SMFIM_HELO, helo);
	smfi_setsymlist(ctx, SMFIM_ENVFROM, mail);
	smfi_setsymlist(ctx, SMFIM_ENVRCPT, rcpt);
	smfi_setsymlist(ctx, SMFIM_DATA, i);
	smfi_setsymlist(ctx, SMFIM_EOH, i);
	smfi_setsymlist(ctx, SMFIM_EOM, i);
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1,
    unsigned long f2, unsigned long f3, unsigned long *pf0,
    unsigned long *pf1, unsigned long *pf2, unsigned long *pf3)
{
	static const unsigned long no_reply = SMFIP_NR_CONN | SMFIP_NR_HELO |
	    SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | SMFIP_NR_EOH |
	    SMFIP_NR_BODY;
	unsigned long wanted = SMFIP_NOUNKNOWN | SMFIP_HDR_LEADSPC;
	struct peer *peer = mem_new(sizeof(*peer));

	(void)f0, (void)f2, (void)f3;
	peer->silent = ours.unix_socket && (f1 & no_reply) == no_reply;
	if (peer->silent)
		wanted |= no_reply;
	ask_for_macros(ctx);
	*pf0 = 0;			/* we change nothing */
	*pf1 = f1 & wanted;
	*pf2 = *pf3 = 0;
	peer->session = session_new(ours.service);
	peer->leading_space = (f1 & SMFIP_HDR_LEADSPC) != 0;
	smfi_setpriv(ctx, peer);
	return SMFIS_CONTINUE;
}

/* is_sendmail - its version is a number; Postfix's begins with mail_name */
static bool
is_sendmail(SMFICTX *ctx)
{
	static char v[] = "v";
	const char *version = smfi_getsymval(ctx, v);

	return version != NULL && *version >= '0' && *version <= '9';
}

/* understood - by the MTA, of a path */
static const char *
understood(SMFICTX *ctx, const struct peer *peer, const char *path,
    char *macro)
{
	const char *value = smfi_getsymval(ctx, macro);

	return peer->rewrites ? path_rewritten(path, value) : value;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *sa)
{
	struct peer *peer = smfi_getpriv(ctx);
	char text[INET6_ADDRSTRLEN] = "";
	static char daemon_name[] = "{daemon_name}", j[] = "j";

	if (peer == NULL)
		return go_on(peer);
	peer->connected = true;
	if (sa != NULL && sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)sa)->sin_addr,
		    text, sizeof(text));
	else if (sa != NULL && sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6,
		    &((struct sockaddr_in6 *)(void *)sa)->sin6_addr,
		    text, sizeof(text));
	peer->rewrites = is_sendmail(ctx);
	session_connect(peer->session, name, text,
	    smfi_getsymval(ctx, daemon_name), smfi_getsymval(ctx, j));
	return go_on(peer);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct peer *peer = smfi_getpriv(ctx);
	static char tls_version[] = "{tls_version}";

	if (peer != NULL)
		session_helo(peer->session, helo,
		    smfi_getsymval(ctx, tls_version));
	return go_on(peer);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct peer *peer = smfi_getpriv(ctx);
	static char auth_type[] = "{auth_type}", mail_addr[] = "{mail_addr}";

	if (peer != NULL && argv[0] != NULL)
		session_mail(peer->session, argv[0],
		    understood(ctx, peer, argv[0], mail_addr),
		    smfi_getsymval(ctx, auth_type));
	return go_on(peer);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct peer *peer = smfi_getpriv(ctx);
	static char rcpt_addr[] = "{rcpt_addr}";

	if (peer != NULL && argv[0] != NULL)
		session_rcpt(peer->session, argv[0],
		    understood(ctx, peer, argv[0], rcpt_addr));
	return go_on(peer);
}

/* queue_id - Postfix has none before the first recipient that it takes */
static const char *
queue_id(SMFICTX *ctx)
{
	static char i[] = "i";

	return smfi_getsymval(ctx, i);
}

static sfsistat
on_data(SMFICTX *ctx)
{
	struct peer *peer = smfi_getpriv(ctx);

	if (peer == NULL)
		return SMFIS_ACCEPT;
	return translate(session_data(peer->session, queue_id(ctx)));
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct peer *peer = smfi_getpriv(ctx);

	if (peer != NULL)
		session_header(peer->session, name, value,
		    peer->leading_space);
	return go_on(peer);
}

static sfsistat
on_end_headers(SMFICTX *ctx)
{
	struct peer *peer = smfi_getpriv(ctx);

	enum session_reply reply = SESSION_ACCEPT;

	if (peer != NULL)
		reply = session_end_headers(peer->session, queue_id(ctx));
	return peer != NULL && peer->silent ? SMFIS_NOREPLY :
	    translate(reply);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	struct peer *peer = smfi_getpriv(ctx);

	if (peer != NULL)
		session_body(peer->session, bytes, n);
	return go_on(peer);
}

static sfsistat
on_end(SMFICTX *ctx)
{
	struct peer *peer = smfi_getpriv(ctx);

	if (peer == NULL)
		return SMFIS_ACCEPT;
	return translate(session_end(peer->session, queue_id(ctx)));
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct peer *peer = smfi_getpriv(ctx);

	if (peer != NULL)
		session_abort(peer->session);
	return SMFIS_CONTINUE;
}

/*
 * is_unreadable - whether Postfix told of a client and libmilter could not read
 * it.  Macros come before the client; a connection that ends without both is
 * one whose client might have said XCLIENT, or anybody's.  When Postfix has hung
 * up, its client is gone, too, and there is no message to copy.
 */
static bool
is_unreadable(SMFICTX *ctx, const struct peer *peer)
{
	static char j[] = "j";

	return !peer->connected && smfi_getsymval(ctx, j) != NULL &&
	    unserved_held();
}

/* May be the only callback of a connection, and may never come at all;
 * comes without on_abort when libmilter gives a silent connection up. */
static sfsistat
on_close(SMFICTX *ctx)
{
	struct peer *peer = smfi_getpriv(ctx);

	if (peer != NULL) {
		if (is_unreadable(ctx, peer))
			service_unserved(ours.service);
		session_free(peer->session);
		free(peer);
		smfi_setpriv(ctx, NULL);
	}
	return SMFIS_CONTINUE;
}

/* callbacks_register - tell libmilter what to call */
int
callbacks_register(struct service *service, bool unix_socket)
{
	static char name[] = "tdc-milter";
	struct smfiDesc description = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = 0,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data,
		.xxfi_header = on_header,
		.xxfi_eoh = on_end_headers,
		.xxfi_body = on_body,
		.xxfi_eom = on_end,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};

	ours.service = service;
	ours.unix_socket = unix_socket;
	return smfi_register(description) == MI_SUCCESS ? 0 : -1;
}
