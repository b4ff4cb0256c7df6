/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_queue.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/libc.h"
#include "base/mem.h"
#include "base/thread.h"

/* How long the thread waits before it tries again; and how long it lets lines
 * gather, so that waking it does not cost more than writing them. */
enum { AGAIN_MS = 500, GATHER_MS = 2 };

static _Atomic uint64_t lost_ever;

/* ---- writing ---- */

/* turn - all before it is out; the lock is held, but not while the old place
 * is closed, which may wait as writing does */
static void
turn(struct log_queue *queue)
{
	struct log_place old = queue->place;

	queue->place = queue->turns[0].place;
	queue->turn_count--;
	memmove(queue->turns, queue->turns + 1,
	    queue->turn_count * sizeof(*queue->turns));
	pthread_mutex_unlock(&queue->lock);
	log_place_close(&old);
	pthread_mutex_lock(&queue->lock);
}

/* look - at what is for the present place; it stays where it is */
static void
look(const struct log_queue *queue, struct iovec parts[2])
{
	uint64_t end = queue->turn_count > 0 ? queue->turns[0].at : queue->in;
	size_t n = (size_t)(end - queue->out);
	size_t from = (size_t)((queue->out - queue->origin) % LOG_QUEUE_SIZE);
	size_t first = n < LOG_QUEUE_SIZE - from ? n : LOG_QUEUE_SIZE - from;

	parts[0] = (struct iovec){ queue->ring + from, first };
	parts[1] = (struct iovec){ queue->ring, n - first };
}

static void
lose(struct log_queue *queue, uint64_t n)
{
	queue->lost += n;
	if (!queue->aside)
		lost_ever += n;
}

/* write_some - returns false when it has to wait; the lock is held, but not
 * meanwhile */
static bool
write_some(struct log_queue *queue)
{
	struct iovec parts[2];
	uint64_t lost;
	size_t n;

	look(queue, parts);
	pthread_mutex_unlock(&queue->lock);
	n = log_place_write(&queue->place, parts, &lost);
	pthread_mutex_lock(&queue->lock);
	queue->down = queue->place.down;
	if (n == 0)
		return false;
	queue->failed = lost > 0;
	lose(queue, lost);
	queue->out += n;
	if (queue->out == queue->in)
		queue->origin = queue->in;	/* the same memory again */
	return true;
}

/* confess - how many lines are missing; the lock is held, but not meanwhile */
static void
confess(struct log_queue *queue)
{
	uint64_t n = queue->lost;

	queue->lost = 0;
	pthread_mutex_unlock(&queue->lock);
	queue->tell(queue, n);
	pthread_mutex_lock(&queue->lock);
}

/* drain - write all there is; false when the rest has to wait.  The lock is
 * held, but not while something is written. */
static bool
drain(struct log_queue *queue)
{
	for (;;) {
		if (queue->turn_count > 0 &&
		    queue->turns[0].at == queue->out)
			turn(queue);
		else if (queue->out != queue->in) {
			if (!write_some(queue))
				return false;
		} else if (queue->lost > 0 && !queue->failed)
			confess(queue);
		else
			return true;
	}
}

/* gather - let a few lines come, if any do; the lock is held, but not
 * meanwhile.  Returns whether there is something to write. */
static bool
gather(struct log_queue *queue)
{
	pthread_mutex_unlock(&queue->lock);
	usleep(GATHER_MS * 1000);
	pthread_mutex_lock(&queue->lock);
	return queue->out != queue->in || queue->turn_count > 0 ||
	    (queue->lost > 0 && !queue->failed);
}

/* write_on - the thread's life */
static void *
write_on(void *arg)
{
	struct log_queue *queue = arg;

	pthread_mutex_lock(&queue->lock);
	for (;;) {
		bool done;

		queue->writing = true;
		done = drain(queue);
		pthread_cond_broadcast(&queue->news);
		if (!done) {
			pthread_mutex_unlock(&queue->lock);
			log_place_wait(&queue->place, AGAIN_MS);
			pthread_mutex_lock(&queue->lock);
		} else if (!gather(queue)) {
			queue->writing = false;
			pthread_cond_broadcast(&queue->news);
			pthread_cond_wait(&queue->work, &queue->lock);
		}
	}
	return NULL;
}

/* see_to_it - that somebody writes; the lock is held, but not meanwhile */
static void
see_to_it(struct log_queue *queue)
{
	if (queue->writing)
		return;
	if (queue->threaded) {
		pthread_cond_signal(&queue->work);
		return;
	}
	queue->writing = true;
	(void)drain(queue);
	queue->writing = false;
}

/* ---- all others ---- */

/* log_queue_turn - what is put from now on goes there */
int
log_queue_turn(struct log_queue *queue, struct log_place *place)
{
	struct log_place unused = LOG_PLACE_NONE;
	struct log_turn *at;
	int result = 0;

	pthread_mutex_lock(&queue->lock);
	if (queue->ring == NULL)
		queue->ring = mem_new(LOG_QUEUE_SIZE);
	if (!queue->threaded) {
		result = thread_start(NULL, 0, write_on, queue);
		queue->threaded = result == 0;
	}
	if (queue->turn_count == LOG_QUEUE_TURNS) {
		at = &queue->turns[LOG_QUEUE_TURNS - 1];
		unused = at->place;
	} else {
		at = &queue->turns[queue->turn_count++];
		at->at = queue->in;
	}
	at->place = *place;
	*place = LOG_PLACE_NONE;
	see_to_it(queue);
	pthread_mutex_unlock(&queue->lock);
	log_place_close(&unused);
	return result;
}

/* keep - bytes for which there is room; the lock is held */
static void
keep(struct log_queue *queue, const struct iovec *part)
{
	size_t at = (size_t)((queue->in - queue->origin) % LOG_QUEUE_SIZE);
	size_t first = part->iov_len < LOG_QUEUE_SIZE - at ? part->iov_len :
	    LOG_QUEUE_SIZE - at;

	memcpy(queue->ring + at, part->iov_base, first);
	memcpy(queue->ring, (char *)part->iov_base + first,
	    part->iov_len - first);
	queue->in += part->iov_len;
}

/* log_queue_put - one record */
void
log_queue_put(struct log_queue *queue, const struct iovec *parts,
    size_t count)
{
	size_t need = 0;

	for (size_t i = 0; i < count; i++)
		need += parts[i].iov_len;
	pthread_mutex_lock(&queue->lock);
	if (need > LOG_QUEUE_SIZE - (queue->in - queue->out))
		lose(queue, 1);
	else
		for (size_t i = 0; i < count; i++)
			keep(queue, &parts[i]);
	see_to_it(queue);
	pthread_mutex_unlock(&queue->lock);
}

/* log_queue_flush - wait for the thread, for a while */
void
log_queue_flush(struct log_queue *queue, int64_t until)
{
	const struct timespec late = clock_timespec(until);

	pthread_mutex_lock(&queue->lock);
	see_to_it(queue);
	while (queue->threaded && !queue->down && (queue->writing ||
	    queue->out != queue->in || queue->turn_count > 0))
		if (pthread_cond_clockwait(&queue->news, &queue->lock,
		    CLOCK_MONOTONIC, &late) != 0)
			break;
	pthread_mutex_unlock(&queue->lock);
}

/* log_queue_lost - records, of all queues */
uint64_t
log_queue_lost(void)
{
	return lost_ever;
}
