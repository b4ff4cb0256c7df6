/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/arrivals.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"

enum { AGAIN_MIN = 2, AGAIN_MAX = 250 };	/* ms */
enum { STRIDE = 64 };		/* scanned names between looks at inotify */

struct busy {
	struct spool_entry entry;
	int64_t		 when;
	int64_t		 pause;		/* that went before */
};

struct arrivals {
	struct spool	*spool;
	int		 fd;		/* inotify; -1: there is none now */
	int		 ready, home;	/* its watches; home: the whole spool */
	int64_t		 next_try;	/* to get one */
	enum arrivals_news news;
	char		 why[ARRIVALS_WHY];
	bool		 asked;
	int64_t		 next_scan;
	/* the last scan, as far as it was not reported yet */
	struct spool_entry *scanned;
	size_t		 scanned_count, scanned_at;
	/* what inotify said, likewise */
	char		 events[8192] __attribute__((
			    aligned(__alignof__(struct inotify_event))));
	size_t		 events_size, events_at;
	unsigned	 skip;		/* looks that are not worth a call */
	/* names whose writer has not closed them */
	struct busy	*busy;
	size_t		 busy_count;
	struct busy	 again;		/* the last that was reported, if busy */
};

static int
watch(int fd, int dirfd, uint32_t events)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dirfd);
	return inotify_add_watch(fd, path, events | IN_ONLYDIR);
}

/* lost - with what can be done about it */
static void
lost(struct arrivals *arrivals, int error)
{
	const char *advice = error == EMFILE ? "; fs.inotify.max_user_instances"
	    " or the limit of descriptors is too low" : error == ENOSPC ?
	    "; fs.inotify.max_user_watches is too low" : "";

	arrivals->news = ARRIVALS_LOST;
	snprintf(arrivals->why, sizeof(arrivals->why), "%s%s",
	    strerror(error), advice);
}

/* start_watching - ready/, and the spool for wishes: both or neither */
static bool
start_watching(struct arrivals *arrivals)
{
	own(fd) int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd == -1)
		return false;
	arrivals->ready = watch(fd, spool_readyfd(arrivals->spool),
	    IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE);
	if (arrivals->ready == -1)
		return false;
	arrivals->home = watch(fd, spool_dirfd(arrivals->spool),
	    IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE);
	if (arrivals->home == -1)
		return false;
	arrivals->fd = fd_give(&fd);
	return true;
}

/* start - with inotify, or without for now; and scan at once */
static void
start(struct arrivals *arrivals)
{
	arrivals->next_scan = 0;
	if (!start_watching(arrivals))
		lost(arrivals, errno);
}

/* arrivals_open - watch ready/, and the spool for wishes */
struct arrivals *
arrivals_open(struct spool *spool)
{
	struct arrivals *arrivals = mem_new(sizeof(*arrivals));

	arrivals->spool = spool;
	arrivals->fd = -1;
	start(arrivals);
	return arrivals;
}

/* arrivals_anew - names that the old one reported will not be found */
void
arrivals_anew(struct arrivals *arrivals)
{
	if (arrivals->fd != -1)
		close(arrivals->fd);
	arrivals->fd = -1;
	start(arrivals);
}

/* try_again - after that all is read once: what came before is not reported */
static void
try_again(struct arrivals *arrivals, int64_t now)
{
	if (now < arrivals->next_try)
		return;
	arrivals->next_try = now + ARRIVALS_SCAN;
	if (!start_watching(arrivals))
		return;
	/* the loss has not been reported yet */
	arrivals->news = arrivals->news == ARRIVALS_LOST ? ARRIVALS_NO_NEWS :
	    ARRIVALS_BACK;
}

/* arrivals_close - forget what was not reported */
struct arrivals *
arrivals_close(struct arrivals *arrivals)
{
	if (arrivals == NULL)
		return NULL;
	if (arrivals->fd != -1)
		close(arrivals->fd);
	free(arrivals->scanned);
	free(arrivals->busy);
	free(arrivals);
	return NULL;
}

/* arrivals_fd - to wait on */
int
arrivals_fd(const struct arrivals *arrivals)
{
	return arrivals->fd;
}

/* ---- inotify ---- */

/* wake_busy - a file was closed: it may be one of these */
static void
wake_busy(struct arrivals *arrivals, int64_t now)
{
	for (size_t i = 0; i < arrivals->busy_count; i++)
		arrivals->busy[i].when = now;
}

/* more_events - whether there is one; while a scan is reported, not
 * asked for each time when there was none */
static bool
more_events(struct arrivals *arrivals)
{
	ssize_t n = -1;

	if (arrivals->events_at < arrivals->events_size)
		return true;
	if (arrivals->skip > 0 &&
	    arrivals->scanned_at < arrivals->scanned_count) {
		arrivals->skip--;
		return false;
	}
	if (arrivals->fd != -1)
		n = read(arrivals->fd, arrivals->events,
		    sizeof(arrivals->events));
	arrivals->events_at = 0;
	arrivals->events_size = n > 0 ? (size_t)n : 0;
	arrivals->skip = n > 0 ? 0 : STRIDE;
	return n > 0;
}

