/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whoever writes into the page of the counters: no number is handed out twice
 * or out of bounds, and each counter can be asked for
 *
 *	input = used *( place value )		2 and 8 octets
 *
 * The page is a sound one, in which these values stand in these places.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/counters/counters.h"
#include "base/counters/counters_private.h"
#include "base/mem.h"
#include "base/own.h"
#include "tests/fuzz/fuzz.h"

enum { RECORD = 10, FLOOR = 1000, TAKEN = 5 };

static char *dir;
static int dirfd_ = -1;
static union counters_whole sound;

static void
leave_nothing(void)
{
	static const char *const names[] = { COUNTERS_FILE,
		COUNTERS_FILE ".new", COUNTERS_FILE ".damaged" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlinkat(dirfd_, names[i], 0);
	rmdir(dir);
}

static void
read_page(union counters_whole *out)
{
	int fd = openat(dirfd_, COUNTERS_FILE, O_RDONLY | O_CLOEXEC);

	must(fd != -1 && pread(fd, out, SIZE, 0) == SIZE);
	close(fd);
}

static void
begin(void)
{
	struct counters *counters;

	dir = mem_format("%s/fuzz.XXXXXX", access("/dev/shm", W_OK) == 0 ?
	    "/dev/shm" : "/tmp");
	must(mkdtemp(dir) != NULL);
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dirfd_ != -1);
	atexit(leave_nothing);
	counters = counters_open(dirfd_, 0, false);
	must(counters_next_mid(counters) == 1);
	counters_close(counters);
	read_page(&sound);
}

static void
write_page(const uint8_t *data, size_t size)
{
	union counters_whole page = sound;
	int fd = openat(dirfd_, COUNTERS_FILE, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0600);

	for (; size >= RECORD; data += RECORD, size -= RECORD) {
		size_t place = (data[0] | (size_t)data[1] << 8) %
		    (SIZE - 8);

		memcpy(page.bytes + place, data + 2, 8);
	}
	/* what is left is of a file that was cut */
	must(fd != -1 && write(fd, page.bytes, SIZE - size) ==
	    (ssize_t)(SIZE - size));
	close(fd);
}

static void
must_count(struct counters *counters)
{
	uint64_t mid, dcid, last = 0, last_dcid = 0;

	for (int i = 0; i < TAKEN; i++) {
		mid = counters_next_mid(counters);
		dcid = counters_next_dcid(counters);
		must(mid > last && dcid > last_dcid);
		must(mid < 2 * COUNTERS_BY_TIME);
		last = mid;
		last_dcid = dcid;
	}
	must(counters_last_mid(counters) >= last);
	for (int i = 0; i < COUNTERS; i++)
		(void)counter_get(counters, (enum counter)i);
	counter_add(counters, COUNT_DELIVERED, 1);
	counters_tend(counters);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counters *counters, *seen = NULL;
	union counters_whole page;
	struct err err = { .text = "" };
	int peeked;

	if (dir == NULL)
		begin();
	if (size == 0)
		return 0;
	write_page(data + 1, size - 1);
	peeked = counters_peek(dirfd_, &seen, &err);
	must(peeked == 0 || err.text[0] != '\0');
	if (peeked == 0) {
		counters_still(seen);
		for (int i = 0; i < COUNTERS; i++)
			(void)counter_get(seen, (enum counter)i);
		counters_close(seen);
	}
	counters = counters_open(dirfd_, FLOOR, (data[0] & 1) != 0);
	(void)counters_news(counters, &err);
	must_count(counters);
	counters_close(counters);
	read_page(&page);
	must(numbers_sound(&page.page));
	return 0;
}
