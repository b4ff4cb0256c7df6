/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

static int
by_mid(const void *left, const void *right)
{
	const struct spool_entry *a = left, *b = right;

	if (a->mid != b->mid)
		return a->mid < b->mid ? -1 : 1;
	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	return a->attempts < b->attempts ? -1 : a->attempts > b->attempts;
}

/* settle - sort, and of a copy that was seen under two names, since it was
 * renamed meanwhile, keep the later; how many are left */
static size_t
settle(struct spool_entry *entries, size_t count)
{
	size_t kept = 0;

	if (count > 1)
		qsort(entries, count, sizeof(*entries), by_mid);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && entries[kept - 1].mid == entries[i].mid)
			kept--;
		entries[kept++] = entries[i];
	}
	return kept;
}

/* spool_opendir - with a position of its own */
DIR *
spool_opendir(const struct spool *spool, enum spool_place place)
{
	own(fd) int fd = spool_openat(spool_placefd(spool, place), ".",
	    O_RDONLY | O_DIRECTORY);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	if (dir != NULL)
		(void)fd_give(&fd);
	return dir;
}

/* list - what is in a place, by one kind of name or another; new */
static int
list(const struct spool *spool, enum spool_place place, bool damaged,
    struct spool_entry **out, size_t *out_count, struct err *err)
{
	own(dir) DIR *dir = spool_opendir(spool, place);
	struct spool_entry *entries = NULL, entry;
	size_t count = 0, room = 0;
	const struct dirent *file;

	if (dir == NULL)
		return err_sys(err, "spool: open directory");
	while (errno = 0, (file = readdir(dir)) != NULL) {
		if (!(damaged ? spool_parse_damaged(file->d_name, &entry) :
		    spool_parse(place, file->d_name, &entry)))
			continue;
		if (count == room) {
			room = room > 0 ? 2 * room : 64;
			entries = mem_grow(entries, room, sizeof(*entries));
		}
		entries[count++] = entry;
	}
	if (errno != 0) {
		err_sys(err, "spool: read directory");
		free(entries);
		return -1;
	}
	*out_count = settle(entries, count);
	*out = entries;
	return 0;
}

/* spool_list - every copy in a place, sorted by mid; new */
int
spool_list(const struct spool *spool, enum spool_place place,
    struct spool_entry **out, size_t *out_count, struct err *err)
{
	return list(spool, place, false, out, out_count, err);
}

/* spool_list_damaged - and what was no whole one; new */
int
spool_list_damaged(const struct spool *spool, struct spool_entry **out,
    size_t *out_count, struct err *err)
{
	return list(spool, SPOOL_FAILED, true, out, out_count, err);
}

/* spool_find - where the copy of that MID is now */
int
spool_find(const struct spool *spool, uint64_t mid, enum spool_place *out,
    struct spool_entry *out_entry, struct err *err)
{
	for (enum spool_place place = SPOOL_READY; place <= SPOOL_FAILED;
	    place++) {
		struct spool_entry *entries;
		bool found = false;
		size_t count;

		if (spool_list(spool, place, &entries, &count, err) == -1)
			return -1;
		for (size_t i = 0; i < count && !found; i++) {
			found = entries[i].mid == mid;
			if (found)
				*out_entry = entries[i];
		}
		free(entries);
		if (found) {
			*out = place;
			return 1;
		}
	}
	return 0;
}
