/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl policy: what the policy would decide, and why; or all of it */
#include "policy/policy.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "journal/report/address.h"
#include "policy/client.h"

/* ---- the steps to a decision ---- */

/* One check of one table, as far as it has been reported. */
struct steps {
	bool		 every_key;
	const char	*check, *table;	/* of the current step, or NULL */
	unsigned	 tried;
	bool		 found;
};

/* end_step - report the last one, if it found nothing */
static void
end_step(struct steps *steps)
{
	if (steps->check != NULL && !steps->found && !steps->every_key)
		printf("  %s %s: not found (%u key%s)\n", steps->check,
		    steps->table, steps->tried, steps->tried == 1 ? "" : "s");
	steps->check = NULL;
	steps->tried = 0;
	steps->found = false;
}

static void
print_step(void *arg, const char *check, const char *table, const char *key,
    const char *value)
{
	struct steps *steps = arg;

	if (steps->check != check || steps->table != table || steps->found)
		end_step(steps);
	if (key == NULL) {
		printf("  %s %s: nothing to look up\n", check, table);
		return;
	}
	steps->check = check;
	steps->table = table;
	steps->tried++;
	steps->found = value != NULL;
	if (value != NULL || steps->every_key)
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

/* bare - an address without its <>, if it had any; new */
static char *
bare(const char *address)
{
	size_t n = strlen(address);

	if (n >= 2 && *address == '<' && address[n - 1] == '>')
		return mem_bytes(address + 1, n - 2);
	return mem_text(address);
}

/* is_alone - is the address without blanks, comments, names, routes and lists
 * around it? */
static bool
is_alone(const char *text)
{
	char close = '\0';

	for (; *text != '\0'; text++)
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (close != '\0')
			close = *text == close ? '\0' : close;
		else if (*text == '"' || *text == '[')
			close = *text == '[' ? ']' : '"';
		else if (strchr("(),:;<> \t\r\n", *text) != NULL)
			return false;
	return true;
}

/* is_mailbox - one that a client may give in RCPT TO */
static bool
is_mailbox(const char *text)
{
	own(buf) struct buf address = BUF;
	size_t at = 0, n = strlen(text);

	if (strcasecmp(text, "postmaster") == 0)	/* RFC 5321 4.5.1 */
		return true;
	return is_alone(text) && address_next(text, n, &at, &address) &&
	    at == n;
}

/* are_addresses - are they a sender, which may be empty, and recipients?
 * Complains about the first one that is not. */
static bool
are_addresses(char **addresses)
{
	for (char **at = addresses; *at != NULL; at++) {
		own(str) char *address = bare(*at);
		own(str) char *line = NULL;

		if (is_mailbox(address) ||
		    (at == addresses && *address == '\0'))
			continue;
		line = mem_format("'%s' is not an address (local@domain%s)",
		    ESCAPE(*at), at == addresses ? ", or <>" : "");
		(void)complain(EX_USAGE, line);
		return false;
	}
	return true;
}

/* decide_one - mail to an intake address gets no copy, whatever the tables
 * say */
static void
decide_one(const struct policy *policy, const struct facts *facts,
    bool every_key, const char *recipient)
{
	struct steps steps = { .every_key = every_key };
	struct decision decision;

	if (policy_is_intake(policy, recipient)) {
		printf("<%s>: NO (itself an intake address)\n", recipient);
		return;
	}
	policy_explain(policy, facts, recipient, print_step, &steps, &decision);
	end_step(&steps);
	print_decision(recipient, &decision);
}

static void
decide(const struct policy *policy, struct facts *facts, bool every_key,
    char **addresses)
{
	own(str) char *sender = bare(addresses[0]);

	facts->sender = sender;
	for (addresses++; *addresses != NULL; addresses++) {
		own(str) char *recipient = bare(*addresses);

		decide_one(policy, facts, every_key, recipient);
	}
}

/* ---- the table ---- */

enum { WIDEST = 160 };		/* of a column; longer texts stick out */

struct listing {
	bool		 json;
	unsigned	 number;
	int		 name, match;	/* widths of the columns */
};

/* json_text - new; escaped where it is not UTF-8 */
static json_t *
json_text(const char *text)
{
	json_t *string = text != NULL ? json_string(text) : json_null();

	return string != NULL ? string : json_string(ESCAPE(text));
}

static void
print_json(const struct policy_row *row, unsigned number)
{
	json_t *object = json_pack("{s:i, s:o, s:s?, s:s?, s:o, s:i, s:s}",
	    "order", (int)number, "policy", json_text(row->name),
	    "check", row->check, "table", row->table,
	    "match", json_text(row->key),
	    "line", (int)row->line, "connector", row->setting);

	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

/* match_text - what a row applies to; new */
static char *
match_text(const struct policy_row *row)
{
	return row->check == NULL ? mem_text("all others") :
	    mem_format("%s %s %s", row->check, row->table, row->key);
}

static int
wider(int width, const char *text)
{
	size_t n = strlen(text);

	return n > (size_t)width ? (int)(n < WIDEST ? n : WIDEST) : width;
}

static void
measure_row(void *arg, const struct policy_row *row)
{
	struct listing *listing = arg;
	own(str) char *match = match_text(row);

	listing->name = wider(listing->name, row->name);
	listing->match = wider(listing->match, match);
}

static void
print_row(void *arg, const struct policy_row *row)
{
	struct listing *listing = arg;
	own(str) char *match = NULL;

	listing->number++;
	if (listing->json) {
		print_json(row, listing->number);
		return;
	}
	match = match_text(row);
	printf("%5u  %-*s  %-*s  %s\n", listing->number, listing->name,
	    row->name, listing->match, match, row->setting);
}

static void
print_table(const struct policy *policy, bool json)
{
	static const char name[] = "Policy Name", match[] = "Match";
	struct listing listing = { .json = json };

	if (!json) {
		listing.name = wider(0, name);
		listing.match = wider(0, match);
		policy_each_row(policy, measure_row, &listing);
		printf("%5s  %-*s  %-*s  %s\n", "Order", listing.name, name,
		    listing.match, match, "Threat Defense Connector");
	}
	policy_each_row(policy, print_row, &listing);
}

/* ---- arguments ---- */

struct request {
	struct facts	 facts;
	char		*client;	/* of -a: address, NUL, name */
	bool		 every_key, table, json;
};

static void
take_client(struct request *request, const char *text)
{
	char *slash;

	free(request->client);
	request->client = mem_text(text);
	request->facts.client.address = request->client;
	slash = strchr(request->client, '/');
	if (slash != NULL)
		*slash = '\0';
	request->facts.client.name =
	    client_name(slash != NULL ? slash + 1 : "");
}

/* is_client - is it an IP address?  The name may be anything. */
static bool
is_client(const char *address)
{
	unsigned char unused[16];
	own(str) char *line = NULL;

	if (inet_pton(AF_INET, address, unused) == 1 ||
	    inet_pton(AF_INET6, address, unused) == 1)
		return true;
	line = mem_format("'%s' is not an IP address",
	    ESCAPE(address));
	(void)complain(EX_USAGE, line);
	return false;
}

/* take_arguments - argv[0] is the verb; returns the index of the first
 * address, or -1 for wrong usage */
static int
take_arguments(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{ "table", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int c;

	optind = 0;
	opterr = 0;		/* the usage line says it all */
	while ((c = getopt_long(argc, argv, "+a:h:v", options, NULL)) != -1)
		if (c == 'a')
			take_client(request, optarg);
		else if (c == 'h')
			request->facts.client.helo = optarg;
		else if (c == 'v')
			request->every_key = true;
		else if (c == 't')
			request->table = true;
		else if (c == 'j')
			request->json = true;
		else
			return -1;
	if (request->table ? optind != argc :
	    request->json || argc - optind < 2)
		return -1;
	return optind;
}

/* answer - the request, about these addresses */
static int
answer(const struct control *control, struct request *request,
    char **addresses)
{
	struct policy *policy;
	struct err err;

	if (request->client != NULL && !is_client(request->client))
		return EX_USAGE;
	if (!request->table && !are_addresses(addresses))
		return EX_USAGE;
	if (policy_load(&control->conf, &policy, &err) == -1)
		return complain(EX_CONFIG, err.text);
	if (request->table)
		print_table(policy, request->json);
	else
		decide(policy, &request->facts, request->every_key, addresses);
	policy_free(policy);
	return EX_OK;
}

/* do_policy - where copies would go */
int
do_policy(struct control *control, int argc, char **argv)
{
	struct request request = {
		.facts = { .client = { "", "", "" } },
		.every_key = control->verbose,
	};
	int first = take_arguments(&request, argc + 1, argv - 1);
	int code = first == -1 ? complain_arguments("policy",
	    "want a sender and recipients, or --table") :
	    answer(control, &request, argv - 1 + first);

	free(request.client);
	return code;
}
