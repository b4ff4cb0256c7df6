/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poller - a gateway that does nothing but hold the lease, poll and listen
 *
 *	poller -u URLS -n NAME -d DIR [-p PREFIX] [-c CREDENTIALS] [-a CA]
 *	    [-t TTL_MS] [-1 | -A ID]
 *
 * Every 100 ms, when the lease is ours, "TIME NAME" is added to DIR/polls (TIME:
 * of clock_boot(), ms), and each line "ID TEXT" of DIR/source is published.  What
 * is read goes to DIR/NAME.heard, a line each, when it is new: all that was heard
 * once is remembered there.  On standard output: "mine", "not mine (HOLDER)",
 * "published ID", "lost: ERROR", "error: ERROR", when that changes.  SIGTERM
 * leaves.  -1: test, and end.  -A: the verdict of ID is "neutral", and end.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "remediate/lease/amend.h"
#include "remediate/lease/lease.h"

enum { TURN_US = 100000, LINE = 4096 };

static atomic_bool stopped;

static void
on_term(int number)
{
	(void)number;
	atomic_store(&stopped, true);
}

struct gateway {
	struct lease_options options;
	const char	*dir;
	struct lease	*lease;
	char		*said;
	const char	*amended;
};

/* say - unless it was the last thing that we said */
static void
say(struct gateway *gateway, const char *what, const char *text)
{
	char *line = mem_format("%s%s", what, text);

	if (gateway->said == NULL || strcmp(gateway->said, line) != 0) {
		puts(line);
		fflush(stdout);
	}
	free(gateway->said);
	gateway->said = line;
}

static FILE *
open_file(const struct gateway *gateway, const char *name, const char *mode)
{
	own(str) char *path = mem_format("%s/%s", gateway->dir, name);

	return fopen(path, mode);
}

/* knows - has this line been written there? */
static bool
knows(const struct gateway *gateway, const char *name, const char *line)
{
	FILE *file = open_file(gateway, name, "r");
	char known[LINE];
	bool found = false;

	while (file != NULL && !found &&
	    fgets(known, sizeof(known), file) != NULL) {
		known[strcspn(known, "\n")] = '\0';
		found = strcmp(known, line) == 0;
	}
	if (file != NULL)
		fclose(file);
	return found;
}

static int
on_verdict(void *arg, const char *id, const char *text, size_t n,
    struct err *err)
{
	struct gateway *gateway = arg;
	own(str) char *name = mem_format("%s.heard", gateway->options.name);
	own(str) char *line = mem_format("%s %s", id, text);
	FILE *file;

	(void)n;
	if (knows(gateway, name, line))
		return 0;
	file = open_file(gateway, name, "a");
	if (file == NULL)
		return err_sys(err, "%s", name);
	fprintf(file, "%s\n", line);
	fclose(file);
	return 0;
}

/* poll_source - as the loop asks the API */
static void
poll_source(struct gateway *gateway)
{
	FILE *polls = open_file(gateway, "polls", "a");
	FILE *source = open_file(gateway, "source", "r");
	char line[LINE], *text;
	struct err err;
	int result = 0;

	if (polls != NULL) {
		fprintf(polls, "%" PRId64 " %s\n", clock_boot(),
		    gateway->options.name);
		fclose(polls);
	}
	while (source != NULL && result != -1 &&
	    fgets(line, sizeof(line), source) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		text = strchr(line, ' ');
		if (text == NULL)
			continue;
		*text++ = '\0';
		result = lease_publish(gateway->lease, line, text,
		    strlen(text), &err);
		if (result == 1)
			say(gateway, "published ", line);
		else if (result == -1)
			say(gateway, "lost: ", err.text);
	}
	if (source != NULL)
		fclose(source);
}

static void
turn(struct gateway *gateway)
{
	struct err err;
	bool mine;

	if (lease_mine(gateway->lease, &mine, &err) == -1) {
		say(gateway, "error: ", err.text);
		return;
	}
	if (mine) {
		say(gateway, "mine", "");
		poll_source(gateway);
	}
	if (!lease_reached(gateway->lease))
		return;
	if (!mine)
		say(gateway, "not mine: ", lease_holder(gateway->lease));
	if (lease_read(gateway->lease, on_verdict, gateway, &err) == -1)
		say(gateway, "error: ", err.text);
}

static void
take(struct gateway *gateway, int option)
{
	switch (option) {
	case 'u': gateway->options.urls = optarg; break;
	case 'n': gateway->options.name = optarg; break;
	case 'd': gateway->dir = optarg; break;
	case 'p': gateway->options.prefix = optarg; break;
	case 'c': gateway->options.credentials_file = optarg; break;
	case 'a': gateway->options.ca_file = optarg; break;
	case 'A': gateway->amended = optarg; break;
	case 't': gateway->options.ttl = atoi(optarg); break;
	default: exit(64);
	}
}

int
main(int argc, char **argv)
{
	struct gateway gateway = { .options = { .urls = "", .prefix = "/tdc/",
	    .credentials_file = "", .ca_file = "", .ttl = 4000, .name = "gw",
	    .stopped = &stopped }, .dir = "." };
	bool test = false;
	struct err err;
	int option;

	while ((option = getopt(argc, argv, "u:n:d:p:c:a:t:A:1")) != -1) {
		test |= option == '1';
		if (option != '1')
			take(&gateway, option);
	}
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	if (lease_open(&gateway.options, &gateway.lease, &err) == -1 ||
	    (test && lease_test(gateway.lease, &err) == -1) ||
	    (gateway.amended != NULL && amend_verdict(gateway.lease,
	    gateway.amended, API_NEUTRAL, &err) == -1)) {
		printf("%s: %s\n", err.kind == ERR_NEVER ? "NEVER" : "LATER",
		    err.text);
		lease_close(gateway.lease);
		return 1;
	}
	test |= gateway.amended != NULL;
	for (; !test && !atomic_load(&stopped); usleep(TURN_US))
		turn(&gateway);
	lease_leave(gateway.lease);
	lease_close(gateway.lease);
	free(gateway.said);
	return 0;
}
