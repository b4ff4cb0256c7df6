/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/inbound.h"

#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "policy/client/received.h"
#include "policy/pattern/pattern.h"

const struct skip_row skip_rows[SKIPS] = {
	[SKIP_AUTHENTICATED] = { COUNT_SKIPPED_AUTHENTICATED,
		"client authenticated" },
	[SKIP_INTERNAL] = { COUNT_SKIPPED_INTERNAL,
		"client in internal_networks" },
	[SKIP_DAEMON] = { COUNT_SKIPPED_DAEMON, "by skip_daemon_names" },
	[SKIP_POLICY] = { COUNT_SKIPPED_POLICY, "no policy asks for it" },
	[SKIP_INTAKE] = { COUNT_SKIPPED_INTAKE, "only to intake addresses" },
	[SKIP_REPORT] = { COUNT_SKIPPED_REPORT, "a journal report itself" },
	[SKIP_UNCLEAN] = { COUNT_SKIPPED_UNCLEAN, "unclean header" },
	[SKIP_SIZE] = { COUNT_SKIPPED_SIZE, "larger than max_message_size" },
	[SKIP_ABORTED] = { COUNT_ABORTED,
		"Postfix did not show it to its end" },
};

static int
load_nets(const struct conf *conf, const char *name, const char *list,
    struct nets **out, struct err *err)
{
	if (net_parse(list, out, err) == 0)
		return 0;
	return err_wrap(err, "%s: %s", conf_where(conf, name), name);
}

/* inbound_rules_load - the networks of a tdc.cf */
int
inbound_rules_load(struct inbound_rules *rules, const struct conf *conf,
    struct err *err)
{
	struct inbound_rules new = { .conf = conf };

	if (load_nets(conf, "internal_networks", conf->internal_networks,
	    &new.internal, err) == -1)
		return -1;
	if (load_nets(conf, "trusted_relays", conf->trusted_relays,
	    &new.relays, err) == -1) {
		inbound_rules_drop(&new);
		return -1;
	}
	*rules = new;
	return 0;
}

/* inbound_rules_drop - free the lists */
void
inbound_rules_drop(struct inbound_rules *rules)
{
	net_free(rules->internal);
	net_free(rules->relays);
	*rules = (struct inbound_rules){ 0 };
}

/* in_list - whether a word stands in a list separated by blanks or commas */
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

/* learn - this is the client */
static void
learn(struct inbound *inbound, const struct client *client)
{
	inbound->client = *client;
	inbound->client.name = client_name(client->name);
	inbound->known = true;
}

/* wants_inbound - and nothing else */
static bool
wants_inbound(const struct inbound *inbound)
{
	return inbound->rules->conf->directions == CONF_INBOUND;
}

/* settle - the client is known; is it one of our own, and if not, does
 * anybody want a copy? */
static enum skip
settle(struct inbound *inbound)
{
	const struct client *client = &inbound->client;
	enum skip why;

	if (!inbound->lost &&
	    net_match(inbound->rules->internal, client->address))
		inbound->outgoing = true;
	if (inbound->outgoing && wants_inbound(inbound))
		return SKIP_INTERNAL;
	patterns_patience(&inbound->patience);
	why = inbound->ask(inbound->arg, client, inbound->lost);
	patterns_patience(NULL);
	return why;
}

/* inbound_begin - what the envelope tells */
enum skip
inbound_begin(struct inbound *inbound, const struct client *peer,
    const char *daemon_name, bool authenticated)
{
	const struct inbound_rules *rules = inbound->rules;

	inbound->peer = *peer;
	inbound->known = inbound->lost = inbound->report = false;
	inbound->unclean = NULL;
	inbound->patience = PATTERNS_PATIENCE;
	inbound->relayed = net_match(rules->relays, peer->address);
	if (rules->conf->skip_authenticated && authenticated &&
	    wants_inbound(inbound))
		return SKIP_AUTHENTICATED;
	inbound->outgoing = authenticated && !wants_inbound(inbound);
	if (in_list(rules->conf->skip_daemon_names, daemon_name))
		return SKIP_DAEMON;
	if (inbound->relayed)
		return SKIP_NOT;
	learn(inbound, &inbound->peer);
	return settle(inbound);
}

/* lose - a relay names no client.  The fields below may be the sender's, so
 * the search ends: the relay is taken for the client, and no network it is in
 * makes this mail ours. */
static void
lose(struct inbound *inbound, const char *value)
{
	learn(inbound, &inbound->peer);
	inbound->lost = true;
	inbound->events->client_lost(inbound->arg, inbound->peer.address,
	    value + strspn(value, " "));
}

/* trace - one more Received: field, the newest first */
static void
trace(struct inbound *inbound, const char *value, struct arena *arena)
{
	struct client found;

	switch (received_parse(value, arena, &found)) {
	case RECEIVED_HANDED:
		return;
	case RECEIVED_NOTHING:
		lose(inbound, value);
		return;
	case RECEIVED_CLIENT:
		break;
	}
	if (!net_match(inbound->rules->relays, found.address))
		learn(inbound, &found);
}

/* is_unclean - by the patterns, which see fields as header_checks(5) does */
static bool
is_unclean(struct inbound *inbound, const char *name, const char *value)
{
	own(buf) struct buf field = BUF;
	struct unclean where;
	bool unclean;

	buf_format(&field, "%s: %s", name, value + strspn(value, " "));
	patterns_patience(&inbound->patience);
	unclean = policy_unclean(inbound->policy, field.data, &where);
	patterns_patience(NULL);
	if (*where.trouble != '\0')
		inbound->events->field_trouble(inbound->arg, where.trouble);
	return unclean;
}

/* inbound_header - what a field tells */
void
inbound_header(struct inbound *inbound, const char *name, const char *value,
    struct arena *arena)
{
	if (inbound->relayed && !inbound->known &&
	    strcasecmp(name, "Received") == 0)
		trace(inbound, value, arena);
	if (strcasecmp(name, "X-MS-Journal-Report") == 0)
		inbound->report = true;
	if (inbound->unclean == NULL &&
	    policy_has_header_checks(inbound->policy) &&
	    is_unclean(inbound, name, value))
		inbound->unclean = arena_text(arena, name);
}

/* inbound_end - what the whole header tells; when every client in it is a
 * relay, the message began there, and the relay is the client */
enum skip
inbound_end(struct inbound *inbound)
{
	if (inbound->report &&
	    inbound->rules->conf->journal_reports == CONF_SKIP)
		return SKIP_REPORT;
	if (inbound->unclean != NULL)
		return SKIP_UNCLEAN;
	if (!inbound->relayed)
		return SKIP_NOT;
	if (!inbound->known)
		learn(inbound, &inbound->peer);
	return settle(inbound);
}

/* inbound_client - NULL while it is not known */
const struct client *
inbound_client(const struct inbound *inbound)
{
	return inbound->known ? &inbound->client : NULL;
}
