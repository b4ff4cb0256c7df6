/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whatever stands in the file of rows on their way into the history: rows after
 * it are read as they were written, a part of a line is gone, and a row that
 * could be read is written so that it reads the same
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "history/pending.h"
#include "history/row.h"
#include "tests/fuzz/fuzz.h"

static char *dir, *database, *file;

static void
leave_nothing(void)
{
	unlink(file);
	rmdir(dir);
}

static void
begin(void)
{
	dir = mem_format("%s/fuzz.XXXXXX", access("/dev/shm", W_OK) == 0 ?
	    "/dev/shm" : "/tmp");
	must(mkdtemp(dir) != NULL);
	database = mem_format("%s/history", dir);
	file = mem_format("%s.new", database);
	atexit(leave_nothing);
}

static void
must_be_rows(const char *at, const char *end)
{
	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		own(buf) struct buf envelope = BUF, first = BUF, second = BUF;
		struct arena arena = { 0 };
		struct history_row row;
		struct err err = { .text = "" };

		must(lf != NULL);
		if (row_parse(at, (size_t)(lf - at), &arena, &row, &err) == 0) {
			envelope_format(&row.envelope, &envelope);
			row_format(envelope.data, &row.fate, &first);
			must(row_parse(first.data, first.len - 1, &arena, &row,
			    &err) == 0);
			row_format(envelope.data, &row.fate, &second);
			must(strcmp(first.data, second.data) == 0);
		} else {
			must(err.text[0] != '\0');
		}
		arena_drop(&arena);
		at = lf + 1;
	}
}

/* look - what is in the file, from its first row on; how much */
static size_t
look(const char *more, struct buf *out)
{
	struct pending pending = PENDING;
	struct err err;
	char bytes[100];
	ssize_t n;

	must(pending_open(database, &pending, &err) == 0);
	must(pending.begin > 0 && pending.size >= pending.begin);
	must(pending.series <= INT64_MAX);
	must(pending_append(&pending, more, strlen(more), &err) == 0);
	while ((n = pending_read(&pending, pending.begin + out->len, bytes,
	    sizeof(bytes), &err)) > 0)
		buf_bytes(out, bytes, (size_t)n);
	must(n == 0 && pending.begin + out->len == pending.size);
	pending_close(&pending);
	return out->len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char more[] = "another\n";
	own(buf) struct buf first = BUF, second = BUF;
	int fd;

	if (dir == NULL)
		begin();
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd != -1 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	must(look(more, &first) >= strlen(more));
	must(strcmp(first.data + first.len - strlen(more), more) == 0 ||
	    memchr(first.data, '\0', first.len) != NULL);
	must_be_rows(first.data, first.data + first.len);
	(void)look("", &second);
	must(second.len == first.len);
	must(memcmp(first.data, second.data, first.len) == 0);
	return 0;
}
