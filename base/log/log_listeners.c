/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_listeners.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/json_put.h"
#include "base/log/log_json.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/thread.h"

/* How often is looked; how old the socket of a process that has ended must be,
 * since one that is just being made answers nobody either; and how long one that
 * has missed nothing is waited for. */
enum { LOOK_S = 1, DEAD_S = 3, PATIENCE_MS = 50 };

struct listener {
	char		 name[24];	/* "": nobody */
	int		 fd;
	uint64_t	 missed;
	bool		 seen;		/* in the directory, this time */
};

/* What is watched.  Looking may wait for a disk, with the lock of the listeners:
 * nobody but the thread that writes to them waits then. */
static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char		*dir;		/* NULL: nothing */
	char		 program[32];
	log_listeners_news *news;
	bool		 started;
} watch;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct listener listeners[LOG_LISTENERS];

/* ---- one listener; the lock is held ---- */

static void
drop(struct listener *listener)
{
	if (*listener->name != '\0')
		close(listener->fd);
	*listener = (struct listener){ .fd = -1 };
}

/* begin_line - of an event of our own */
static void
begin_line(struct buf *out, const char *level, const char *event)
{
	json_put_begin(out);
	json_put_time(out, "time", clock_wall());
	json_put_text(out, "level", level);
	json_put_text(out, "program", watch.program);
	json_put_text(out, "event", event);
}

/* add_missed - the line that tells of them */
static void
add_missed(const struct listener *listener, struct buf *out)
{
	begin_line(out, "warning", "missed");
	json_put_number(out, "count", listener->missed);
	json_put_text(out, "text", "events are missing here: they were not "
	    "read fast enough");
	json_put_end(out);
	buf_byte(out, '\n');
}

/* greet - the first line, which shows who is heard */
static void
greet(const struct listener *listener)
{
	own(buf) struct buf line = BUF;

	begin_line(&line, "info", "monitored");
	json_put_number(&line, "pid", (uint64_t)getpid());
	json_put_text(&line, "text", "events of this program follow");
	json_put_end(&line);
	buf_byte(&line, '\n');
	(void)send(listener->fd, line.data, line.len,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
}

static uint64_t
count_lines(const struct iovec *part)
{
	const char *at = part->iov_base, *end = at + part->iov_len;
	uint64_t n = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		n++;
		at++;
	}
	return n;
}

/* give - one datagram, with a little patience for one that has read all so far:
 * its socket holds ten, and a burst has more */
static bool
give(const struct listener *listener, const struct msghdr *message)
{
	enum { FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct pollfd room = { .fd = listener->fd, .events = POLLOUT };

	if (AGAIN(sendmsg(listener->fd, message, FLAGS)) >= 0)
		return true;
	return errno == EAGAIN && listener->missed == 0 &&
	    poll(&room, 1, PATIENCE_MS) == 1 &&
	    AGAIN(sendmsg(listener->fd, message, FLAGS)) >= 0;
}

/* tell - these lines, after that of those which it missed */
static void
tell(struct listener *listener, const struct iovec lines[2])
{
	own(buf) struct buf missed = BUF;
	struct iovec parts[3] = { [1] = lines[0], [2] = lines[1] };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 3 };

	if (listener->missed > 0)
		add_missed(listener, &missed);
	parts[0] = (struct iovec){ missed.data, missed.len };
	if (give(listener, &message))
		listener->missed = 0;
	else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
		listener->missed += count_lines(&lines[0]) +
		    count_lines(&lines[1]);
	else
		drop(listener);
}

/* ---- the directory ---- */

/* is_ours - nobody else can have put a socket there; at its start a program
 * looks as root, and the owner of the spool is who it will be */
static bool
is_ours(int fd)
{
	struct stat st, spool;

	return fstat(fd, &st) == 0 && (st.st_mode & 022) == 0 &&
	    fstatat(fd, "..", &spool, 0) == 0 &&
	    (st.st_uid == geteuid() || st.st_uid == 0 ||
	    st.st_uid == spool.st_uid);
}

