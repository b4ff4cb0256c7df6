/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/policy/policy_again.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct again {
	const struct conf *conf;
	struct policy	*policy;
	struct inbound_rules rules;
	const char	*parameters[SKIPS];	/* "max_message_size (FILE:LINE)" */
	const char	*default_policy;
	struct arena	 arena;
};

/* Which parameter stands behind each reason. */
static const char *const parameters[SKIPS] = {
	[SKIP_AUTHENTICATED] = "skip_authenticated",
	[SKIP_INTERNAL] = "internal_networks",
	[SKIP_DAEMON] = "skip_daemon_names",
	[SKIP_REPORT] = "journal_reports",
	[SKIP_UNCLEAN] = "unclean_header_checks",
	[SKIP_SIZE] = "max_message_size",
};

static const char *
parameter_text(struct again *again, const char *name)
{
	return arena_format(&again->arena, "%s (%s)", name,
	    conf_where(again->conf, name));
}

/* again_load - the policy, and where the parameters stand */
int
again_load(const struct conf *conf, struct again **out, struct err *err)
{
	struct again *again = mem_new(sizeof(*again));

	again->conf = conf;
	if (inbound_rules_load(&again->rules, conf, err) == -1 ||
	    policy_load(conf, &again->policy, err) == -1) {
		again_free(again);
		return -1;
	}
	for (int i = 0; i < SKIPS; i++)
		if (parameters[i] != NULL)
			again->parameters[i] =
			    parameter_text(again, parameters[i]);
	again->default_policy = parameter_text(again, "default_policy");
	*out = again;
	return 0;
}

/* again_free - and all that was loaded */
struct again *
again_free(struct again *again)
{
	if (again->policy != NULL)
		policy_free(again->policy);
	inbound_rules_drop(&again->rules);
	arena_drop(&again->arena);
	free(again);
	return NULL;
}

/* ---- one message ---- */

/* What is asked, and the answers so far. */
struct asking {
	const struct again *again;
	const struct past_message *message;
	struct again_answer *answers;
	struct arena	*arena;
};

/* row_text - the row that decides */
static const char *
row_text(const struct asking *asking, const struct decision *decision)
{
	if (decision->table == NULL)
		return asking->again->default_policy;
	if (decision->line > 0)
		return arena_format(asking->arena, "%s %s, line %u",
		    decision->check, decision->table, decision->line);
	if (decision->key[0] == '\0')
		return arena_format(asking->arena, "%s %s", decision->check,
		    decision->table);
	return arena_format(asking->arena, "%s %s, key %s", decision->check,
	    decision->table, decision->key);
}

/* decide - for one recipient */
static void
decide(const struct asking *asking, const struct facts *facts,
    const char *recipient, struct again_answer *out)
{
	const struct policy *policy = asking->again->policy;
	struct decision decision;

	if (policy_is_intake(policy, recipient)) {
		out->by = "itself an intake address";
		return;
	}
	policy_decide(policy, facts, recipient, &decision);
	out->by = row_text(asking, &decision);
	if (*decision.trouble != '\0')
		out->by = arena_format(asking->arena, "%s: %s", out->by,
		    decision.trouble);
	if (!decision.journal)
		return;
	out->intake = arena_text(asking->arena, decision.intake);
	out->policy = arena_text(asking->arena, decision.name);
}

/* ask - as session.c asks, for each recipient; a client that is not known is not
 * looked up */
static enum skip
ask(void *arg, const struct client *client, bool lost)
{
	struct asking *asking = arg;
	const struct past_message *message = asking->message;
	struct facts facts = { .sender = message->sender, .client = *client,
		.client_lost = lost };

	if (*client->address == '\0')
		facts.client.name = "";
	for (size_t i = 0; i < message->count; i++)
		decide(asking, &facts, message->recipients[i].address,
		    &asking->answers[i]);
	return SKIP_NOT;
}

static void
client_lost(void *arg, const char *relay, const char *value)
{
	(void)arg, (void)relay, (void)value;
}

static void
field_trouble(void *arg, const char *why)
{
	(void)arg, (void)why;
}

static const struct inbound_events events = { client_lost, field_trouble };

