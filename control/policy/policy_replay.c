/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl policy --replay: what would today's policy have done with that mail? */
#include "control/policy/policy_replay.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

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

static int
take(struct replay *replay, int option, const char *value)
{
	switch (option) {
	case 's':
		return take_time("policy", "--since", value,
		    &replay->from.since);
	case 'u':
		return take_time("policy", "--until", value,
		    &replay->from.until);
	case 'f':
		replay->files[replay->file_count++] = value;
		return EX_OK;
	case 'v':
		replay->tally.every = true;
		return EX_OK;
	case 'r':
		return EX_OK;
	default:
		return complain_option("policy", option, value);
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
		{ 0 },
	};
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK && (option = getopt_long(argc, argv, "+:f:v",
	    options, NULL)) != -1)
		code = take(replay, option, option_word(argv));
	if (code != EX_OK)
		return code;
	if (optind != argc)
		return complain_arguments("policy",
		    "--replay: only options are taken");
	replay->from.files = replay->files;
	replay->from.file_count = replay->file_count;
	/* Of files that are named all is wanted. */
	if (replay->from.since == 0 && replay->file_count == 0)
		replay->from.since = when_parse(usual_time);
	if (replay->from.until != 0 &&
	    replay->from.until <= replay->from.since)
		return complain_arguments("policy",
		    "--replay: --since is not before --until");
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
announce(const struct replay *replay, const char *where, const char *unknown)
{
	const struct replay_from *from = &replay->from;
	char text[WHEN_TEXT];

	if (replay->tally.json)
		return;
	printf("mail of %s", where);
	if (from->since != 0)
		printf(" from %s", when_text(from->since, text));
	if (from->until != 0)
		printf(" to %s", when_text(from->until, text));
	printf("\nassumed: %s\n", unknown);
	again_assumed(replay->again, print_assumed, NULL);
	putchar('\n');
}

static int
look_in_history(struct replay *replay, struct err *err)
{
	replay->tally.source = "history";
	announce(replay, "the history", "recipients and messages without a "
	    "copy need none, as the history does not know them (see -f)");
	return replay_history(replay->conf, &replay->from, take_message,
	    replay, err);
}

/* doubts - what the logs could not tell; an exit code */
static int
doubts(const struct replay_seen *seen)
{
	if (seen->late == 0)
		return seen->unread ? EX_NOINPUT : EX_OK;
	fprintf(stderr, "tdcctl: what Postfix and tdc-milter logged of %" PRIu64
	    " messages is too far apart to be joined, so these may be shown as "
	    "different: look at a shorter time, see --since and --until\n",
	    seen->late);
	return EX_DATAERR;
}

/* look_in_logs - an exit code */
static int
look_in_logs(struct replay *replay)
{
	struct replay_logs *logs = replay_logs_open(replay->conf,
	    &replay->from);
	struct tally *tally = &replay->tally;
	struct replay_seen seen;

	tally->source = "logs";
	announce(replay, replay_logs_where(logs), "all mail that came by SMTP "
	    "was shown to tdc-milter");
	replay_logs_read(logs, take_message, replay, &seen);
	replay_logs_close(logs);
	tally->apart = seen.parts;
	if (tally->since == 0)
		tally->since = seen.oldest;
	if (replay->from.until == 0 && seen.newest > tally->since)
		tally->until = seen.newest;
	return doubts(&seen);
}

/* has_history - or are logs all that there is? */
static bool
has_history(const struct conf *conf)
{
	return *conf->history_database != '\0' &&
	    (access(conf->history_database, F_OK) == 0 || errno != ENOENT);
}

/* look - an exit code */
static int
look(struct replay *replay)
{
	struct err err;

	if (replay->from.file_count > 0 || !has_history(replay->conf))
		return look_in_logs(replay);
	return look_in_history(replay, &err) == -1 ?
	    complain(EX_UNAVAILABLE, err.text) : EX_OK;
}

/* run - once the arguments are read */
static int
run(struct replay *replay)
{
	struct tally *tally = &replay->tally;
	struct err err;
	int code;

	if (again_load(replay->conf, &replay->again, &err) == -1)
		return complain(EX_CONFIG, err.text);
	tally->since = replay->from.since;
	tally->until = replay->from.until != 0 ? replay->from.until :
	    clock_wall();
	code = look(replay);
	if (code != EX_UNAVAILABLE)
		tally_print(tally);
	if (code == EX_OK && tally->differ > 0)
		code = EXIT_DIFFERS;
	tally_drop(tally);
	again_free(replay->again);
	return code;
}

/* policy_replay - today's policy, and the mail of some days */
int
policy_replay(struct control *control, int argc, char **argv)
{
	struct replay replay = { .conf = &control->conf,
		.tally = { .every = control->verbose, .json = control->json } };
	int code;

	replay.files = mem_new(((size_t)argc + 1) * sizeof(*replay.files));
	code = read_options(&replay, argc, argv);
	if (code == EX_OK)
		code = run(&replay);
	free(replay.files);
	return code;
}
