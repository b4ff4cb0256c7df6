/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log - the two sinks of one catalogue
 *
 *	log_open("tdc-forwarder", &conf, false, &err);
 *	log_event(stopped, "tdc-forwarder");
 *
 * Each line is a row of log_events.h.  It goes to the maillog (syslog, or
 * maillog_file), always after "TDC: "; and to mail_logs_file in the form of
 * AsyncOS, where the prefix stands only where AsyncOS has it, or as JSON
 * (log_format, log_json.h); and to whoever listens (log_listeners.h).  The
 * compiler checks the arguments against the row's format.
 *
 * Of a row that is LOG_LIMITED one line in ten seconds is written for each
 * reason (log_limit.h); its end tells how many were left out since the last:
 * " (and 3 more like this)".  The line of a message or a copy that is lost is
 * never limited: there is one for each, and Postfix writes more than that.
 *
 * Text from the network goes through escape().  A line that does not fit
 * 2,000 bytes ends in "...".  Only programs log, that is milter/, forward/ and
 * control/; libraries return errors.  All functions may be called from any
 * thread.
 *
 * Nobody waits for a log: lines lie in memory until a thread of the log has
 * written them, in the order of the calls.  Those for which there is no room
 * are lost, and a line says how many.  The end of the process waits for the
 * last ones, for two seconds; _exit(2) does not, and a signal neither.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <syslog.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "base/escape.h"

enum log_event {
#define EVENT(name, level, flags, format, fields, meaning) LOG_##name,
#include "base/log/log_events.h"
#undef EVENT
	LOG_EVENTS
};

#define EVENT(name, level, flags, format, fields, meaning) \
    static const char log_format_##name[] __attribute__((unused)) = format;
#include "base/log/log_events.h"
#undef EVENT

/* log_open - start, or start again after a reload: lines until then go to the
 * old files, later ones to the new.  program is the syslog ident unless
 * syslog_name says otherwise; debug lets LOG_DEBUG rows through.  Before it
 * lines go to stderr alone.  It starts threads, so a program that forks opens
 * the log after that.  On -1 the old sinks stay. */
int	log_open(const char *program, const struct conf *, bool debug,
	    struct err *);
/* log_open_plain - to syslog, while there is no configuration. */
void	log_open_plain(const char *program);
/* log_check - whether log_open() would know the facility. */
int	log_check(const struct conf *, struct err *);
/* log_look - what log_open() would find wrong with the files, as who we are
 * now; with moved, when they have been moved away.  Nothing is made. */
int	log_look(const struct conf *, bool moved, struct err *);
/* log_streams - from now on a file may be /dev/stdout or /dev/stderr. */
void	log_streams(void);
/* log_flush - before _exit(2): wait for what is not written, two seconds at
 * most.  log_flush_for - so long at most. */
void	log_flush(void);
void	log_flush_for(int ms);
/* log_lost - how many lines more are missing in a log than when it was asked
 * the last time; for a counter. */
uint64_t log_lost(void);
bool	log_is_open(void);
/* log_debugs - whether rows of level LOG_DEBUG are written: ask before their
 * arguments are put together. */
bool	log_debugs(void);
void	log_to_stderr(bool);		/* as well (-f on a terminal) */

#define log_event(name, ...) \
    log_write(LOG_##name, log_format_##name, ##__VA_ARGS__)
void	log_write(enum log_event, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* log_name - what formats call NAME: intake_name.  Borrowed, never freed. */
const char *log_name(void);

/* The catalogue, for man pages and tests. */
enum {
	LOG_PLAIN = 0,
	LOG_TDC = 1,			/* AsyncOS has the prefix here */
	LOG_LIMITED = 2			/* one in ten seconds for a reason */
};
struct log_row {
	const char	*name;
	int		 level;		/* LOG_INFO ... */
	unsigned	 flags;
	const char	*format;
	const char	*fields;	/* names of its arguments */
	const char	*meaning;
};
extern const struct log_row log_rows[LOG_EVENTS];

#endif
