/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl history --import: rows that are missing, from the logs */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/logs/logs.h"
#include "control/past/import.h"
#include "control/past/past.h"
#include "history/refill.h"

struct filling {
	const struct conf *conf;
	struct refill	*refill;
	int64_t		 oldest, newest;	/* ends between them are taken */
	uint64_t	 ends, added, old, fresh;
	bool		 failed;
	struct err	 err;
	bool		 dry, json;
};

/* ---- arguments ---- */

/* read_options - argv[0] is the verb; where the files begin; -1: that was said
 * what is wrong */
static int
read_options(struct filling *filling, int argc, char **argv)
{
	static const struct option options[] = {
		{ "import", no_argument, NULL, 'i' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "n", options, NULL)) != -1) {
		if (option == '?') {
			(void)complain_option("history", option,
			    option_word(argv));
			return -1;
		}
		if (option == 'n')
			filling->dry = true;
		else if (option == 'j')
			filling->json = true;
	}
	return optind;
}

struct file {
	char		*path;
	struct timespec	 changed;
};

static int
by_change(const void *a, const void *b)
{
	const struct timespec *x = &((const struct file *)a)->changed;
	const struct timespec *y = &((const struct file *)b)->changed;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* sort - the oldest first, since "mail.log*" has the newest first; standard input
 * and what cannot be looked at come last */
static void
sort(char **paths, size_t count)
{
	struct file *files = mem_new((count + 1) * sizeof(*files));

	for (size_t i = 0; i < count; i++) {
		struct stat st;

		files[i].path = paths[i];
		if (strcmp(paths[i], "-") == 0 || stat(paths[i], &st) == -1)
			files[i].changed.tv_sec = INT32_MAX;
		else
			files[i].changed = st.st_mtim;
	}
	qsort(files, count, sizeof(*files), by_change);
	for (size_t i = 0; i < count; i++)
		paths[i] = files[i].path;
	free(files);
}

/* ---- rows ---- */

/* choose - those in the time that is ours to fill, moved to the front */
static size_t
choose(struct filling *filling, struct history_row *rows, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].fate.ended < filling->oldest)
			filling->old++;
		else if (rows[i].fate.ended > filling->newest)
			filling->fresh++;
		else
			rows[n++] = rows[i];
	}
	return n;
}

/* take_rows - into the database */
static bool
take_rows(void *arg, const struct history_row *given, size_t count)
{
	struct filling *filling = arg;
	struct history_row *rows = mem_new(count * sizeof(*rows));
	struct past_user user;
	uint64_t added = 0;
	size_t wanted;

	memcpy(rows, given, count * sizeof(*rows));
	filling->ends += count;
	wanted = choose(filling, rows, count);
	if (past_enter(filling->conf, &user, &filling->err) == -1) {
		filling->failed = true;
	} else {
		filling->failed = refill_add(filling->refill, rows, wanted,
		    &added, &filling->err) == -1;
		past_leave(&user);
	}
	filling->added += added;
	if (filling->failed)
		filling->ends -= wanted;
	free(rows);
	return !filling->failed;
}

static bool
take_line(void *arg, const struct logline *line)
{
	return import_line(arg, line);
}

/* ---- output ---- */

struct result {
	const struct filling *filling;
	const struct logs_seen *logs;
	const struct import_seen *copies;
	uint64_t	 there;
};

static void
print_number(const char *name, uint64_t number, bool always)
{
	if (always || number > 0)
		printf("%-28s %10" PRIu64 "\n", name, number);
}

static void
print_text(const struct result *result)
{
	const struct filling *filling = result->filling;

	print_number("lines read", result->logs->lines, true);
	print_number("lines of no known form", result->logs->other, false);
	print_number("copies found", result->copies->copies, true);
	print_number("  without an end", result->copies->open, true);
	print_number("ends found", filling->ends + result->copies->headless,
	    true);
	print_number(filling->dry ? "  to be imported" : "  imported",
	    filling->added, true);
	print_number("  there already", result->there, true);
	print_number("  without a beginning", result->copies->headless, false);
	print_number("  older than history_lifetime", filling->old, false);
	print_number("  left to tdc-forwarder", filling->fresh, false);
}

