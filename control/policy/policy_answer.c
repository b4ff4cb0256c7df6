/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl policy: what tdc-milter would do with a message, and why */
#include "control/policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/policy/policy_json.h"
#include "control/policy/policy_message.h"
#include "policy/inbound.h"
#include "policy/refusal.h"

/* ---- the steps to a decision ---- */

/* One check of one table, as far as it has been reported. */
struct steps {
	const struct policy_question *question;
	struct policy_json *json;	/* NULL: for people */
	const char	*check, *table;	/* of the current step, or NULL */
	unsigned	 tried;
	bool		 found;
};

/* end_step - report the last one, if it found nothing */
static void
end_step(struct steps *steps)
{
	if (steps->check != NULL && !steps->found && !steps->question->every_key)
		printf("  %s %s: not found (%u key%s)\n", steps->check,
		    steps->table, steps->tried, steps->tried == 1 ? "" : "s");
	steps->check = NULL;
	steps->tried = 0;
	steps->found = false;
}

/* nothing_for - why a check had no key to try */
static const char *
nothing_for(const struct policy_question *question, const char *check)
{
	if (strcmp(check, "check_client") == 0 &&
	    *question->client.address == '\0')
		return "no client given, see -a";
	if (strcmp(check, "check_helo") == 0 && *question->client.helo == '\0')
		return "no HELO name given, see -h";
	return "nothing to look up";
}

static void
print_step(void *arg, const char *check, const char *table, const char *key,
    const char *value)
{
	struct steps *steps = arg;

	if (steps->json != NULL) {
		policy_json_step(steps->json, check, table, key, value);
		return;
	}
	if (steps->check != check || steps->table != table || steps->found)
		end_step(steps);
	if (key == NULL) {
		printf("  %s %s: %s\n", check, table,
		    nothing_for(steps->question, check));
		return;
	}
	steps->check = check;
	steps->table = table;
	steps->tried++;
	steps->found = value != NULL;
	if (value != NULL || steps->question->every_key)
		printf("  %s %s: %s: %s\n", check, table, key,
		    value != NULL ? value : "not found");
}

static void
print_decision(const char *recipient, const struct decision *decision)
{
	printf("<%s>: %s", recipient,
	    decision->journal ? decision->intake : "NO");
	if (decision->table == NULL)
		printf(" (default_policy)\n");
	else if (decision->key[0] == '\0')
		printf(" (policy %s: %s %s)\n", decision->name, decision->check,
		    decision->table);
	else if (decision->line > 0)
		printf(" (policy %s: %s %s, line %u, key %s)\n",
		    decision->name, decision->check, decision->table,
		    decision->line, decision->key);
	else
		printf(" (policy %s: %s %s, key %s)\n", decision->name,
		    decision->check, decision->table, decision->key);
	if (*decision->trouble != '\0')
		printf("warning: %s\n", decision->trouble);
}

/* ---- the policy, as the milter asks it ---- */

struct answer {
	const struct conf *conf;
	const struct policy *policy;
	const struct policy_question *question;
	struct inbound	 inbound;
	struct arena	 arena;
	struct policy_json *json;	/* NULL: for people */
	struct refusal	*refusals;
	size_t		 refusal_count;
	bool		 only_intakes, has_copy;
	const char	*lost;		/* why nobody can say whether somebody's
					   copy is wanted; or NULL */
};

/* refuse - one gets no copy */
static void
refuse(struct answer *answer, const char *recipient,
    const struct decision *decision)
{
	struct refusal *refusal = &answer->refusals[answer->refusal_count++];

	refusal->recipient = recipient;
	refusal->is_intake = decision == NULL;
	if (decision != NULL && decision->table != NULL)
		refusal->policy = arena_text(&answer->arena, decision->name);
}

/* decide_one - mail to an intake address gets no copy, whatever the tables
 * say */
