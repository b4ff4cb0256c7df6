/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log/log_files.h"
#include "base/log/log_front.h"
#include "base/log/log_json.h"
#include "base/log/log_limit.h"
#include "base/log/log_listeners.h"
#include "base/log/log_queue.h"
#include "base/mem.h"

enum { LINE = 2048, HEAD = LOG_FRONT + 16, FLUSH_MS = 2000 };

const struct log_row log_rows[LOG_EVENTS] = {
#define EVENT(name, level, flags, format, fields, meaning) \
    [LOG_##name] = { #name, level, flags, format, fields, meaning },
#include "base/log/log_events.h"
#undef EVENT
};

/* Places that are configured, and the one that comes and goes. */
enum where { MAILLOG, MAIL_LOGS, TERMINAL, PLACES, MONITOR = PLACES, WHERES };

static void tell_lost(struct log_queue *, uint64_t);
static struct log_queue queues[WHERES] = {
	[MAILLOG] = LOG_QUEUE(tell_lost),
	[MAIL_LOGS] = LOG_QUEUE(tell_lost),
	[TERMINAL] = LOG_QUEUE(tell_lost),
	[MONITOR] = LOG_QUEUE_ASIDE(tell_lost),
};

/* Held to read while a line is put together, to write while this changes. */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct {
	char	program[32];
	struct log_us us;
	enum log_kind kinds[WHERES];
	int	facility;
	bool	open;
	bool	on_stderr;
	bool	json;		/* in mail_logs_file */
} sink = { .program = "tdc", .us.ident = "tdc" };
static _Atomic bool debugging;
static _Atomic bool wants_json;	/* anybody: asked before it is made */

/* Names that were in force once: lines being formatted may still use one. */
static struct arena names;
static const char *_Atomic intake_name = "Cisco Secure Email Threat Defense";

/* log_check - as far as can be told without opening anything */
int
log_check(const struct conf *conf, struct err *err)
{
	int ignored;

	return log_facility(conf, &ignored, err);
}

/* open_places - those of the configuration, all or none of them */
static int
open_places(const struct conf *conf, struct log_place places[PLACES],
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
	for (int i = 0; i < PLACES; i++)
		log_place_close(&places[i]);
	return -1;
}

/* turn_to - the places; returns 0, or why a queue has no thread */
static int
turn_to(struct log_place places[PLACES])
{
	int result = 0;

	for (int i = 0; i < PLACES; i++) {
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

/* decide_json - whether it is made for every line; the lock is held */
static void
decide_json(void)
{
	wants_json = sink.json || sink.kinds[MONITOR] != LOG_TO_NONE;
}

/* listened - somebody has begun to, or nobody does any more */
static void
listened(bool any)
{
	static _Atomic bool before;
	struct log_place place = LOG_PLACE_LISTENERS;

	if (before == any)
		return;
	before = any;
	pthread_rwlock_wrlock(&lock);
	sink.kinds[MONITOR] = any ? LOG_TO_LISTENERS : LOG_TO_NONE;
	if (queues[MONITOR].ring == NULL)
		(void)log_queue_turn(&queues[MONITOR], &place);
	decide_json();
	pthread_rwlock_unlock(&lock);
}

static void
name_us(const char *program, const struct conf *conf)
{
	snprintf(sink.program, sizeof(sink.program), "%s", program);
	snprintf(sink.us.ident, sizeof(sink.us.ident), "%s",
	    *conf->syslog_name != '\0' ? conf->syslog_name : program);
	if (gethostname(sink.us.host, sizeof(sink.us.host)) == -1)
		strcpy(sink.us.host, "localhost");
	sink.us.host[sizeof(sink.us.host) - 1] = '\0';
	sink.us.host[strcspn(sink.us.host, ".")] = '\0';
	sink.us.pid = (int)getpid();	/* after any fork */
	if (strcmp(intake_name, conf->intake_name) != 0)
		intake_name = arena_text(&names, conf->intake_name);
}

/* log_open - start, or start again after a reload */
int
log_open(const char *program, const struct conf *conf, bool debug,
    struct err *err)
{
	struct log_place places[PLACES];
	int facility, no_thread;
	bool first;

	if (log_facility(conf, &facility, err) == -1 ||
	    open_places(conf, places, err) == -1)
		return -1;
	pthread_rwlock_wrlock(&lock);
	name_us(program, conf);
	no_thread = turn_to(places);
	sink.us.syslog = sink.kinds[MAILLOG] == LOG_TO_SYSLOG;
	first = sink.us.opened++ == 0;
	sink.facility = facility;
	sink.json = conf->log_format == CONF_LOG_JSON;
	decide_json();
	debugging = debug;
	sink.open = true;
	pthread_rwlock_unlock(&lock);
	if (first)
		(void)atexit(log_flush);
	log_listeners_watch(conf->spool_directory, program, listened);
	if (no_thread != 0)
		log_event(log_alone, strerror(no_thread));
	return 0;
}

/* log_open_plain - as it is when nothing is set */
void
log_open_plain(const char *program)
{
	const struct conf usual = { .user = "", .log_user = "",
	    .syslog_facility = "mail", .syslog_name = "", .maillog_file = "",
	    .mail_logs_file = "", .spool_directory = "",
	    .intake_name = intake_name };
	struct err ignored;

	(void)log_open(program, &usual, false, &ignored);
}

/* log_flush - what waits, unless it takes too long */
void
log_flush(void)
{
	log_flush_for(FLUSH_MS);
}

/* log_flush_for - the same, where somebody waits */
void
log_flush_for(int ms)
{
	int64_t until = clock_now() + ms;

	if (sink.us.pid != (int)getpid())
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

static const char *
level_name(int level)
{
	return level <= LOG_CRIT ? "Critical: " :
	    level <= LOG_WARNING ? "Warning: " :
	    level <= LOG_INFO ? "Info: " : "Debug: ";
}

/* head_for - what stands before a line there; borrowed */
static const char *
head_for(enum where where, const struct log_line *line, char head[HEAD])
{
	const struct log_row *row = line->row;
	const struct log_front *front = log_front(&sink.us, line->wall);

	switch (where) {
	case MAILLOG:
		if (!sink.us.syslog)
			return front->maillog;
		snprintf(head, HEAD, "<%d>%s", sink.facility | row->level,
		    front->maillog);
		return head;
	case MAIL_LOGS:
		if (sink.json)
			return "";
		stpcpy(stpcpy(stpcpy(head, front->date), level_name(row->level)),
		    (row->flags & LOG_TDC) != 0 ? "TDC: " : "");
		return head;
	case MONITOR:
		return "";
	default:
		return "TDC: ";
	}
}

/* put - one line, to one place; the lock is held */
static void
put(enum where where, const struct log_line *line, const char *text)
{
	char end = sink.kinds[where] == LOG_TO_SYSLOG ? '\0' : '\n';
	char space[HEAD];
	const char *head = head_for(where, line, space);
	const struct iovec record[] = {
		{ (void *)head, strlen(head) },
		{ (void *)text, strlen(text) },
		{ &end, 1 },
	};

	log_queue_put(&queues[where], record,
	    sizeof(record) / sizeof(*record));
}

static bool
is_json(enum where where)
{
	return where == MONITOR || (where == MAIL_LOGS && sink.json);
}

/* emit - one line to all places; the lock is held */
static void
emit(const struct log_line *line, const struct buf *json)
{
	for (int i = 0; i < WHERES; i++) {
		if (sink.kinds[i] == LOG_TO_NONE ||
		    (i == TERMINAL && !sink.on_stderr))
			continue;
		put((enum where)i, line, is_json((enum where)i) ?
		    json->data : line->text);
	}
	if (!sink.open)
		fprintf(stderr, "TDC: %s\n", line->text);
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
	own(buf) struct buf json = BUF;
	char text[LINE];
	struct log_line line = { row, sink.program, clock_wall(), text };
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
	if (wants_json) {
		va_start(args, format);
		log_json(&line, args, &json);
		va_end(args);
	}
	emit(&line, &json);
	pthread_rwlock_unlock(&lock);
}

/* put_lost - log_lost, in the form that this place has */
static void
put_lost(enum where where, const char *text, ...)
{
	const struct log_row *row = &log_rows[LOG_log_lost];
	const struct log_line line = { row, sink.program, clock_wall(), text };
	own(buf) struct buf json = BUF;
	va_list args;

	va_start(args, text);
	log_json(&line, args, &json);
	va_end(args);
	put(where, &line, is_json(where) ? json.data : text);
}

/* tell_lost - where they are missing */
static void
tell_lost(struct log_queue *queue, uint64_t n)
{
	enum where where = (enum where)(queue - queues);
	char text[LINE];

	if (where == MONITOR) {
		log_listeners_miss(n);
		return;
	}
	snprintf(text, sizeof(text), log_format_log_lost,
	    (unsigned long long)n);
	pthread_rwlock_rdlock(&lock);
	put_lost(where, text, (unsigned long long)n);
	pthread_rwlock_unlock(&lock);
}
