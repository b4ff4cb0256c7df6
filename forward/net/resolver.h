/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * resolver - DNS look-ups that end by their deadline
 *
 *	resolver_new(conf.dns_servers, &resolver, &err);
 *	resolver_trust(resolver, conf.dns_trust_anchor_file, &err);
 *	if (resolver_ask(resolver, "example.com", 15, deadline, &answer) ==
 *	    DNS_FOUND)
 *		... answer.result->data ...
 *	resolver_drop(&answer);
 *
 * libunbound asks the name servers of dns_servers, or those of
 * /etc/resolv.conf, which is looked at again before a question, once a second
 * at most.  Answers are kept for as long as they are valid, here as well as in
 * libunbound: to put a question to it costs as much as a handshake.  A caller
 * waits no longer than it wants to; what is under way then goes on by itself.
 * Any thread may ask.
 *
 * Several types of one name are asked for together, each with an answer of its
 * own:
 *
 *	struct resolver_round round = { .count = 2,
 *	    .queries = { { .type = 1 }, { .type = 28 } } };
 *
 *	resolver_begin(resolver, "mx.example.com", &round);
 *	while (resolver_await(&round, until))
 *		... until: later or sooner, after what has come ...
 *	resolver_end(&round);
 *	... round.queries[0].status, .answer ...
 *
 * With trust anchors it validates (RFC 4035) every answer, whatever its source:
 * one that should be signed and is not counts as none.
 */
#ifndef FORWARD_RESOLVER_H
#define FORWARD_RESOLVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum dns_status {
	DNS_LATER,		/* no answer, or a useless one: ask again */
	DNS_OURS,		/* the same, but it could not be asked: no
				   thread, no memory */
	DNS_FOUND,
	DNS_NO_DATA,		/* the name is there, but has none of these */
	DNS_NO_NAME,
};

struct resolver;
struct ub_result;
struct finding;

/* resolver_new - servers: addresses, or address@port, separated by blanks or
 * commas; "": as the system has it.  The error does not name the parameter. */
int	resolver_new(const char *servers, struct resolver **out, struct err *);

/* resolver_trust - the last step before questions: with a file of trust
 * anchors (DS or DNSKEY records) answers are validated, with NULL they are
 * not. */
int	resolver_trust(struct resolver *, const char *path, struct err *);
struct resolver *resolver_free(struct resolver *); /* NULL; no thread may wait
						      here */

/* resolver_news - what an operator should know, once: name servers that have
 * changed, or that something is wrong. */
#define RESOLVER_NEWS 256
enum resolver_news { RESOLVER_NO_NEWS, RESOLVER_SERVERS, RESOLVER_TROUBLE };
enum resolver_news resolver_news(struct resolver *, char out[RESOLVER_NEWS]);

/* resolver_under_way - questions without an answer, even those whose caller has
 * left: as long as there are some, a program must end by _exit(). */
unsigned resolver_under_way(void);

/* resolver_stop - from now on every look-up ends at once with DNS_LATER,
 * those under way too. */
void	resolver_stop(struct resolver *);

struct resolver_answer {
	const struct ub_result *result;	/* with DNS_FOUND, until
					   resolver_drop(); else NULL */
	struct finding	*finding;	/* the resolver's */
	bool		 secure;	/* validated, also when there is none */
	const char	*why;		/* static; but for DNS_FOUND: "NXDomain",
					   "NoData", "SERVFAIL", "timeout", ... */
};

/* resolver_drop - any answer, whatever its status. */
void	resolver_drop(struct resolver_answer *);

/* resolver_ask - the records of one type. */
enum dns_status resolver_ask(struct resolver *, const char *name, int type,
	    int64_t deadline, struct resolver_answer *out);

struct resolver_query {
	int		 type;
	enum dns_status	 status;	/* DNS_LATER while there is none */
	struct resolver_answer answer;
	struct question	*question;	/* the resolver's */
};

#define RESOLVER_TOGETHER 2
struct resolver_round {
	size_t		 count;
	struct resolver_query queries[RESOLVER_TOGETHER];
	struct resolver	*resolver;	/* the resolver's, as what follows */
	size_t		 at_once;	/* known, not yet reported */
	pthread_cond_t	 answered;
};

/* resolver_begin - ask; count and types are set, the rest is zero.  The round
 * must stay where it is until resolver_end(). */
void	resolver_begin(struct resolver *, const char *name,
	    struct resolver_round *);

/* resolver_await - one or more answers have come since it was called last;
 * false: there are none, and until has passed, or all were reported, or the
 * resolver was stopped. */
bool	resolver_await(struct resolver_round *, int64_t until);

/* resolver_end - the answers are the caller's to drop; what was not answered by
 * now is DNS_LATER, "timeout". */
void	resolver_end(struct resolver_round *);

const char *resolver_version(void);

#endif