static void
decide_one(struct answer *answer, const struct facts *facts,
    const char *recipient)
{
	struct steps steps = { .question = answer->question,
	    .json = answer->json };
	struct decision decision;

	if (policy_is_intake(answer->policy, recipient)) {
		if (answer->json != NULL)
			policy_json_recipient(answer->json, recipient, NULL);
		else
			printf("<%s>: NO (itself an intake address)\n",
			    recipient);
		refuse(answer, recipient, NULL);
		return;
	}
	answer->only_intakes = false;
	policy_explain(answer->policy, facts, recipient, print_step, &steps,
	    &decision);
	end_step(&steps);
	if (answer->json != NULL)
		policy_json_recipient(answer->json, recipient, &decision);
	else
		print_decision(recipient, &decision);
	if (decision.journal)
		answer->has_copy = true;
	else if (*decision.trouble != '\0')
		answer->lost = arena_text(&answer->arena, decision.trouble);
	else
		refuse(answer, recipient, &decision);
}

/* ask - for each recipient; without -a no client is looked up, not even one
 * without a name */
static enum skip
ask(void *arg, const struct client *client, bool lost)
{
	struct answer *answer = arg;
	const struct policy_question *question = answer->question;
	struct facts facts = { .sender = question->sender, .client = *client,
		.client_lost = lost };

	size_t count = 0;

	if (*question->client.address == '\0')
		facts.client.name = "";
	answer->only_intakes = true;
	while (question->recipients[count] != NULL)
		count++;
	answer->refusals = arena_new(&answer->arena,
	    count * sizeof(*answer->refusals));
	for (size_t i = 0; i < count; i++)
		decide_one(answer, &facts, question->recipients[i]);
	if (answer->has_copy)
		return SKIP_NOT;
	return answer->only_intakes ? SKIP_INTAKE : SKIP_POLICY;
}

static void
warn(const struct answer *answer, const char *text)
{
	if (answer->json != NULL)
		policy_json_warning(answer->json, text);
	else
		printf("warning: %s\n", text);
}

/* client_lost - in the words of the log */
static void
client_lost(void *arg, const char *relay, const char *value)
{
	own(str) char *text = mem_format("trusted relay %s names no client "
	    "that can be read, and is taken for it: 'Received: %s'", relay,
	    ESCAPE_INSIDE(value, '\''));

	warn(arg, text);
}

static void
field_trouble(void *arg, const char *why)
{
	warn(arg, why);
}

static const struct inbound_events events = { client_lost, field_trouble };

/* ---- what was not told ---- */

static void
say_assumed(const struct answer *answer, const char *text)
{
	if (answer->json != NULL)
		policy_json_assumed(answer->json, text);
	else
		printf("assumed: %s\n", text);
}

/* assume_header - what is taken for granted of a header that was not given */
static void
assume_header(const struct answer *answer, const struct inbound_rules *rules)
{
	if (net_match(rules->relays, answer->question->client.address))
		say_assumed(answer, "the header names no client before the "
		    "relay (see -m)");
	if (policy_has_header_checks(answer->policy))
		say_assumed(answer, "the header is clean (see -m)");
	if (answer->conf->journal_reports == CONF_SKIP)
		say_assumed(answer, "the message is no journal report "
		    "(see -m)");
}

static enum skip
ask_nobody(void *arg, const struct client *client, bool lost)
{
	(void)arg, (void)client, (void)lost;
	return SKIP_NOT;
}

/* is_settled - is there a reason in what was told, whatever was not? */
static bool
is_settled(const struct answer *answer)
{
	const struct policy_question *question = answer->question;
	struct inbound inbound = answer->inbound;

	inbound.ask = ask_nobody;
	return inbound_begin(&inbound, &question->client,
	    question->daemon_name, question->authenticated) != SKIP_NOT;
}

/* assume - say what is taken for granted where it could decide */
static void
assume(const struct answer *answer, const struct inbound_rules *rules)
{
	const struct policy_question *question = answer->question;
	const struct conf *conf = answer->conf;
	bool internal = *conf->internal_networks != '\0' &&
	    conf->directions == CONF_INBOUND;
	bool relays = *conf->trusted_relays != '\0';
	own(str) char *client = mem_format("the client is outside %s%s%s "
	    "(see -a)", internal ? "internal_networks" : "",
	    internal && relays ? " and " : "", relays ? "trusted_relays" : "");

	if (*question->client.address == '\0' && (internal || relays))
		say_assumed(answer, client);
	if (*question->daemon_name == '\0' && *conf->skip_daemon_names != '\0')
		say_assumed(answer, "the daemon is none of skip_daemon_names "
		    "(see -d)");
	if (question->message == NULL)
		assume_header(answer, rules);
}