static void
print_object(const struct result *result)
{
	const struct filling *filling = result->filling;

	printf("{\"lines\":%" PRIu64 ",\"unknown_lines\":%" PRIu64
	    ",\"copies\":%" PRIu64 ",\"without_end\":%" PRIu64
	    ",\"ends\":%" PRIu64 ",\"imported\":%" PRIu64
	    ",\"there_already\":%" PRIu64 ",\"without_beginning\":%" PRIu64
	    ",\"too_old\":%" PRIu64 ",\"too_fresh\":%" PRIu64
	    ",\"dry_run\":%s}\n", result->logs->lines, result->logs->other,
	    result->copies->copies, result->copies->open,
	    filling->ends + result->copies->headless, filling->added,
	    result->there, result->copies->headless, filling->old,
	    filling->fresh, filling->dry ? "true" : "false");
}

/* report - what was found; an exit code */
static int
report(const struct filling *filling, const struct logs *logs,
    const struct import *import)
{
	const struct result result = { .filling = filling,
		.logs = logs_seen(logs), .copies = import_seen(import),
		.there = filling->ends - filling->added - filling->old -
		filling->fresh };

	if (filling->json)
		print_object(&result);
	else
		print_text(&result);
	return result.logs->unread > 0 ? EX_NOINPUT : EX_OK;
}

/* ---- the whole ---- */

static void
complain_log(const char *text)
{
	(void)complain(EX_NOINPUT, text);
}

static void
waiting(const char *path)
{
	fprintf(stderr, "tdcctl: %s: another program has it locked; waiting for "
	    "up to %d seconds\n", path, REFILL_PATIENCE_MS / 1000);
}

/* begin - the database is open after it; which ends are to be taken */
static int
begin(struct filling *filling, struct err *err)
{
	const char *path = filling->conf->history_database;
	struct past_user user;
	int status;

	if (past_enter(filling->conf, &user, err) == -1)
		return -1;
	status = filling->dry ? refill_look(path, &filling->refill, err) :
	    refill_open(path, waiting, &filling->refill, err);
	past_leave(&user);
	if (status == -1)
		return -1;
	filling->oldest = clock_wall() - filling->conf->history_lifetime;
	filling->newest = refill_watched(filling->refill) ?
	    clock_wall() - REFILL_FRESH_MS : INT64_MAX;
	return 0;
}

/* fill - from these files */
static int
fill(struct filling *filling, const char *const *files, size_t count)
{
	const struct logs_query query = { .files = files, .count = count,
	    .complain = complain_log };
	struct logs *logs = logs_open(filling->conf, &query);
	struct import *import = import_new(filling->conf, take_rows, filling);
	int code;

	logs_each(logs, take_line, import);
	(void)import_finish(import);
	code = report(filling, logs, import);
	if (filling->failed)
		code = complain(EX_UNAVAILABLE, filling->err.text);
	import_free(import);
	logs_close(logs);
	return code;
}

/* past_import - what logs know, and the history does not */
int
past_import(struct control *control, int argc, char **argv)
{
	struct filling filling = { .conf = &control->conf };
	struct err err;
	struct past_user user;
	int first = read_options(&filling, argc, argv), code;

	if (first == -1)
		return EX_USAGE;
	sort(argv + first, (size_t)(argc - first));
	if (begin(&filling, &err) == -1)
		return complain(EX_UNAVAILABLE, err.text);
	code = fill(&filling, (const char *const *)(argv + first),
	    (size_t)(argc - first));
	if (past_enter(filling.conf, &user, &err) == 0) {
		refill_close(filling.refill);
		past_leave(&user);
	}
	return code;
}
