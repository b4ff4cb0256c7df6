/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl track: what became of a message */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/track/kept.h"
#include "control/track/search.h"
#include "control/track/block.h"
#include "control/when.h"

enum { USUAL = 100, MOST = 10000 };	/* messages of an address: as long as
					   --since does not ask for more */
enum { EXIT_NOTHING = 1 };

struct track {
	const struct conf *conf;
	bool		 verbose, json;
	const char	*text;		/* what was asked for */
	struct word	 word;
	struct logs_query query;
	const char	**files;
	struct logs	*logs;
	struct search	 search;
	struct kept	 kept;
	struct story	 story;
	struct ledger	 ledger;
};

/* ---- arguments ---- */

static const struct option options[] = {
	{ "since", required_argument, NULL, 's' },
	{ "file", required_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 }
};

/* take - an option, or (1) an argument; an exit code */
static int
take(struct track *track, int option, const char *value)
{
	switch (option) {
	case 'j':
		track->json = true;
		return EX_OK;
	case 'f':
		track->files = mem_grow(track->files, track->query.count + 1,
		    sizeof(*track->files));
		track->files[track->query.count++] = value;
		return EX_OK;
	case 's':
		return take_time("track", "--since", value,
		    &track->query.since);
	case 1:
		if (track->text != NULL)
			return complain_value("track", "unexpected argument",
			    value);
		track->text = value;
		return EX_OK;
	default:
		return complain_option("track", option, value);
	}
}

/* read_arguments - options may stand after the word, wherever we run */
static int
read_arguments(struct track *track, int argc, char **argv)
{
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK &&
	    (option = getopt_long(argc, argv, "-:f:", options, NULL)) != -1)
		code = take(track, option, option_word(argv));
	for (; code == EX_OK && optind < argc; optind++)
		code = take(track, 1, argv[optind]);
	if (code == EX_OK && track->text == NULL)
		return complain_arguments("track", "what is it to look for?");
	if (code == EX_OK && !word_read(track->text, &track->word))
		return complain_value("track", "no message has a name like",
		    track->text);
	return code;
}

/* ---- looking ---- */

static void
complain_of_log(const char *text)
{
	(void)complain(EX_OK, text);
}

static void
add_mid(void *arg, uint64_t mid)
{
	kept_by_mid(arg, mid);
}

/* look_into_ledger - all of it: which messages are told of is not known yet.
 * Where nothing was ever remediated there is none */
static void
look_into_ledger(struct track *track)
{
	const struct ledger_query query = { .mid = 0 };
	struct err err;

	if (ledger_read(track->conf, &query, &track->ledger, &err) == -1 &&
	    err.sys != ENOENT)
		(void)complain(EX_OK, err.text);
}

/* look - in what is kept, in the logs by all that this showed, and for the
 * copies that the logs show in what is kept */
static void
look(struct track *track)
{
	struct kept *kept = &track->kept;
	size_t most = track->query.since != 0 ? MOST : USUAL;

	track->search = (struct search){ .word = &track->word, .most = most,
		.syslog_name = track->conf->syslog_name };
	kept_open(kept, track->conf, track->query.since);
	kept_by_word(kept, &track->word, most);
	for (size_t i = 0; i < kept->count; i++) {
		search_want_mid(&track->search, kept->copies[i]->mid);
		search_want_id(&track->search, kept->copies[i]->queue_id);
	}
	track->logs = logs_open(track->conf, &track->query);
	search_run(&track->search, track->logs);
	wanted_mids(&track->search.keys, add_mid, kept);
	story_build(&track->story, &track->search, kept);
	look_into_ledger(track);
}

/* forget - all that look() found */
static void
forget(struct track *track)
{
	ledger_drop(&track->ledger);
	story_drop(&track->story);
	kept_close(&track->kept);
	search_drop(&track->search);
	logs_close(track->logs);
}

/* ---- output ---- */

/* is_shown - what was asked for, and is not told with another message */
static bool
is_shown(const struct message *message)
{
	return message->first == message && message->wanted;
}

/* first_shown - of very many messages the last ones */
static size_t
first_shown(struct track *track)
{
	const struct story *story = &track->story;
	size_t at = story->count, count = 0;

	while (at > 0 && (!is_shown(story->messages[at - 1]) ||
	    count++ < track->search.most))
		at--;
	track->search.left_out |= at > 0;
	return at;
}

/* show - each message with what belongs to it; how many there are */
static size_t
show(struct track *track)
{
	struct block block = { .story = &track->story, .word = &track->word,
		.name = track->conf->intake_name, .all = track->verbose,
		.ledger = &track->ledger };
	size_t count = 0;

	for (size_t i = first_shown(track); i < track->story.count; i++) {
		struct message *message = track->story.messages[i];

		if (!is_shown(message))
			continue;
		if (count++ > 0 && !track->json)
			putchar('\n');
		block_gather(&block, message);
		(track->json ? block_print_json : block_print)(&block);
	}
	block_drop(&block);
	if (count > 0 && (track->search.left_out || track->kept.left_out))
		fprintf(stderr, "tdcctl: these are the last %zu messages, "
		    "there are more: %s\n", count, track->query.since == 0 ?
		    "see --since" : "a later --since shows fewer");
	return count;
}

/* say_nothing - where it was looked for, and how far back that goes */
static int
say_nothing(const struct track *track)
{
	const struct logs_seen *seen = logs_seen(track->logs);
	const char *kept = track->kept.where.data;
	int64_t since = track->query.since;
	char at[WHEN_TEXT];

	fprintf(stderr, "tdcctl: nothing about '%s'%s%s in %s%s%s",
	    ESCAPE_INSIDE(track->text, '\''), since != 0 ? " since " : "",
	    since != 0 ? when_text(since, at) : "", logs_where(track->logs),
	    *kept != '\0' ? ", " : "", kept);
	if (seen->oldest != 0)
		fprintf(stderr, "; the oldest line is of %s",
		    when_text(seen->oldest, at));
	else
		fprintf(stderr, "; no line could be read");
	fputc('\n', stderr);
	return EXIT_NOTHING;
}

/* do_track - one block for each message */
int
do_track(struct control *control, int argc, char **argv)
{
	struct track track = { .conf = &control->conf,
		.verbose = control->verbose,
		.query = { .complain = complain_of_log } };
	/* getopt wants a name before the arguments */
	int code = read_arguments(&track, argc + 1, argv - 1);

	track.query.files = track.files;
	if (code == EX_OK) {
		look(&track);
		if (show(&track) == 0)
			code = say_nothing(&track);
		forget(&track);
	}
	word_drop(&track.word);
	free(track.files);
	return code;
}
