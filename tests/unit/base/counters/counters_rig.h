/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters_rig - a directory with a counters file, and what is in it
 *
 *	PLACE_TEST(test_x)			-- *state is the place
 *	counters = place_open(place, 0);	-- nothing to be told of it
 *	place_read(place, &page); place_write(place, &page, sizeof(page));
 */
#ifndef TESTS_COUNTERS_RIG_H
#define TESTS_COUNTERS_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters/counters_private.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

struct place {
	char	*dir;
	int	 fd;
};

static inline int
place_set_up(void **state)
{
	struct place *place = mem_new(sizeof(*place));

	place->dir = scratch_new();
	place->fd = open(place->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = place;
	return place->fd == -1 ? -1 : 0;
}

static inline int
place_tear_down(void **state)
{
	struct place *place = *state;

	close(place->fd);
	scratch_free(place->dir);
	free(place);
	return 0;
}

#define PLACE_TEST(f) cmocka_unit_test_setup_teardown(f, place_set_up, \
    place_tear_down)

/* place_open - counters of which nothing is to be told */
static inline struct counters *
place_open(const struct place *place, uint64_t floor)
{
	struct counters *counters = counters_open(place->fd, floor, false);
	struct err err;

	if (counters_news(counters, &err))
		fail_msg("%s", err.text);
	return counters;
}

/* place_told - the news, which must have those words in them */
static inline void
place_told(struct counters *counters, const char *words)
{
	struct err err = { .text = "no news" };

	(void)counters_news(counters, &err);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s' is not in: %s", words, err.text);
	assert_false(counters_news(counters, &err));
}

static inline bool
place_has(const struct place *place, const char *name)
{
	return faccessat(place->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline void
place_read(const struct place *place, union counters_whole *page)
{
	own(fd) int fd = openat(place->fd, "counters", O_RDONLY | O_CLOEXEC);

	assert_int_equal(read(fd, page, SIZE), SIZE);
}

/* place_write - so many bytes of it, into the file that is there */
static inline void
place_write(const struct place *place, const union counters_whole *page, size_t n)
{
	own(fd) int fd = openat(place->fd, "counters",
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, page, n), n);
}

/* used_place - a file with 7 delivered and MID 1 given; what it holds */
static inline void
used_place(const struct place *place, union counters_whole *page)
{
	struct counters *counters = place_open(place, 0);

	counter_add(counters, COUNT_DELIVERED, 7);
	assert_int_equal(counters_next_mid(counters), 1);
	counters_close(counters);
	place_read(place, page);
}

/* is_new - a number of a file that was made behind that time
 * is_by_time - one that needed no file */
static inline bool
is_new(uint64_t number, int64_t wall)
{
	return number >= (uint64_t)wall * COUNTERS_TICK && number < NUMBER_MOST;
}

static inline bool
is_by_time(uint64_t number, int64_t wall)
{
	return number >= COUNTERS_BY_TIME + (uint64_t)wall * COUNTERS_TIMES *
	    COUNTERS_SLOTS && number < 2 * COUNTERS_BY_TIME;
}

#endif
