/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log/log_files.h"
#include "base/log/log_limit.h"
#include "base/log/log_queue.h"
#include "base/mem.h"

enum { LINE = 2048, HEAD = 208, FLUSH_MS = 2000 };

const struct log_row log_rows[LOG_EVENTS] = {
#define EVENT(name, level, flags, format, meaning) \
    [LOG_##name] = { #name, level, flags, format, meaning },
#include "base/log/log_events.h"
#undef EVENT
};

enum where { MAILLOG, MAIL_LOGS, TERMINAL, WHERES };

static void tell_lost(struct log_queue *, uint64_t);
static struct log_queue queues[WHERES] = {
	[MAILLOG] = LOG_QUEUE(tell_lost),
	[MAIL_LOGS] = LOG_QUEUE(tell_lost),
	[TERMINAL] = LOG_QUEUE(tell_lost),
};

/* Held to read while a line is put together, to write while this changes. */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct {
	char	ident[64];
	char	host[64];
	enum log_kind kinds[WHERES];
	int	facility;
	int	pid;
	unsigned opened;	/* how often */
	bool	open;
	bool	on_stderr;
} sink = { .ident = "tdc" };
static _Atomic bool debugging;

/* Names that were in force once: lines being formatted may still use one. */
static struct arena names;
static const char *_Atomic intake_name = "Cisco Secure Email Threat Defense";

static const struct { const char *name; int code; } facilities[] = {
	{ "mail", LOG_MAIL }, { "daemon", LOG_DAEMON }, { "user", LOG_USER },
	{ "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 },
	{ "local2", LOG_LOCAL2 }, { "local3", LOG_LOCAL3 },
	{ "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
};

static int
facility_code(const struct conf *conf, int *out, struct err *err)
{
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++)
		if (strcmp(facilities[i].name, conf->syslog_facility) == 0) {
			*out = facilities[i].code;
			return 0;
		}
	return err_set(err, ERR_NEVER, "%s: syslog_facility: '%.60s' is none of "
	    "mail daemon user local0 ... local7",
	    conf_where(conf, "syslog_facility"), conf->syslog_facility);
}

/* log_check - as far as can be told without opening anything */
int
log_check(const struct conf *conf, struct err *err)
{
	int ignored;

	return facility_code(conf, &ignored, err);
}

/* open_places - those of the configuration, all or none of them */
static int
open_places(const struct conf *conf, struct log_place places[WHERES],
    struct err *err)
{
	places[MAILLOG] = LOG_PLACE_SYSLOG;
	places[MAIL_LOGS] = LOG_PLACE_NONE;
	places[TERMINAL] = LOG_PLACE_NONE;
	if (log_file_open(conf, "maillog_file", conf->maillog_file,
	    &places[MAILLOG], err) == 0 &&
	    log_file_open(conf, "mail_logs_file", conf->mail_logs_file,
	    &places[MAIL_LOGS], err) == 0 && (!sink.on_stderr ||
	    log_place_stream(STDERR_FILENO, &places[TERMINAL], err) == 0))
		return 0;
	for (int i = 0; i < WHERES; i++)
		log_place_close(&places[i]);
	return -1;
}

/* turn_to - the places; returns 0, or why a queue has no thread */
static int
turn_to(struct log_place places[WHERES])
{
	int result = 0;

	for (int i = 0; i < WHERES; i++) {
		enum log_kind before = sink.kinds[i];
		int failed;

		sink.kinds[i] = places[i].kind;
		if (before == LOG_TO_NONE && places[i].kind == LOG_TO_NONE)
			continue;
		failed = log_queue_turn(&queues[i], &places[i]);
		if (failed != 0)
			result = failed;
	}
	return result;
}

static void
name_us(const char *program, const struct conf *conf)
{
	snprintf(sink.ident, sizeof(sink.ident), "%s",
	    *conf->syslog_name != '\0' ? conf->syslog_name : program);
	if (gethostname(sink.host, sizeof(sink.host)) == -1)
		strcpy(sink.host, "localhost");
	sink.host[sizeof(sink.host) - 1] = '\0';
	sink.host[strcspn(sink.host, ".")] = '\0';
	sink.pid = (int)getpid();	/* after any fork */
	if (strcmp(intake_name, conf->intake_name) != 0)
		intake_name = arena_text(&names, conf->intake_name);
}

/* log_open - start, or start again after a reload */
int
log_open(const char *program, const struct conf *conf, bool debug,
    struct err *err)
{
	struct log_place places[WHERES];
	int facility, no_thread;
	bool first;

	if (facility_code(conf, &facility, err) == -1 ||
	    open_places(conf, places, err) == -1)
		return -1;
	pthread_rwlock_wrlock(&lock);
	name_us(program, conf);
	no_thread = turn_to(places);
	first = sink.opened++ == 0;
	sink.facility = facility;
	debugging = debug;
	sink.open = true;
	pthread_rwlock_unlock(&lock);
	if (first)
		(void)atexit(log_flush);
	if (no_thread != 0)
		log_event(log_alone, strerror(no_thread));
	return 0;
}

/* log_open_plain - as it is when nothing is set */
void
log_open_plain(const char *program)
{
	const struct conf usual = { .user = "", .log_user = "",
	    .syslog_facility = "mail", .syslog_name = "", .maillog_file = "", .mail_logs_file = "",
	    .intake_name = intake_name };
	struct err ignored;

	(void)log_open(program, &usual, false, &ignored);
}

/* log_flush - what waits, unless it takes too long */
void
log_flush(void)
{
	int64_t until = clock_now() + FLUSH_MS;

	if (sink.pid != (int)getpid())
		return;
	for (int i = 0; i < WHERES; i++)
		log_queue_flush(&queues[i], until);
}

/* log_lost - lines, since the last time that somebody asked */
uint64_t
log_lost(void)
{
	static _Atomic uint64_t told;
	uint64_t all = log_queue_lost();

	return all - atomic_exchange(&told, all);
}

/* log_is_open - whether lines reach more than stderr */
bool
log_is_open(void)
{
	bool open;

	pthread_rwlock_rdlock(&lock);
	open = sink.open;
	pthread_rwlock_unlock(&lock);
	return open;
}

/* log_to_stderr - as well */
void
log_to_stderr(bool yes)
{
	pthread_rwlock_wrlock(&lock);
	sink.on_stderr = yes;
	pthread_rwlock_unlock(&lock);
}

/* log_name - what formats call NAME */
const char *
log_name(void)
{
	return intake_name;
}

/* ---- lines ---- */

/* What stands in front of this thread's lines, put together once in a second,
 * by hand: strftime would follow a locale. */
static _Thread_local struct {
	time_t	 second;
	unsigned opened;	/* by which log_open() */
	char	 maillog[HEAD - 16];
	char	 date[HEAD / 2];
} front;

static void
set_front(time_t second)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "SunMonTueWedThuFriSat";
	bool syslog = sink.kinds[MAILLOG] == LOG_TO_SYSLOG;
	struct tm tm;

	if (front.second == second && front.opened == sink.opened)
		return;
	localtime_r(&second, &tm);
	/* As syslog(3) gives it to the log daemon, which adds the host. */
	snprintf(front.maillog, sizeof(front.maillog), "%.3s %2d %02d:%02d:%02d %s%s%s[%d]: "
	    "TDC: ", months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, syslog ? "" : sink.host, syslog ? "" : " ", sink.ident,
	    sink.pid);
	snprintf(front.date, sizeof(front.date),
	    "%.3s %.3s %2d %02d:%02d:%02d %d ", days + 3 * tm.tm_wday,
	    months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, tm.tm_year + 1900);
	front.second = second;
	front.opened = sink.opened;
}

static const char *
level_name(int level)
{
	return level <= LOG_CRIT ? "Critical: " :
	    level <= LOG_WARNING ? "Warning: " :
	    level <= LOG_INFO ? "Info: " : "Debug: ";
}

/* head_for - what stands before a line there; borrowed */
static const char *
head_for(enum where where, const struct log_row *row, char head[HEAD])
{
	switch (where) {
	case MAILLOG:
		if (sink.kinds[MAILLOG] != LOG_TO_SYSLOG)
			return front.maillog;
		snprintf(head, HEAD, "<%d>%s", sink.facility | row->level,
		    front.maillog);
		return head;
	case MAIL_LOGS:
		stpcpy(stpcpy(stpcpy(head, front.date),
		    level_name(row->level)), (row->flags & LOG_TDC) != 0 ? "TDC: " : "");
		return head;
	default:
		return "TDC: ";
	}
}

/* put - one line, to one place; the lock is held */
static void
put(enum where where, const struct log_row *row, const char *text)
{
	char end = sink.kinds[where] == LOG_TO_SYSLOG ? '\0' : '\n';
	char space[HEAD];
	const char *head = head_for(where, row, space);
	const struct iovec line[] = {
		{ (void *)head, strlen(head) },
		{ (void *)text, strlen(text) },
		{ &end, 1 },
	};

	log_queue_put(&queues[where], line, sizeof(line) / sizeof(*line));
}

/* emit - one line to all places; the lock is held */
static void
emit(const struct log_row *row, const char *text)
{
	set_front((time_t)(clock_wall() / 1000));
	for (int i = 0; i < WHERES; i++)
		if (sink.kinds[i] != LOG_TO_NONE &&
		    (i != TERMINAL || sink.on_stderr))
			put((enum where)i, row, text);
	if (!sink.open)
		fprintf(stderr, "TDC: %s\n", text);
}

/* format_line - cut to LINE bytes, and one line for sure */
static void
format_line(char text[LINE], const char *format, va_list args)
{
	if (vsnprintf(text, LINE, format, args) >= LINE)
		memcpy(text + LINE - 4, "...", 4);
	for (char *at = text; (at = strpbrk(at, "\r\n")) != NULL; )
		*at = ' ';
}

/* log_debugs - whether lines of level debug are wanted */
bool
log_debugs(void)
{
	return debugging;
}

/* log_write - one line to all places; see log_event() */
void
log_write(enum log_event event, const char *format, ...)
{
	static struct log_limit limits[LOG_EVENTS];
	const struct log_row *row = &log_rows[event];
	char text[LINE];
	va_list args;

	if (row->level >= LOG_DEBUG && !debugging)
		return;
	va_start(args, format);
	format_line(text, format, args);
	va_end(args);
	if ((row->flags & LOG_LIMITED) != 0 &&
	    !log_limit_pass(&limits[event], text, sizeof(text)))
		return;
	pthread_rwlock_rdlock(&lock);
	emit(row, text);
	pthread_rwlock_unlock(&lock);
}

/* tell_lost - where they are missing */
static void
tell_lost(struct log_queue *queue, uint64_t n)
{
	const struct log_row *row = &log_rows[LOG_log_lost];
	char text[LINE];

	snprintf(text, sizeof(text), log_format_log_lost,
	    (unsigned long long)n);
	pthread_rwlock_rdlock(&lock);
	set_front((time_t)(clock_wall() / 1000));
	put((enum where)(queue - queues), row, text);
	pthread_rwlock_unlock(&lock);
}
