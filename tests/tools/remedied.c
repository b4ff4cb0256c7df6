/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remedied - fill a database of tdc-remediator, by the code that it uses
 *
 *	remedied DATABASE <LINES
 *
 * A line is words separated by tabs; AGE is how many seconds ago:
 *
 *	batch AGE NAME BY SOURCE ACTION		-- of the actions after it
 *	message AGE ID MESSAGE-ID VERDICT SENDER SUBJECT
 *	reason ID TEXT				-- why it has no action
 *	action AGE ID RECIPIENT MID STEP REASON
 *	note NAME TEXT
 *	spend COUNT
 *
 * ACTION: forward, delete or forward-and-delete.  STEP is a word of state_word();
 * an action is made due, or, when it is to be reported or failed, so, and takes
 * this step then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/conf/conf.h"
#include "base/own.h"
#include "remediate/state/state.h"

enum { WORDS = 8 };

static struct state *state;
static int64_t now, batch;
static int what = CONF_REMEDIATE_DELETE;
static char *words[WORDS];

static void
must(int result, const struct err *err)
{
	if (result != -1)
		return;
	fprintf(stderr, "remedied: %s: %s\n", words[0], err->text);
	exit(EX_DATAERR);
}

static int64_t
ago(const char *seconds)
{
	return now - 1000 * strtoll(seconds, NULL, 10);
}

static enum state_step
step_of(const char *word)
{
	for (int i = 0; i < STATE_STEPS; i++)
		if (strcmp(state_word((enum state_step)i), word) == 0)
			return (enum state_step)i;
	fprintf(stderr, "remedied: no step '%s'\n", word);
	exit(EX_DATAERR);
}

static void
add_batch(void)
{
	struct state_batch row = { .name = words[2], .by = words[3],
		.source = words[4], .description = "verdicts of the API",
		.begun = ago(words[1]) };
	struct err err;

	what = strcmp(words[5], "forward") == 0 ? CONF_REMEDIATE_FORWARD :
	    strcmp(words[5], "delete") == 0 ? CONF_REMEDIATE_DELETE :
	    CONF_REMEDIATE_BOTH;
	row.what = what;
	must(state_batch(state, &row, &batch, &err), &err);
}

static void
add_message(void)
{
	const char *mailboxes[] = { "user@corp.example" };
	const struct api_message message = { .id = words[2],
		.message_id = words[3], .timestamp = ago(words[1]),
		.verdict = API_PHISHING, .word = words[4], .retro = true,
		.direction = "incoming", .sender = words[5],
		.subject = words[6], .mailboxes = mailboxes,
		.mailbox_count = 1, .action = "", .client = "192.0.2.10",
		.header = "X-IronPort-RemoteIP" };
	enum state_news news;
	struct err err;

	must(state_see(state, &message, ago(words[1]), &news, &err), &err);
}

static void
add_action(void)
{
	struct state_event event = { .at = ago(words[1]),
		.step = step_of(words[5]), .text = words[6] };
	bool at_once = event.step == STATE_REPORTED;
	const struct state_action action = { .message = words[2],
		.recipient = words[3], .mid = strtoull(words[4], NULL, 10),
		.queue_ids = "4YbCdE3xkzz1V", .proof = "", .what = what,
		.batch = at_once ? 0 : batch, .made = ago(words[1]),
		.accepted = ago(words[1]), .reason = "",
		.step = at_once ? event.step : STATE_DUE };
	struct err err;
	bool made;

	must(state_act(state, &action, &event.action, &made, &err), &err);
	if (event.step == STATE_DONE)
		event.profile = "store";
	if (!at_once)
		must(state_step(state, &event, &err), &err);
}

static void
do_line(void)
{
	struct err err;
	bool may;

	if (strcmp(words[0], "batch") == 0)
		add_batch();
	else if (strcmp(words[0], "message") == 0)
		add_message();
	else if (strcmp(words[0], "action") == 0)
		add_action();
	else if (strcmp(words[0], "reason") == 0)
		must(state_planned(state, words[1], words[2], &err), &err);
	else if (strcmp(words[0], "note") == 0)
		must(state_note(state, words[1], words[2], &err), &err);
	else
		for (int i = atoi(words[1]); i > 0; i--)
			must(state_spend(state, now, 1000000, &may, &err),
			    &err);
}

int
main(int argc, char **argv)
{
	static char nothing[] = "";
	own(str) char *line = NULL;
	struct err err;
	size_t size = 0;
	ssize_t n;

	if (argc != 2)
		return EX_USAGE;
	now = clock_wall();
	words[0] = argv[1];
	must(state_open(argv[1], STATE_WRITE, &state, &err), &err);
	while ((n = getline(&line, &size, stdin)) > 0) {
		char *rest = line;

		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < WORDS; i++)
			words[i] = rest != NULL ? strsep(&rest, "\t") : nothing;
		do_line();
	}
	state_close(state);
	return EX_OK;
}
