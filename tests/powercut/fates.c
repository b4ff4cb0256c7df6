/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/fates.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"

#define NUMBERS	1000000		/* of messages, at most */

static struct fate *
room_for(struct fates *fates, uint64_t number)
{
	static const struct fate none = { NEVER, NEVER, 0, 0, false };

	if (number >= fates->count) {
		fates->list = mem_grow(fates->list, number + 1,
		    sizeof(*fates->list));
		while (fates->count <= number)
			fates->list[fates->count++] = none;
	}
	return &fates->list[number];
}

/* read_numbers - lines of three, each to what takes them */
static int
read_numbers(struct fates *fates, const char *path,
    void (*take)(struct fates *, const uint64_t n[3]), struct err *err)
{
	FILE *file = fopen(path, "re");
	uint64_t n[3];
	int got;

	if (file == NULL)
		return err_sys(err, "%s", path);
	while ((got = fscanf(file, "%" SCNu64 " %" SCNu64 " %" SCNu64,
	    &n[0], &n[1], &n[2])) == 3 && n[0] < NUMBERS)
		take(fates, n);
	fclose(file);
	return got == EOF ? 0 :
	    err_set(err, ERR_NEVER, "%s: not lines of three numbers", path);
}

static void
promise(struct fates *fates, const uint64_t n[3])
{
	struct fate *fate = room_for(fates, n[0]);

	fate->promised = n[1];
	fate->size = n[2];
	fates->moments = mem_grow(fates->moments, fates->moment_count + 1,
	    sizeof(*fates->moments));
	fates->moments[fates->moment_count++] = n[1];
}

/* deliver - the first time counts */
static void
deliver(struct fates *fates, const uint64_t n[3])
{
	struct fate *fate = room_for(fates, n[0]);

	fate->mid = n[1];
	if (n[2] < fate->delivered)
		fate->delivered = n[2];
}

/* fates_read - promises and deliveries */
int
fates_read(struct fates *fates, const char *promises, const char *deliveries,
    struct err *err)
{
	if (read_numbers(fates, promises, promise, err) == -1)
		return -1;
	return read_numbers(fates, deliveries, deliver, err);
}

/* fates_find - by its number */
struct fate *
fates_find(const struct fates *fates, uint64_t number)
{
	return number < fates->count ? &fates->list[number] : NULL;
}
