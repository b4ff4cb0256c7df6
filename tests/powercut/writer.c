/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/writer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/draft.h"
#include "journal/spool/spool_counters.h"
#include "milter/scan.h"
#include "tests/lib/ticks.h"
#include "tests/powercut/content.h"
#include "tests/powercut/fates.h"

#define KEEP	10		/* copies of a thread that are left alone */

static const struct writer *job;
static struct spool *spool;
static struct counters *counters;
static atomic_uint_fast64_t taken;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool failed;
static struct err failure;

/* say - what fates.h reads */
static void
say(FILE *to, uint64_t a, uint64_t b, uint64_t c)
{
	pthread_mutex_lock(&lock);
	fprintf(to, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", a, b, c);
	pthread_mutex_unlock(&lock);
}

static void
fail(const struct err *err)
{
	pthread_mutex_lock(&lock);
	failed = true;
	failure = *err;
	pthread_mutex_unlock(&lock);
}

/* size_of - mostly small, some of several pieces */
static size_t
size_of(uint64_t number)
{
	return number % 20 == 0 ? 150000 : 500 + number % 7 * 900;
}

/* commit - one copy; its MID, or 0 */
static uint64_t
commit(uint64_t number)
{
	static const char *recipients[] = { "user@corp.example" };
	struct draft *draft = draft_new(spool);
	own(buf) struct buf text = BUF;
	size_t size = size_of(number);
	struct envelope envelope = {
		.intake = "journal@intake.example",
		.sender = "sender@client.example",
		.recipients = recipients, .recipient_count = 1,
		.queue_id = "WRITER", .message_id = "<writer@client.example>",
		.client_addr = "192.0.2.1", .client_name = "client.example",
		.helo = "client.example", .protocol = "ESMTP",
		.gateway = "gateway.example", .policy = "writer",
		.accepted = clock_wall(), .booted = clock_boot(),
		.mid = counters_next_mid(counters),
	};
	struct scan scan = { 0 };
	struct err err;

	envelope.header_length = content_add(&text, number, size);
	envelope.length = text.len;
	scan_bytes(&scan, text.data, text.len);
	envelope.longest_line = scan_longest(&scan);
	counter_add(counters, COUNT_ENQUEUED, 1);
	if (draft_write(draft, text.data, text.len, &err) == -1 ||
	    draft_commit(draft, &envelope, &err) == -1) {
		fail(&err);
		draft_free(draft);
		return 0;
	}
	say(job->promises, number, ticks_now(job->ticks), size);
	say(job->deliveries, number, envelope.mid, NEVER);
	draft_free(draft);
	return envelope.mid;
}

/* take_away - tried in vain now and then, and delivered */
static void
take_away(uint64_t number, uint64_t mid)
{
	struct err err = { .text = "a copy has gone" };
	struct spool_entry entry;
	enum spool_place place;

	if (spool_find(spool, mid, &place, &entry, &err) != 1 ||
	    (number % 3 == 0 &&
	    spool_failed_attempt(spool, &entry, &err) != 1)) {
		fail(&err);
		return;
	}
	say(job->deliveries, number, mid, ticks_now(job->ticks));
	if (spool_remove(spool, SPOOL_READY, &entry, &err) != 1)
		fail(&err);
	else
		counter_add(counters, COUNT_DELIVERED, 1);
}

/* write_share - each fourth copy goes at once, so that at many a moment the
 * highest MID that was given is not in the spool any more; the others later */
static void *
write_share(void *unused)
{
	uint64_t numbers[KEEP] = { 0 }, mids[KEEP] = { 0 }, n, mid;
	size_t slot = 0;

	while ((n = atomic_fetch_add(&taken, 1)) < job->count && !failed) {
		uint64_t number = job->first + n;

		if ((mid = commit(number)) == 0)
			break;
		if (n % 4 == 3) {
			take_away(number, mid);
			continue;
		}
		if (mids[slot] != 0)
			take_away(numbers[slot], mids[slot]);
		numbers[slot] = number;
		mids[slot] = mid;
		slot = (slot + 1) % KEEP;
	}
	return unused;
}

/* writer_run - all of them; what is left is somebody else's */
int
writer_run(const struct writer *writer, struct err *err)
{
	struct spool_options options = { writer->spool, .sync = true };
	pthread_t *threads = mem_new(writer->threads * sizeof(*threads));
	unsigned started = 0;

	job = writer;
	if (spool_open(&options, &spool, err) == -1)
		return -1;
	counters = spool_counters(spool);
	while (started < writer->threads && pthread_create(&threads[started],
	    NULL, write_share, NULL) == 0)
		started++;
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	counters_close(counters);
	spool_close(spool);
	if (started < writer->threads)
		return err_set(err, ERR_LATER, "no thread");
	if (failed)
		*err = failure;
	return failed ? -1 : 0;
}
