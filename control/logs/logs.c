/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/logs/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/start/postfix.h"
#include "control/logs/rotated.h"
#include "control/logs/logsource.h"

struct logs {
	struct logs_query query;
	struct rotated	 files;
	struct buf	 where;
	int		 input;		/* what came from standard input */
	bool		 journal;
	bool		 told;		/* what cannot be read */
	struct logs_seen seen;
};

/* ---- which ---- */

/* add_where - "mail.log (3 files)" */
static void
add_where(struct logs *logs, const char *name, size_t files)
{
	buf_texts(&logs->where, logs->where.len > 0 ? ", " : "", ESCAPE(name));
	if (files > 1)
		buf_format(&logs->where, " (%zu files)", files);
}

/* add_file - as it was asked for */
static void
add_file(struct logs *logs, const char *path)
{
	size_t before = logs->files.count;
	int64_t since = logs->query.since;

	if (strcmp(path, "-") == 0 || !logs->query.rotated) {
		logs->files.files = mem_grow(logs->files.files, before + 1,
		    sizeof(*logs->files.files));
		logs->files.files[logs->files.count++].path = mem_text(path);
	} else {
		rotated_find(path, since, &logs->files);
	}
	add_where(logs, strcmp(path, "-") == 0 ? "standard input" : path,
	    logs->files.count - before);
}

/* the_same - is it one of those that were seen? */
static bool
the_same(const struct stat *st, const struct stat *seen, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (st->st_dev == seen[i].st_dev && st->st_ino == seen[i].st_ino)
			return true;
	return false;
}

/* is_log - is one there, which is none of those before?  One that we may not
 * look at is, for who opens it to say why */
static bool
is_log(const char *path, struct stat *seen, size_t *count)
{
	struct stat *st = &seen[*count];

	if (*path != '/')
		return false;
	if (stat(path, st) == -1)
		return errno != ENOENT && errno != ENOTDIR;
	if (!S_ISREG(st->st_mode) || the_same(st, seen, *count))
		return false;
	++*count;
	return true;
}

/* has_journal - is one kept here? */
static bool
has_journal(void)
{
	return access("/run/log/journal", F_OK) == 0 ||
	    access("/var/log/journal", F_OK) == 0;
}

/* add_usual - the places that there are, each once.  The first ones are those
 * that Postfix may log to; where there are none its lines are in the journal,
 * also when we have files of our own */
static void
add_usual(struct logs *logs, const struct conf *conf)
{
	enum { OF_POSTFIX = 3 };
	char postfix[PATH_MAX];
	const char *const places[] = {
		postfix_value("maillog_file", postfix, sizeof(postfix)) ?
		postfix : "", "/var/log/mail.log", "/var/log/maillog",
		conf->maillog_file, conf->mail_logs_file };
	struct stat seen[sizeof(places) / sizeof(*places)];
	size_t count = 0, of_postfix = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		size_t before = logs->files.count;

		if (!is_log(places[i], seen, &count))
			continue;
		rotated_find(places[i], logs->query.since, &logs->files);
		add_where(logs, places[i], logs->files.count - before);
		of_postfix += i < OF_POSTFIX;
	}
	logs->journal = logs->files.count == 0 ||
	    (of_postfix == 0 && has_journal());
	if (logs->journal)
		add_where(logs, "the journal", 0);
}

/* logs_open - nothing is read yet */
struct logs *
logs_open(const struct conf *conf, const struct logs_query *query)
{
	struct logs *logs = mem_new(sizeof(*logs));

	logs->query = *query;
	logs->where = (struct buf)BUF;
	logs->input = -1;
	for (size_t i = 0; i < query->count; i++)
		add_file(logs, query->files[i]);
	if (query->count == 0)
		add_usual(logs, conf);
	return logs;
}

/* ---- reading ---- */

/* complain - once, however often they are read */
static void
complain_of(struct logs *logs, const struct err *err)
{
	if (!logs->told)
		logs->query.complain(err->text);
	logs->seen.unread++;
}

