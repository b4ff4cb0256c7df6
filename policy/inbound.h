/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inbound - who brought a message, and whether it is one for us at all
 *
 *	inbound.rules = rules, inbound.policy = policy;
 *	inbound.events = events, inbound.ask = ask;
 *
 *	why = inbound_begin(&inbound, &peer, daemon_name, false);
 *	inbound_header(&inbound, name, value, &arena);	-- each field
 *	why = inbound_end(&inbound);
 *	client = inbound_client(&inbound);
 *
 * The one place that says in which order a message is judged, for the milter
 * and for tdcctl: the first reason not to journal it counts.  ask() is called
 * once, as soon as the client is known, unless there is a reason before.
 *
 * Inbound: not from a client that authenticated, not from internal_networks,
 * not by a daemon of skip_daemon_names.  When Postfix's client is one of
 * trusted_relays, the client is known only at the end of the header: it stands
 * in the newest Received: field that names none of them.  A field that names
 * no client at all ends the search, for what is below it may be the sender's;
 * the relay is taken for the client then, and never for one of our own.
 *
 * Clean: no header field is one that unclean_header_checks knows; filters
 * before us write their verdicts there.
 *
 * With directions = all, mail from our own is not left alone; it is outgoing
 * then.
 *
 * With journal_reports = skip a message that is a journal report
 * (X-MS-Journal-Report) is not journaled; not the default, as any sender can
 * write that field.  Our own journals are known by where they go
 * (policy_is_intake()).
 */
#ifndef POLICY_INBOUND_H
#define POLICY_INBOUND_H

#include <stdbool.h>

#include "base/conf/conf.h"
#include "base/counters/counters.h"
#include "base/mem.h"
#include "base/net.h"
#include "policy/client/client.h"
#include "policy/policy.h"

/* Why a message is not journaled. */
enum skip {
	SKIP_NOT,
	SKIP_AUTHENTICATED,
	SKIP_INTERNAL,
	SKIP_DAEMON,
	SKIP_POLICY,
	SKIP_INTAKE,
	SKIP_REPORT,
	SKIP_UNCLEAN,
	SKIP_SIZE,
	SKIP_ABORTED,
	SKIPS
};

struct skip_row {
	enum counter	 counter;
	const char	*why;
};
extern const struct skip_row skip_rows[SKIPS];	/* SKIP_NOT has none */

/* What the parameters say of it. */
struct inbound_rules {
	const struct conf *conf;	/* borrowed */
	struct nets	*internal, *relays;
};

/* inbound_rules_load - new lists of networks; the err names the parameter, and
 * where it was set. */
int	 inbound_rules_load(struct inbound_rules *, const struct conf *,
	    struct err *);
void	 inbound_rules_drop(struct inbound_rules *);

/* What is found on the way, for a log. */
struct inbound_events {
	/* a relay names no client that can be read; the value of the field */
	void	(*client_lost)(void *arg, const char *relay, const char *value);
	/* unclean_header_checks could not tell */
	void	(*field_trouble)(void *arg, const char *why);
};

struct inbound {
	/* by the caller, before inbound_begin() */
	const struct inbound_rules *rules;
	const struct policy *policy;	/* for unclean_header_checks */
	const struct inbound_events *events;
	/* does the policy want a copy for any recipient?  lost: the client is
	 * only taken for it */
	enum skip	 (*ask)(void *arg, const struct client *, bool lost);
	void		*arg;		/* of ask and the events */

	struct client	 peer;		/* as Postfix sees it */
	struct client	 client;
	bool		 relayed;	/* the peer is one of trusted_relays */
	bool		 known;		/* client is filled in */
	bool		 lost;		/* relayed, and the client unknown */
	bool		 outgoing;	/* from one of our own; once the client
					   is known */
	bool		 report;	/* the header of a journal report */
	const char	*unclean;	/* the field that says so, or NULL */
	int64_t		 patience;	/* with patterns: patterns_patience() */
};

/* inbound_begin - what the envelope tells; its texts are borrowed until
 * inbound_end(). */
enum skip inbound_begin(struct inbound *, const struct client *peer,
	    const char *daemon_name, bool authenticated);
/* inbound_header - what is kept of a field lives in the arena. */
void	inbound_header(struct inbound *, const char *name, const char *value,
	    struct arena *);
enum skip inbound_end(struct inbound *);

/* inbound_client - NULL while it is not known. */
const struct client *inbound_client(const struct inbound *);

#endif