/* next_event - the next name that inotify reports, if it is a copy's */
static bool
next_event(struct arrivals *arrivals, int64_t now, struct spool_entry *out)
{
	while (more_events(arrivals)) {
		const struct inotify_event *event =
		    (const struct inotify_event *)(const void *)
		    (arrivals->events + arrivals->events_at);

		arrivals->events_at += sizeof(*event) + event->len;
		if (event->mask & IN_Q_OVERFLOW)
			arrivals->next_scan = now;
		if (event->wd == arrivals->home)
			arrivals->asked = true;
		else if (event->mask & IN_CLOSE_WRITE)
			wake_busy(arrivals, now);
		else if (event->len > 0 &&
		    spool_parse(SPOOL_READY, event->name, out))
			return true;
	}
	return false;
}

/* ---- those that are busy ---- */

static bool
next_busy(struct arrivals *arrivals, int64_t now, struct spool_entry *out)
{
	for (size_t i = 0; i < arrivals->busy_count; i++) {
		if (arrivals->busy[i].when > now)
			continue;
		arrivals->again = arrivals->busy[i];
		arrivals->busy[i] = arrivals->busy[--arrivals->busy_count];
		*out = arrivals->again.entry;
		return true;
	}
	return false;
}

/* arrivals_again - ask for it later */
void
arrivals_again(struct arrivals *arrivals, const struct spool_entry *entry,
    int64_t now)
{
	struct busy busy = { .entry = *entry, .pause = AGAIN_MIN };

	if (arrivals->again.entry.mid == entry->mid)
		busy.pause = 2 * arrivals->again.pause;
	if (busy.pause > AGAIN_MAX)
		busy.pause = AGAIN_MAX;
	busy.when = now + busy.pause;
	for (size_t i = 0; i < arrivals->busy_count; i++)
		if (arrivals->busy[i].entry.mid == entry->mid)
			return;
	arrivals->busy = mem_grow(arrivals->busy, arrivals->busy_count + 1,
	    sizeof(busy));
	arrivals->busy[arrivals->busy_count++] = busy;
}

/* ---- scans ---- */

/* arrivals_look - soon, but not at once: what failed would fail again */
void
arrivals_look(struct arrivals *arrivals, int64_t now)
{
	if (arrivals->next_scan > now + ARRIVALS_LOOK)
		arrivals->next_scan = now + ARRIVALS_LOOK;
}

static int
next_scanned(struct arrivals *arrivals, int64_t now, struct spool_entry *out,
    struct err *err)
{
	if (arrivals->scanned_at == arrivals->scanned_count) {
		free(arrivals->scanned);
		arrivals->scanned = NULL;
		arrivals->scanned_at = arrivals->scanned_count = 0;
		if (now < arrivals->next_scan)
			return 0;
		if (arrivals->fd == -1)
			try_again(arrivals, now);
		arrivals->next_scan = now + (arrivals->fd != -1 ?
		    ARRIVALS_SCAN : ARRIVALS_LOOK);
		arrivals->asked = true;
		if (spool_list(arrivals->spool, SPOOL_READY,
		    &arrivals->scanned, &arrivals->scanned_count,
		    err) == -1) {
			arrivals_look(arrivals, now);
			return -1;
		}
	}
	if (arrivals->scanned_at == arrivals->scanned_count)
		return 0;
	*out = arrivals->scanned[arrivals->scanned_at++];
	return 1;
}

/* arrivals_next - one more name */
int
arrivals_next(struct arrivals *arrivals, int64_t now, struct spool_entry *out,
    struct err *err)
{
	arrivals->again = (struct busy){ 0 };
	if (next_event(arrivals, now, out) || next_busy(arrivals, now, out))
		return 1;
	return next_scanned(arrivals, now, out, err);
}

/* arrivals_asked - look into the spool directory */
bool
arrivals_asked(struct arrivals *arrivals)
{
	bool asked = arrivals->asked;

	arrivals->asked = false;
	return asked;
}

/* arrivals_news - reported once */
enum arrivals_news
arrivals_news(struct arrivals *arrivals, char out[ARRIVALS_WHY])
{
	enum arrivals_news news = arrivals->news;

	strcpy(out, arrivals->why);
	arrivals->news = ARRIVALS_NO_NEWS;
	return news;
}

/* arrivals_when - when to ask again, if inotify does not say so before */
int64_t
arrivals_when(const struct arrivals *arrivals)
{
	bool unreported = arrivals->events_at < arrivals->events_size ||
	    arrivals->scanned_at < arrivals->scanned_count;
	int64_t when = unreported ? 0 : arrivals->next_scan;

	for (size_t i = 0; i < arrivals->busy_count; i++)
		if (arrivals->busy[i].when < when)
			when = arrivals->busy[i].when;
	return when;
}