/* keep_input - into a file that has no name, since it is read again; -1: it is
 * not kept */
static int
keep_input(struct err *err)
{
	own(fd) int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char bytes[65536];
	ssize_t n;

	if (fd == -1)
		return err_sys(err, "/var/tmp");
	while ((n = AGAIN(read(STDIN_FILENO, bytes, sizeof(bytes)))) > 0)
		for (ssize_t at = 0, m; at < n; at += m)
			if ((m = AGAIN(write(fd, bytes + at,
			    (size_t)(n - at)))) == -1)
				return err_sys(err, "/var/tmp");
	if (n == -1)
		return err_sys(err, "standard input");
	return fd_give(&fd);
}

/* take_input - a descriptor for the next time through it */
static int
take_input(struct logs *logs, struct logsource *source, struct err *err)
{
	int fd;

	if (logs->input == -1)
		logs->input = keep_input(err);
	if (logs->input == -1)
		return -1;
	fd = fcntl(logs->input, F_DUPFD_CLOEXEC, 0);
	if (fd == -1)
		return err_sys(err, "standard input");
	return logsource_take(source, fd, "standard input", err);
}

static void
note_time(struct logs_seen *seen, int64_t at)
{
	if (seen->oldest == 0 || at < seen->oldest)
		seen->oldest = at;
	if (at > seen->newest)
		seen->newest = at;
}

/* read_source - its lines; false: that is enough */
static bool
read_source(struct logs *logs, struct logsource *source, logs_line *each,
    void *arg)
{
	struct logline_parser parser = { .latest = source->changed };
	bool more = true;
	struct logline line;
	char *text;
	size_t n;

	while (more && logsource_next(source, &text, &n)) {
		logs->seen.cut += source->cut;
		if (!logline_parse(&parser, text, n, &line)) {
			logs->seen.other += n > 0;
			continue;
		}
		note_time(&logs->seen, line.at);
		if (line.at < logs->query.since || (logs->query.until != 0 &&
		    line.at > logs->query.until))
			continue;
		line.cut = source->cut;
		logs->seen.lines++;
		more = each(arg, &line);
	}
	logline_drop(&parser);
	return more;
}

/* open_one - a file, standard input, or (NULL) the journal */
static int
open_one(struct logs *logs, const char *path, struct logsource *source,
    struct err *err)
{
	if (path == NULL)
		return logsource_journal(source, logs->query.since, err);
	if (strcmp(path, "-") == 0)
		return take_input(logs, source, err);
	return logsource_open(source, path, err);
}

/* through - one of them; false: that is enough */
static bool
through(struct logs *logs, const char *path, logs_line *each, void *arg)
{
	struct logsource source;
	struct err err;
	bool more;

	if (open_one(logs, path, &source, &err) == -1) {
		complain_of(logs, &err);
		return true;
	}
	more = read_source(logs, &source, each, arg);
	if (logsource_close(&source, &err) == -1)
		complain_of(logs, &err);
	return more;
}

/* logs_each - one source after the other */
void
logs_each(struct logs *logs, logs_line *each, void *arg)
{
	bool more = true;

	logs->seen = (struct logs_seen){ .lines = 0 };
	for (size_t i = 0; more && i < logs->files.count; i++)
		more = through(logs, logs->files.files[i].path, each, arg);
	if (more && logs->journal)
		(void)through(logs, NULL, each, arg);
	logs->told = true;
}

/* logs_seen - the last time */
const struct logs_seen *
logs_seen(const struct logs *logs)
{
	return &logs->seen;
}

/* logs_where - for people */
const char *
logs_where(const struct logs *logs)
{
	return logs->where.len > 0 ? logs->where.data : "no log";
}

/* logs_close - and what standard input said */
void
logs_close(struct logs *logs)
{
	rotated_drop(&logs->files);
	buf_drop(&logs->where);
	own_fd(&logs->input);
	free(logs);
}
