/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/history.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"
#include "history/importer.h"
#include "history/pending.h"
#include "history/store.h"

/* As much in one turn means that there is more to do than to sort rows; but
 * not for ever. */
enum { BUSY = 128 << 10, BACKLOG = 256 << 20 };

/* How often what failed is tried again; how long an end may take. */
enum { AGAIN_MS = 1000, END_S = 2 };

struct history {
	pthread_t	 thread;
	char		*path;
	struct history_hooks hooks;

	pthread_mutex_t	 lock;		/* of what follows */
	pthread_cond_t	 wake;
	struct buf	 rows;
	uint64_t	 lost;
	bool		 ending;

	/* the thread's */
	struct pending	 pending;
	struct importer	 importer;
	struct buf	 writing;
	int64_t		 next_try;	/* of the pending file, after an error */
	bool		 in_trouble;	/* it was told */
};

static void
tell(struct history *history, const char *text)
{
	history->hooks.tell(history->hooks.arg, text);
}

/* trouble - tell it when it begins */
static void
trouble(struct history *history, const struct err *err)
{
	if (!history->in_trouble)
		tell(history, err->text);
	history->in_trouble = true;
	history->next_try = clock_now() + AGAIN_MS;
}

/* write_down - what was taken from the others, into the file */
static bool
write_down(struct history *history)
{
	struct err err;

	if (clock_now() < history->next_try)
		return false;
	if ((history->pending.fd == -1 && pending_open(history->path,
	    &history->pending, &err) == -1) ||
	    (history->writing.len > 0 && pending_append(&history->pending,
	    history->writing.data, history->writing.len, &err) == -1)) {
		trouble(history, &err);
		return false;
	}
	history->in_trouble = false;
	buf_cut(&history->writing, 0);
	return true;
}

/* take - the rows that the others have put; true: they are many */
static bool
take(struct history *history)
{
	bool many;

	pthread_mutex_lock(&history->lock);
	many = history->rows.len > BUSY;
	if (history->writing.len == 0) {
		struct buf empty = history->writing;

		history->writing = history->rows;
		history->rows = empty;
	}
	pthread_mutex_unlock(&history->lock);
	return many;
}

/* turn - one round of the thread's work */
static void
turn(struct history *history)
{
	bool many = take(history);
	struct err err;

	if (!write_down(history))
		return;
	if (many && history->pending.size < BACKLOG)
		return;
	if (importer_turn(&history->importer, &history->pending, &err) == -1)
		tell(history, err.text);
}

/* rest - until it is time, or over; true: it is over */
static bool
rest(struct history *history)
{
	const struct timespec until =
	    clock_timespec(clock_now() + HISTORY_WRITE_MS);
	bool over;

	pthread_mutex_lock(&history->lock);
	if (!history->ending)
		(void)pthread_cond_timedwait(&history->wake, &history->lock,
		    &until);
	over = history->ending;
	pthread_mutex_unlock(&history->lock);
	return over;
}

static void *
live(void *arg)
{
	struct history *history = arg;

	while (!rest(history))
		turn(history);
	/* What cannot be written now is lost; what is not sorted is for the
	 * next start. */
	history->next_try = 0;
	turn(history);
	history->next_try = 0;
	turn(history);
	return NULL;
}

/* history_open - and begin its thread */
int
history_open(const char *path, int64_t lifetime,
    const struct history_hooks *hooks, struct history **out, struct err *err)
{
	struct history *history = mem_new(sizeof(*history));

	history->path = mem_text(path);
	history->hooks = *hooks;
	history->rows = history->writing = (struct buf)BUF;
	history->pending = (struct pending)PENDING;
	pthread_mutex_init(&history->lock, NULL);
	clock_cond_init(&history->wake);
	importer_init(&history->importer, history->path, lifetime);
	errno = thread_start(&history->thread, 0, live, history);
	if (errno == 0) {
		*out = history;
		return 0;
	}
	err_sys(err, "history: no thread");
	free(history->path);
	free(history);
	return -1;
}

/* history_put - one row */
void
history_put(struct history *history, const char *envelope,
    const struct history_fate *fate)
{
	own(buf) struct buf line = BUF;

	row_format(envelope, fate, &line);
	pthread_mutex_lock(&history->lock);
	if (history->rows.len + line.len > HISTORY_MEMORY)
		history->lost++;
	else
		buf_bytes(&history->rows, line.data, line.len);
	pthread_mutex_unlock(&history->lock);
}

/* history_lost - since it was asked the last time */
uint64_t
history_lost(struct history *history)
{
	uint64_t lost;

	pthread_mutex_lock(&history->lock);
	lost = history->lost;
	history->lost = 0;
	pthread_mutex_unlock(&history->lock);
	return lost;
}

/* history_version - as the library calls itself */
const char *
history_version(void)
{
	return store_version();
}

/* history_close - when nobody puts rows any more */
struct history *
history_close(struct history *history)
{
	struct timespec late;

	if (history == NULL)
		return NULL;
	pthread_mutex_lock(&history->lock);
	history->ending = true;
	pthread_cond_signal(&history->wake);
	pthread_mutex_unlock(&history->lock);
	clock_gettime(CLOCK_REALTIME, &late);
	late.tv_sec += END_S;
	if (pthread_timedjoin_np(history->thread, NULL, &late) != 0)
		return NULL;		/* it stands at the disk */
	importer_drop(&history->importer);
	pending_close(&history->pending);
	buf_drop(&history->rows);
	buf_drop(&history->writing);
	free(history->path);
	free(history);
	return NULL;
}
