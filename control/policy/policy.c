/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl policy: what the policy would decide, and why; or all of it */
#include "control/policy/policy.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/policy/policy_replay.h"
#include "journal/report/address.h"

/* ---- addresses ---- */

/* bare - an address without its <>, if it had any; cut where it is */
static char *
bare(char *address)
{
	size_t n = strlen(address);

	if (n < 2 || *address != '<' || address[n - 1] != '>')
		return address;
	address[n - 1] = '\0';
	return address + 1;
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

/* complain_address - it is none; false */
static bool
complain_address(const char *given, bool is_sender)
{
	own(str) char *line = mem_format("'%s' is not an address "
	    "(local@domain%s)", ESCAPE(given), is_sender ? ", or <>" : "");

	(void)complain(EX_USAGE, line);
	return false;
}

/* take_addresses - a sender, which may be empty, and recipients */
static bool
take_addresses(struct policy_question *question, char **addresses)
{
	for (char **at = addresses; *at != NULL; at++) {
		own(str) char *given = mem_text(*at);

		*at = bare(*at);
		if (!is_mailbox(*at) && (at > addresses || **at != '\0'))
			return complain_address(given, at == addresses);
	}
	question->sender = addresses[0];
	question->recipients = addresses + 1;
	return true;
}

/* ---- arguments ---- */

struct request {
	struct policy_question question;
	char		*client;	/* of -a: address, NUL, name */
	char		 address[INET6_ADDRSTRLEN];
	bool		 table, json;
};

static void
take_client(struct request *request, const char *text)
{
	struct client *client = &request->question.client;
	char *slash;

	free(request->client);
	request->client = mem_text(text);
	client->address = request->client;
	slash = strchr(request->client, '/');
	if (slash != NULL)
		*slash = '\0';
	client->name = client_name(slash != NULL ? slash + 1 : "");
}

/* take_address - that of the client, as smtpd(8) writes it.  The name may be
 * anything. */
static bool
take_address(struct request *request)
{
	struct client *client = &request->question.client;
	unsigned char bytes[sizeof(struct in6_addr)];
	int family = strchr(client->address, ':') != NULL ? AF_INET6 : AF_INET;
	own(str) char *line = NULL;

	if (request->client == NULL)
		return true;
	if (inet_pton(family, client->address, bytes) == 1) {
		client->address = inet_ntop(family, bytes, request->address,
		    sizeof(request->address));
		if (strncmp(client->address, "::ffff:", 7) == 0 &&
		    strchr(client->address, '.') != NULL)
			client->address += 7;
		return true;
	}
	line = mem_format("'%s' is not an IP address",
	    ESCAPE(client->address));
	(void)complain(EX_USAGE, line);
	return false;
}

/* take_option - false: there is no such one */
static bool
take_option(struct request *request, int option)
{
	struct policy_question *question = &request->question;

	switch (option) {
	case 'a':
		take_client(request, optarg);
		return true;
	case 'd':
		question->daemon_name = optarg;
		return true;
	case 'h':
		question->client.helo = optarg;
		return true;
	case 'm':
		question->message = optarg;
		return true;
	case 's':
		question->authenticated = true;
		return true;
	case 'v':
		question->every_key = true;
		return true;
	case 't':
		request->table = true;
		return true;
	}
	return false;
}

/* take_arguments - argv[0] is the verb; returns the index of the first
 * address, or -1 for wrong usage */
static int
take_arguments(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{ "table", no_argument, NULL, 't' },
		{ 0 },
	};
	int c;

	optind = 0;
	opterr = 0;		/* the usage line says it all */
	while ((c = getopt_long(argc, argv, "+a:d:h:m:sv", options,
	    NULL)) != -1)
		if (!take_option(request, c))
			return -1;
	if (request->table ? optind != argc : argc - optind < 2)
		return -1;
	return optind;
}

/* answer - the request, about these addresses */
static int
answer(const struct control *control, struct request *request,
    char **addresses)
{
	struct policy_question *question = &request->question;

	if (!take_address(request))
		return EX_USAGE;
	question->json = request->json;
	if (request->table)
		return policy_print_table(&control->conf, request->json);
	return take_addresses(question, addresses) ?
	    policy_answer(&control->conf, question) : EX_USAGE;
}

/* wants_replay - the option that makes all others mean something else */
static bool
wants_replay(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--replay") == 0)
			return true;
	return false;
}

/* do_policy - where copies would go */
int
do_policy(struct control *control, int argc, char **argv)
{
	struct request request = { .question = POLICY_QUESTION };
	int first, code;

	if (wants_replay(argc, argv))
		return policy_replay(control, argc + 1, argv - 1);
	request.question.every_key = control->verbose;
	request.json = control->json;
	first = take_arguments(&request, argc + 1, argv - 1);
	code = first == -1 ? complain_arguments("policy",
	    "want a sender and recipients, --table or --replay") :
	    answer(control, &request, argv - 1 + first);
	free(request.client);
	return code;
}
