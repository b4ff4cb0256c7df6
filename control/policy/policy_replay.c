/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl policy --replay: what would today's policy have done with that mail? */
#include "control/policy/policy_replay.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/policy/policy_tally.h"
#include "control/when.h"

/* What the exit status says when something differs. */
enum { EXIT_DIFFERS = 1 };

static const char usual_time[] = "7d";

struct replay {
	const struct conf *conf;
	struct again	*again;
	struct replay_from from;
	struct tally	 tally;
	const char	**files;	/* borrowed names, ends with NULL */
	size_t		 file_count;
};

/* ---- arguments ---- */

/* complain_value - it is no time; EX_USAGE */
static int
complain_value(const char *option, const char *value)
{
	own(str) char *text = mem_format("--%s: bad value '%s'", option,
	    ESCAPE_INSIDE(value, '\''));

	return complain_arguments("policy", text);
}

/* take_time - EX_OK, or EX_USAGE */
static int
take_time(int64_t *out, const char *option, const char *value)
{
	*out = when_parse(value);
	return *out > 0 ? EX_OK : complain_value(option, value);
}

static int
take(struct replay *replay, int option, const char *value)
{
	switch (option) {
	case 's':
		return take_time(&replay->from.since, "since", value);
	case 'u':
		return take_time(&replay->from.until, "until", value);
	case 'f':
		replay->files[replay->file_count++] = value;
		return EX_OK;
	case 'j':
		replay->tally.json = true;
		return EX_OK;
	case 'v':
		replay->tally.every = true;
		return EX_OK;
	case 'r':
		return EX_OK;
	default:
		return complain_arguments("policy", "--replay: unknown option, "
		    "or its value is missing");
	}
}

/* read_options - argv[0] is the verb */
static int
read_options(struct replay *replay, int argc, char **argv)
{
	static const struct option options[] = {
		{ "replay", no_argument, NULL, 'r' },
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK && (option = getopt_long(argc, argv, "+f:v",
	    options, NULL)) != -1)
		code = take(replay, option, optarg);
	if (code != EX_OK)
		return code;
	if (optind != argc)
		return complain_arguments("policy",
		    "--replay: only options are taken");
	if (replay->from.until != 0 &&
	    replay->from.until <= replay->from.since)
		return complain_arguments("policy",
		    "--replay: --until is not after --since");
	return EX_OK;
}

/* ---- the mail ---- */

static void
take_message(void *arg, const struct past_message *message)
{
	struct replay *replay = arg;

	tally_message(&replay->tally, replay->again, message);
}

static void
print_assumed(void *arg, const char *text)
{
	(void)arg;
	printf("assumed: %s\n", text);
}

/* announce - what is looked at, and what it does not tell */
static void
announce(const struct replay *replay)
{
	char since[WHEN_TEXT], until[WHEN_TEXT];

	if (replay->tally.json)
		return;
	printf("mail from %s to %s, by the %s\n",
	    when_text(replay->tally.since, since),
	    when_text(replay->tally.until, until), replay->tally.source);
	printf("assumed: recipients and messages without a copy need none, as "
	    "the history does not know them (see -f)\n");
	again_assumed(replay->again, print_assumed, NULL);
	putchar('\n');
}

static int
look(struct replay *replay, struct err *err)
{
	struct tally *tally = &replay->tally;

	tally->source = "history";
	tally->since = replay->from.since;
	tally->until = replay->from.until != 0 ? replay->from.until :
	    clock_wall();
	announce(replay);
	return replay_history(replay->conf, &replay->from, take_message,
	    replay, err);
}

/* run - once the arguments are read */
static int
run(struct replay *replay)
{
	struct err err;
	int code;

	if (again_load(replay->conf, &replay->again, &err) == -1)
		return complain(EX_CONFIG, err.text);
	if (look(replay, &err) == -1) {
		code = complain(EX_UNAVAILABLE, err.text);
	} else {
		tally_print(&replay->tally);
		code = replay->tally.differ > 0 ? EXIT_DIFFERS : EX_OK;
	}
	tally_drop(&replay->tally);
	again_free(replay->again);
	return code;
}

/* policy_replay - today's policy, and the mail of some days */
int
policy_replay(struct control *control, int argc, char **argv)
{
	struct replay replay = { .conf = &control->conf,
		.from = { .since = when_parse(usual_time) },
		.tally = { .every = control->verbose } };
	int code;

	replay.files = mem_new(((size_t)argc + 1) * sizeof(*replay.files));
	code = read_options(&replay, argc, argv);
	if (code == EX_OK)
		code = run(&replay);
	free(replay.files);
	return code;
}