/* reach - connect to a socket in that directory; -1: nobody is there */
static int
reach(int dir, const char *name)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un to = { AF_UNIX, "" };

	/* however long the way to the spool is */
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/%s", dir,
	    name);
	if (fd == -1 || connect(fd, (const struct sockaddr *)&to,
	    sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* bury - the socket of a process that has ended */
static void
bury(int dir, const char *name)
{
	struct stat st;

	if (errno == ECONNREFUSED &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISSOCK(st.st_mode) && st.st_mtime < time(NULL) - DEAD_S)
		(void)unlinkat(dir, name, 0);
}

/* find - by its name, or a place that is free; NULL: there is none */
static struct listener *
find(const char *name)
{
	struct listener *free_one = NULL;

	for (size_t i = 0; i < LOG_LISTENERS; i++)
		if (strcmp(listeners[i].name, name) == 0)
			return &listeners[i];
		else if (*listeners[i].name == '\0')
			free_one = &listeners[i];
	return free_one;
}

/* meet - what is called so in the directory */
static void
meet(int dir, const char *name)
{
	struct listener *listener;
	bool known;
	int fd;

	if (strlen(name) >= sizeof(listener->name) ||
	    name[strspn(name, "0123456789")] != '\0')
		return;
	listener = find(name);
	known = listener != NULL && *listener->name != '\0';
	fd = reach(dir, name);
	if (fd == -1) {			/* then it is not seen, either */
		bury(dir, name);
	} else if (known) {		/* or it has made its socket again */
		close(listener->fd);
		listener->fd = fd;
		listener->seen = true;
	} else if (listener == NULL) {
		close(fd);
	} else {
		*listener = (struct listener){ .fd = fd, .seen = true };
		strcpy(listener->name, name);
		greet(listener);
	}
}

/* look - who is there now; returns whether anybody is */
static bool
look(int dir)
{
	static const struct iovec nothing[2] = { { NULL, 0 }, { NULL, 0 } };
	DIR *entries = dir != -1 ? fdopendir(dir) : NULL;
	const struct dirent *entry;
	bool any = false;

	while (entries != NULL && (entry = readdir(entries)) != NULL)
		meet(dirfd(entries), entry->d_name);
	if (entries != NULL)
		closedir(entries);
	else if (dir != -1)
		close(dir);
	for (size_t i = 0; i < LOG_LISTENERS; i++) {
		struct listener *listener = &listeners[i];

		if (!listener->seen)
			drop(listener);
		else if (listener->missed > 0)
			tell(listener, nothing);
		listener->seen = false;
		any = any || *listener->name != '\0';
	}
	return any;
}

/* open_dir - -1: there is none */
static int
open_dir(const char *path)
{
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1 || is_ours(fd))
		return fd;
	close(fd);
	return -1;
}

/* look_around - and tell whether anybody listens */
static void
look_around(void)
{
	own(str) char *path = NULL;
	log_listeners_news *news;
	bool any;
	int dir;

	pthread_mutex_lock(&watch_lock);
	path = watch.dir != NULL ? mem_text(watch.dir) : NULL;
	news = watch.news;
	pthread_mutex_unlock(&watch_lock);
	dir = open_dir(path);
	pthread_mutex_lock(&lock);
	any = look(dir);
	pthread_mutex_unlock(&lock);
	if (dir != -1 && !any)
		(void)rmdir(path);	/* unless there is a young one */
	news(any);
}

static void *
look_on(void *unused)
{
	(void)unused;
	for (;;) {
		(void)sleep(LOOK_S);
		look_around();
	}
	return NULL;
}

/* ---- all others ---- */

/* log_listeners_watch - those of this spool */
void
log_listeners_watch(const char *spool, const char *program,
    log_listeners_news *news)
{
	bool first;

	pthread_mutex_lock(&watch_lock);
	free(watch.dir);
	watch.dir = *spool == '\0' ? NULL :
	    mem_format("%s/" LOG_LISTENERS_DIR, spool);
	first = !watch.started && watch.dir != NULL;
	if (!watch.started) {		/* and never again: others read it */
		snprintf(watch.program, sizeof(watch.program), "%s", program);
		watch.news = news;
	}
	watch.started = watch.started || first;
	pthread_mutex_unlock(&watch_lock);
	if (!first)
		return;
	look_around();
	(void)thread_start(NULL, 0, look_on, NULL);
}

/* whole - of these parts what fits into a datagram and ends with a line */
static size_t
whole(const struct iovec parts[2], struct iovec out[2])
{
	size_t room = LOG_JSON_MAX;
	const char *end;

	for (int i = 0; i < 2; i++) {
		out[i] = parts[i];
		if (out[i].iov_len > room)
			out[i].iov_len = room;
		room -= out[i].iov_len;
	}
	end = memrchr(out[1].iov_base, '\n', out[1].iov_len);
	if (end != NULL) {
		out[1].iov_len = (size_t)(end + 1 - (char *)out[1].iov_base);
		return out[0].iov_len + out[1].iov_len;
	}
	out[1].iov_len = 0;
	end = memrchr(out[0].iov_base, '\n', out[0].iov_len);
	if (end != NULL)
		out[0].iov_len = (size_t)(end + 1 - (char *)out[0].iov_base);
	return out[0].iov_len;
}

/* log_listeners_write - to all of them */
size_t
log_listeners_write(const struct iovec parts[2])
{
	struct iovec lines[2];
	size_t n = whole(parts, lines);

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < LOG_LISTENERS; i++)
		if (*listeners[i].name != '\0')
			tell(&listeners[i], lines);
	pthread_mutex_unlock(&lock);
	return n;
}

/* log_listeners_miss - all of them did */
void
log_listeners_miss(uint64_t n)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < LOG_LISTENERS; i++)
		if (*listeners[i].name != '\0')
			listeners[i].missed += n;
	pthread_mutex_unlock(&lock);
}
