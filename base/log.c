/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"

enum { LINE = 2048, HEAD = 192, REPEAT_MS = 10000 };

const struct log_row log_rows[LOG_EVENTS] = {
#define EVENT(name, level, tdc, format, meaning) \
    [LOG_##name] = { #name, level, tdc, format, meaning },
#include "base/log_events.h"
#undef EVENT
};

/* Held to read while a line is written, to write while the sinks change. */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct {
	char	ident[64];
	char	host[64];
	int	maillog;	/* -1: syslog */
	int	mail_logs;	/* -1: none */
	int	pid;
	unsigned opened;	/* how often */
	bool	open;
	bool	debug;
	bool	on_stderr;
} sink = { .ident = "tdc", .maillog = -1, .mail_logs = -1 };

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

/* open_file - append to a file that the later user may reopen */
static int
open_file(const struct conf *conf, const char *option, const char *path,
    int *out, struct err *err)
{
	const struct passwd *user;
	int fd;

	*out = -1;
	if (*path == '\0')
		return 0;
	/* Root follows no link in a directory that may be the user's. */
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
	    (geteuid() == 0 ? O_NOFOLLOW : 0), 0640);
	if (fd == -1) {
		err_sys(err, "open %s", path);
		return err_wrap(err, "%s: %s", conf_where(conf, option), option);
	}
	if (geteuid() == 0 && *conf->user != '\0' &&
	    (user = getpwnam(conf->user)) != NULL) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size == 0 && st.st_nlink == 1 && fchown(fd, user->pw_uid,
		    user->pw_gid) == -1) {
			close(fd);
			return err_sys(err, "chown %s", path);
		}
	}
	*out = fd;
	return 0;
}

/* replace - put a new descriptor in the place of an old one */
static void
replace(int *place, int fd)
{
	if (*place != -1)
		close(*place);
	*place = fd;
}

/* log_open - start, or start anew after a reload */
int
log_open(const char *program, const struct conf *conf, bool debug,
    struct err *err)
{
	own(fd) int maillog = -1;
	own(fd) int mail_logs = -1;
	int facility = LOG_MAIL;

	if (facility_code(conf, &facility, err) == -1 ||
	    open_file(conf, "maillog_file", conf->maillog_file, &maillog,
	    err) == -1 ||
	    open_file(conf, "mail_logs_file", conf->mail_logs_file, &mail_logs,
	    err) == -1)
		return -1;
	pthread_rwlock_wrlock(&lock);
	if (sink.open)
		closelog();
	snprintf(sink.ident, sizeof(sink.ident), "%s",
	    *conf->syslog_name != '\0' ? conf->syslog_name : program);
	if (gethostname(sink.host, sizeof(sink.host)) == -1)
		strcpy(sink.host, "localhost");
	sink.host[sizeof(sink.host) - 1] = '\0';
	sink.host[strcspn(sink.host, ".")] = '\0';
	openlog(sink.ident, LOG_PID | LOG_NDELAY, facility);
	replace(&sink.maillog, fd_give(&maillog));
	replace(&sink.mail_logs, fd_give(&mail_logs));
	if (strcmp(intake_name, conf->intake_name) != 0)
		intake_name = arena_text(&names, conf->intake_name);
	sink.debug = debug;
	sink.pid = (int)getpid();	/* who forks opens the log after it */
	sink.opened++;
	sink.open = true;
	pthread_rwlock_unlock(&lock);
	return 0;
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
	char	 maillog[HEAD];
	char	 date[HEAD / 2];
} front;

/* Those that it holds back; borrowed, NULL: none. */
static _Thread_local struct log_held *held;

static void
set_front(time_t second)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "SunMonTueWedThuFriSat";
	struct tm tm;

	if (front.second == second && front.opened == sink.opened)
		return;
	localtime_r(&second, &tm);
	snprintf(front.maillog, HEAD, "%.3s %2d %02d:%02d:%02d %s %s[%d]: TDC: ",
	    months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, sink.host, sink.ident, sink.pid);
	snprintf(front.date, sizeof(front.date),
	    "%.3s %.3s %2d %02d:%02d:%02d %d ", days + 3 * tm.tm_wday,
	    months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, tm.tm_year + 1900);
	front.second = second;
	front.opened = sink.opened;
}

/* put - a line, by one write unless it is held; there is nobody to tell when
 * that fails */
static void
put(int fd, struct buf *later, const char *head, const char *text)
{
	const struct iovec line[] = {
		{ (void *)head, strlen(head) },
		{ (void *)text, strlen(text) },
		{ (void *)"\n", 1 },
	};
	ssize_t ignored;

	if (later != NULL) {
		buf_texts(later, head, text, "\n");
		return;
	}
	ignored = writev(fd, line, sizeof(line) / sizeof(*line));
	(void)ignored;
}

static const char *
level_name(int level)
{
	return level <= LOG_CRIT ? "Critical: " :
	    level <= LOG_WARNING ? "Warning: " :
	    level <= LOG_INFO ? "Info: " : "Debug: ";
}

/* emit - one line to all sinks; the lock is held */
static void
emit(const struct log_row *row, const char *text)
{
	set_front((time_t)(clock_wall() / 1000));
	if (sink.mail_logs != -1) {
		char head[HEAD];

		stpcpy(stpcpy(stpcpy(head, front.date),
		    level_name(row->level)), row->tdc ? "TDC: " : "");
		put(sink.mail_logs, held != NULL ? &held->mail_logs : NULL,
		    head, text);
	}
	if (sink.maillog != -1)
		put(sink.maillog, held != NULL ? &held->maillog : NULL,
		    front.maillog, text);
	else if (sink.open)
		syslog(row->level, "TDC: %s", text);
	if (sink.on_stderr || !sink.open)
		put(STDERR_FILENO, NULL, "TDC: ", text);
}

/* log_write - one line to all sinks; see log_event() */
void
log_write(enum log_event event, const char *format, ...)
{
	const struct log_row *row = &log_rows[event];
	char text[LINE];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n >= (int)sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	pthread_rwlock_rdlock(&lock);
	if (row->level < LOG_DEBUG || sink.debug)
		emit(row, text);
	pthread_rwlock_unlock(&lock);
}

/* log_hold - this thread's lines for files are kept */
void
log_hold(struct log_held *lines)
{
	*lines = (struct log_held){ .maillog = BUF, .mail_logs = BUF };
	held = lines;
}

static void
put_held(int fd, struct buf *lines)
{
	if (lines->len > 0 && fd != -1) {
		ssize_t ignored = write(fd, lines->data, lines->len);

		(void)ignored;
	}
	buf_drop(lines);
}

/* log_release - and written now */
void
log_release(void)
{
	pthread_rwlock_rdlock(&lock);
	put_held(sink.mail_logs, &held->mail_logs);
	put_held(sink.maillog, &held->maillog);
	pthread_rwlock_unlock(&lock);
	held = NULL;
}

/* log_repeat - whether a line of this kind may be written now */
bool
log_repeat(struct log_limit *limit, unsigned *out_left_out)
{
	long long now = clock_now();
	long long last = limit->last;

	if ((last != 0 && now - last < REPEAT_MS) ||
	    !atomic_compare_exchange_strong(&limit->last, &last, now)) {
		limit->left_out++;
		return false;
	}
	*out_left_out = atomic_exchange(&limit->left_out, 0);
	return true;
}

/* log_more - how many lines were left out, for a line's end */
const char *
log_more(struct log_text *out, unsigned left_out)
{
	*out->s = '\0';
	if (left_out > 0)
		snprintf(out->s, sizeof(out->s), " (and %u more like this)",
		    left_out);
	return out->s;
}