/* is_hidden - the client is known to a header alone, or not at all */
static bool
is_hidden(const struct again *again, const struct past_message *message)
{
	const char *address = message->client.address;

	return *address == '\0' || net_match(again->rules.relays, address);
}

/* by_header - the message had no copy for what its header said, which is not
 * known, and what says so is still set */
static bool
by_header(const struct again *again, const struct past_message *message)
{
	const struct conf *conf = again->conf;

	switch (message->skipped) {
	case SKIP_UNCLEAN:
		return policy_has_header_checks(again->policy);
	case SKIP_REPORT:
		return conf->journal_reports == CONF_SKIP;
	case SKIP_DAEMON:
		return *conf->skip_daemon_names != '\0';
	case SKIP_INTERNAL:
		return *conf->internal_networks != '\0' &&
		    conf->directions == CONF_INBOUND &&
		    is_hidden(again, message);
	default:
		return false;
	}
}

/* judge - in the order of session.c */
static enum skip
judge(struct asking *asking)
{
	const struct again *again = asking->again;
	const struct past_message *message = asking->message;
	int64_t most = again->conf->max_message_size;
	struct inbound inbound = { .rules = &again->rules,
		.policy = again->policy, .events = &events, .ask = ask,
		.arg = asking };
	const struct client unknown = { .address = "", .name = "", .helo = "" };
	enum skip why = inbound_begin(&inbound, is_hidden(again, message) ?
	    &unknown : &message->client, "", message->authenticated);

	if (why == SKIP_NOT)
		why = inbound_end(&inbound);
	if (why == SKIP_NOT && by_header(again, message))
		return message->skipped;
	if (why == SKIP_NOT && most > 0 && message->size > (uint64_t)most)
		return SKIP_SIZE;
	return why;
}

static enum difference
compare(const struct again_answer *answer)
{
	const struct past_recipient *was = answer->recipient;

	if (answer->intake == NULL)
		return was->intake == NULL ? DIFFERENCE_NONE : DIFFERENCE_GONE;
	if (was->intake == NULL)
		return DIFFERENCE_NEW;
	if (strcmp(was->intake, answer->intake) != 0)
		return DIFFERENCE_INTAKE;
	return strcmp(was->policy, answer->policy) == 0 ? DIFFERENCE_NONE :
	    DIFFERENCE_NAME;
}

/* again_ask - decide, compare, report */
void
again_ask(struct again *again, const struct past_message *message,
    again_each *each, void *arg)
{
	struct arena arena = { 0 };
	struct asking asking = { .again = again, .message = message,
	    .answers = arena_new(&arena, (message->count + 1) *
	    sizeof(*asking.answers)), .arena = &arena };
	enum skip why = judge(&asking);

	for (size_t i = 0; i < message->count; i++) {
		struct again_answer *answer = &asking.answers[i];

		answer->message = message;
		answer->recipient = &message->recipients[i];
		if (why != SKIP_NOT) {
			answer->intake = answer->policy = NULL;
			answer->by = again->parameters[why];
		}
		answer->difference = compare(answer);
		each(arg, answer);
	}
	arena_drop(&arena);
}

/* ---- what is taken for granted ---- */

static void
note_helo(void *arg, const char *check, const char *table, size_t entries)
{
	bool *found = arg;

	(void)table, (void)entries;
	*found = *found || strcmp(check, "check_helo") == 0;
}

/* again_assumed - in the words of tdcctl policy */
void
again_assumed(const struct again *again, again_line *line, void *arg)
{
	const struct conf *conf = again->conf;
	bool helo = false;

	policy_each_table(again->policy, note_helo, &helo);
	if (helo)
		line(arg, "the client gave no HELO name");
	if (*conf->skip_daemon_names != '\0')
		line(arg, "the daemon is none of skip_daemon_names");
	if (*conf->trusted_relays != '\0')
		line(arg, "the client before a trusted relay is unknown, and "
		    "outside internal_networks");
	if (policy_has_header_checks(again->policy))
		line(arg, "the header is clean");
	if (conf->journal_reports == CONF_SKIP)
		line(arg, "the message is no journal report");
}
