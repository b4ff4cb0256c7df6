/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/look.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/own.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_counters.h"
#include "tests/powercut/content.h"

static void __attribute__((format(printf, 2, 3)))
wrong(unsigned long *count, const char *format, ...)
{
	va_list args;

	++*count;
	fputs("wrong ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* message_of - whose copy it is; NULL: nobody sent that */
static struct fate *
message_of(const struct copy *copy, const struct fates *fates, struct err *err)
{
	size_t n = copy->envelope.length;
	size_t head = copy->envelope.header_length;
	own(buf) struct buf text = BUF;
	struct fate *fate;
	uint64_t number;

	err_set(err, ERR_NEVER, "no message that was sent");
	if (head > n || copy_read(copy, 0, buf_room(&text, n), n, err) == -1)
		return NULL;
	text.len = n;
	if (!content_number(text.data, head, &number))
		return NULL;
	fate = fates_find(fates, number);
	if (fate == NULL || (fate->mid != 0 && fate->mid != copy->entry.mid))
		return NULL;
	if (fate->promised == NEVER ||
	    content_whole(text.data + head, n - head, fate->size))
		return fate;
	err_set(err, ERR_NEVER, "not the lines that were sent");
	return NULL;
}

/* owed - promised by then, and not delivered before */
static bool
owed(const struct fate *fate, uint64_t ticks)
{
	return fate->promised <= ticks && fate->delivered >= ticks;
}

/* owed_mid - whether the file of that MID must be whole */
static bool
owed_mid(const struct fates *fates, uint64_t mid, uint64_t ticks)
{
	for (size_t i = 0; i < fates->count; i++)
		if (fates->list[i].mid == mid && owed(&fates->list[i], ticks))
			return true;
	return false;
}

static void
look_at_copy(const struct copy *copy, const struct fates *fates,
    struct sights *sights)
{
	struct err err;
	struct fate *fate = message_of(copy, fates, &err);

	if (fate == NULL) {
		wrong(&sights->altered, "MID %" PRIu64 ": %s", copy->entry.mid,
		    err.text);
		return;
	}
	if (fate->seen)
		wrong(&sights->twice, "MID %" PRIu64 " is there twice",
		    copy->entry.mid);
	fate->seen = true;
	sights->found++;
}

static void
look_at_place(const struct spool *spool, enum spool_place place,
    uint64_t ticks, const struct fates *fates, struct sights *sights)
{
	struct spool_entry *entries;
	struct copy copy;
	struct err err;
	size_t count;

	if (spool_list(spool, place, &entries, &count, &err) == -1) {
		wrong(&sights->trouble, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < count; i++)
		switch (copy_open(spool, place, &entries[i], &copy, &err)) {
		case COPY_OPEN:
			look_at_copy(&copy, fates, sights);
			copy_close(&copy);
			break;
		case COPY_BAD:
			if (owed_mid(fates, entries[i].mid, ticks))
				wrong(&sights->damaged, "MID %" PRIu64 ": %s",
				    entries[i].mid, err.text);
			else
				sights->torn++;
			break;
		default:
			wrong(&sights->trouble, "MID %" PRIu64 ": %s",
			    entries[i].mid, err.text);
		}
	free(entries);
}

/* next_mid - the one that a milter would give now */
static void
look_at_numbers(struct spool *spool, uint64_t ticks, const struct fates *fates,
    struct sights *sights)
{
	struct counters *counters = spool_counters(spool);
	uint64_t next = counters_next_mid(counters);

	for (size_t i = 0; i < fates->count; i++)
		if (fates->list[i].promised <= ticks &&
		    fates->list[i].mid >= next) {
			wrong(&sights->repeated, "the next MID is %" PRIu64
			    ", and message %zu had %" PRIu64, next, i,
			    fates->list[i].mid);
			break;
		}
	counters_close(counters);
}

/* look_at - each copy, and the numbers */
void
look_at(const char *directory, uint64_t ticks, struct fates *fates,
    struct sights *sights)
{
	struct spool_options options = { .directory = directory };
	struct spool *spool;
	struct err err;

	for (size_t i = 0; i < fates->count; i++)
		fates->list[i].seen = false;
	if (spool_open(&options, &spool, &err) == -1) {
		wrong(&sights->trouble, "%s", err.text);
		return;
	}
	look_at_place(spool, SPOOL_READY, ticks, fates, sights);
	look_at_place(spool, SPOOL_FAILED, ticks, fates, sights);
	for (size_t i = 0; i < fates->count; i++) {
		const struct fate *fate = &fates->list[i];

		if (!owed(fate, ticks))
			continue;
		sights->promised++;
		if (!fate->seen)
			wrong(&sights->missing, "message %zu, MID %" PRIu64
			    ", promised at %" PRIu64 ", cut at %" PRIu64,
			    i, fate->mid, fate->promised, ticks);
	}
	look_at_numbers(spool, ticks, fates, sights);
	spool_close(spool);
}