/* ---- the answer ---- */

/* judge - in the order of session.h: envelope, header, end of message */
static enum skip
judge(struct answer *answer, const struct policy_message *message)
{
	const struct policy_question *question = answer->question;
	int64_t most = answer->conf->max_message_size;
	enum skip why = inbound_begin(&answer->inbound, &question->client,
	    question->daemon_name, question->authenticated);

	if (why != SKIP_NOT)
		return why;
	policy_message_show(message, &answer->inbound, &answer->arena);
	why = inbound_end(&answer->inbound);
	if (why == SKIP_NOT && most > 0 && message->size > (uint64_t)most)
		return SKIP_SIZE;
	return why;
}

/* explain - why there is no copy, in the words of the log */
static void
explain(const struct answer *answer, enum skip why, struct buf *out)
{
	if (why == SKIP_POLICY &&
	    refusal_decided(answer->refusals, answer->refusal_count))
		refusal_explain(answer->refusals, answer->refusal_count,
		    answer->question->sender, out);
	else
		buf_text(out, skip_rows[why].why);
	if (why == SKIP_UNCLEAN)
		buf_texts(out, " ", ESCAPE(answer->inbound.unclean));
}

/* say_end - the result; reason: NULL: there are copies, of which people have
 * read already */
static void
say_end(const struct answer *answer, const char *result, const char *reason)
{
	if (answer->json != NULL)
		policy_json_end(answer->json, result, reason);
	else if (reason != NULL)
		printf("%s: %s\n", result, reason);
}

/* conclude - what comes of it */
static void
conclude(const struct answer *answer, enum skip why)
{
	own(buf) struct buf text = BUF;

	if (answer->lost != NULL && (why == SKIP_NOT || why == SKIP_POLICY))
		say_end(answer,
		    answer->conf->milter_failure_action == CONF_ACCEPT ?
		    "accepted without a copy" : "deferred", answer->lost);
	else if (why == SKIP_NOT)
		say_end(answer, "journaled", NULL);
	else {
		explain(answer, why, &text);
		say_end(answer, "not journaled", text.data);
	}
}

/* reply - once all is loaded */
static void
reply(struct answer *answer, const struct inbound_rules *rules,
    const struct policy_message *message)
{
	answer->inbound = (struct inbound){ .rules = rules,
		.policy = answer->policy, .events = &events, .ask = ask,
		.arg = answer };
	if (!is_settled(answer))
		assume(answer, rules);
	conclude(answer, judge(answer, message));
	arena_drop(&answer->arena);
}

/* policy_answer - load all that the milter would, and ask */
int
policy_answer(const struct conf *conf, const struct policy_question *question)
{
	own(policy_message) struct policy_message message = POLICY_MESSAGE;
	own(policy_json) struct policy_json json = POLICY_JSON;
	struct answer answer = { .conf = conf, .question = question,
	    .json = question->json ? &json : NULL };
	struct inbound_rules rules;
	struct policy *policy;
	struct err err;

	if (question->message != NULL &&
	    policy_message_read(question->message, &message, &err) == -1)
		return complain(err.sys != 0 ? EX_NOINPUT : EX_DATAERR,
		    err.text);
	if (inbound_rules_load(&rules, conf, &err) == -1)
		return complain(EX_CONFIG, err.text);
	if (policy_load(conf, &policy, &err) == -1) {
		inbound_rules_drop(&rules);
		return complain(EX_CONFIG, err.text);
	}
	answer.policy = policy;
	reply(&answer, &rules, &message);
	policy_free(policy);
	inbound_rules_drop(&rules);
	return EX_OK;
}
