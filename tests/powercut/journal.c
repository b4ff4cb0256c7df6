/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/journal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/lib/ticks.h"

/* As it stands in the file, before the bytes. */
struct head {
	uint64_t	offset;
	uint32_t	size, round;
};

static int journal_fd = -1;
static _Atomic uint64_t *ticks;

/* journal_create - an empty one, and ticks from 0 on */
int
journal_create(const char *path, const char *ticks_path, struct err *err)
{
	journal_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (journal_fd == -1)
		return err_sys(err, "%s", path);
	ticks = ticks_open(ticks_path, true);
	return ticks != NULL ? 0 : err_sys(err, "%s", ticks_path);
}

/* journal_add - one record, and then its tick */
int
journal_add(const struct record *record, struct err *err)
{
	struct head head = { record->offset, record->size, record->round };
	struct iovec pieces[2] = { { &head, sizeof(head) },
		{ (void *)(uintptr_t)record->bytes, record->size } };
	ssize_t n = writev(journal_fd, pieces, 2);

	if (n == -1)
		return err_sys(err, "journal");
	if ((size_t)n != sizeof(head) + record->size)
		return err_set(err, ERR_NEVER, "journal: cut short");
	atomic_fetch_add(ticks, 1);
	return 0;
}

/* journal_read - all of it */
int
journal_read(const char *path, struct record **out, size_t *out_count,
    struct err *err)
{
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct record *records = NULL;
	size_t count = 0, at = 0, size;
	struct stat st;
	char *map;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_sys(err, "%s", path);
	size = (size_t)st.st_size;
	map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(err, "%s", path);
	while (at < size) {
		struct head head;

		memcpy(&head, map + at, sizeof(head));
		at += sizeof(head);
		records = mem_grow(records, count + 1, sizeof(*records));
		records[count++] = (struct record){ head.offset, head.size,
			head.round, map + at };
		at += head.size;
	}
	*out = records;
	*out_count = count;
	return 0;
}
