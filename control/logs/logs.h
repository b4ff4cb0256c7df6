/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * logs - what all programs logged about mail, from wherever it is
 *
 *	struct logs_query query = { .rotated = true, .complain = complain_log };
 *	struct logs *logs = logs_open(&conf, &query);
 *
 *	logs_each(logs, print_line, NULL);
 *	printf("looked in %s\n", logs_where(logs));
 *	logs_close(logs);
 *
 * Without files to read these are: Postfix's maillog_file, /var/log/mail.log and
 * /var/log/maillog, maillog_file and mail_logs_file of tdc.cf, those that are
 * there; and the journal where there is none of the first three.  What cannot be
 * read is told once, each by a sentence to complain(), and the rest is read.
 *
 * Lines come in the order of each log, its oldest file first, one log after the
 * other; a line of mail_logs_file stands in the maillog, too.  They can be gone
 * through again, also those of standard input.
 */
#ifndef CONTROL_LOGS_H
#define CONTROL_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "control/logs/logline.h"

struct logs_query {
	const char *const *files;	/* "-": standard input; outlive the logs */
	size_t		 count;		/* 0: the usual places */
	bool		 rotated;	/* also what was rotated, beside these
					   files; of the usual ones always */
	int64_t		 since;		/* 0: all */
	int64_t		 until;		/* 0: all */
	void		(*complain)(const char *);
};

struct logs;

struct logs_seen {
	uint64_t	 lines;		/* that were given */
	uint64_t	 other;		/* that have no form of a log */
	uint64_t	 cut;		/* longer than LOGSOURCE_LINE_MAX */
	int64_t		 oldest, newest; /* of all lines; 0: there were none */
	unsigned	 unread;	/* files, not to their ends */
};

/* The line lives until it returns; false: enough. */
typedef bool logs_line(void *arg, const struct logline *);

/* logs_open - find them.  There may be none. */
struct logs *logs_open(const struct conf *, const struct logs_query *);
/* logs_each - from the begin, lines in the time that was asked for; what was
 * seen the last time is then in logs_seen(). */
void	logs_each(struct logs *, logs_line *, void *arg);
const struct logs_seen *logs_seen(const struct logs *);
/* logs_where - "/var/log/mail.log (3 files), the journal"; lives with them. */
const char *logs_where(const struct logs *);
void	logs_close(struct logs *);

#endif
