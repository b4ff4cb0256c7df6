/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/importer.h"

#include <string.h>

#include "base/clock.h"
#include "history/store.h"

enum { PIECE = 1 << 20, AGAIN_MS = 1000, PURGE_MS = 60000, PURGE_ROWS = 500 };

/* importer_init - nothing is opened yet */
void
importer_init(struct importer *importer, const char *path, int64_t lifetime)
{
	*importer = (struct importer){ .path = path, .lifetime = lifetime,
	    .lines = BUF };
}

/* open_store - and find out how far it is */
static int
open_store(struct importer *importer, const struct pending *pending,
    struct err *err)
{
	if (importer->store == NULL &&
	    store_open(importer->path, &importer->store, err) == -1)
		return -1;
	if (importer->series == pending->series)
		return 0;
	if (store_noted(importer->store, pending->series, &importer->at,
	    err) == -1)
		return -1;
	importer->series = pending->series;
	if (importer->at < pending->begin || importer->at > pending->size)
		importer->at = pending->begin;
	return 0;
}

/* add_line - one row; a line that is none is passed over: somebody wrote into
 * the file */
static int
add_line(struct importer *importer, const char *line, size_t n,
    struct err *err)
{
	struct arena arena = { 0 };
	struct history_row row;
	struct err unread;
	int result = 0;

	if (row_parse(line, n, &arena, &row, &unread) == 0)
		result = store_add(importer->store, &row, err);
	arena_drop(&arena);
	return result;
}

/* add_lines - as many as a turn has; how many bytes they were, or -1 */
static ssize_t
add_lines(struct importer *importer, struct err *err)
{
	const char *p = importer->lines.data;
	const char *end = p + importer->lines.len, *lf;

	for (unsigned n = 0; n < IMPORTER_ROWS; n++, p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			break;
		if (add_line(importer, p, (size_t)(lf - p), err) == -1)
			return -1;
	}
	return p - importer->lines.data;
}

/* read_lines - from where the database is, at least one line whole if there is
 * one; the file ends with a line */
static int
read_lines(struct importer *importer, const struct pending *pending,
    struct err *err)
{
	struct buf *lines = &importer->lines;

	buf_cut(lines, 0);
	do {
		ssize_t got = pending_read(pending, importer->at + lines->len,
		    buf_room(lines, PIECE), PIECE, err);

		if (got == -1)
			return -1;
		if (got == 0)
			break;
		lines->len += (size_t)got;
		lines->data[lines->len] = '\0';
	} while (memchr(lines->data, '\n', lines->len) == NULL);
	return 0;
}

/* import - one transaction */
static int
import(struct importer *importer, const struct pending *pending,
    struct err *err)
{
	ssize_t done;

	if (read_lines(importer, pending, err) == -1 ||
	    store_begin(importer->store, err) == -1)
		return -1;
	done = add_lines(importer, err);
	if (done == -1 || store_commit(importer->store, importer->series,
	    importer->at + (uint64_t)done, err) == -1) {
		store_rollback(importer->store);
		return -1;
	}
	importer->at += (uint64_t)done;
	return 0;
}

/* purge - some of what is too old, and soon again when there may be more */
static int
purge(struct importer *importer, struct err *err)
{
	int count;

	if (clock_now() < importer->next_purge)
		return 0;
	count = store_purge(importer->store,
	    clock_wall() - importer->lifetime, PURGE_ROWS, err);
	if (count < PURGE_ROWS)
		importer->next_purge = clock_now() + PURGE_MS;
	return count == -1 ? -1 : 0;
}

/* work - all that a turn does */
static int
work(struct importer *importer, struct pending *pending, struct err *err)
{
	if (open_store(importer, pending, err) == -1)
		return -1;
	if (importer->at < pending->size &&
	    import(importer, pending, err) == -1)
		return -1;
	if (importer->at == pending->size && pending->size > pending->begin &&
	    pending_restart(pending, err) == -1)
		return -1;
	return purge(importer, err);
}

/* give_up - the database, for now; a damaged one for good */
static void
give_up(struct importer *importer, struct err *err)
{
	struct err aside;

	importer->store = store_close(importer->store);
	importer->series = 0;
	if (err->kind != ERR_NEVER)
		importer->next_try = clock_now() + AGAIN_MS;
	else if (store_set_aside(importer->path, clock_wall(), &aside) == 0)
		err_wrap(err, "set aside, and a new one begun");
	else
		importer->next_try = clock_now() + AGAIN_MS;
}

/* importer_turn - work, and tell what is wrong once */
int
importer_turn(struct importer *importer, struct pending *pending,
    struct err *err)
{
	bool told = importer->in_trouble;

	if (clock_now() < importer->next_try)
		return 0;
	if (work(importer, pending, err) == 0) {
		importer->in_trouble = false;
		return 0;
	}
	importer->in_trouble = err->kind != ERR_NEVER;
	give_up(importer, err);
	return told && importer->in_trouble ? 0 : -1;
}

/* importer_drop - as before importer_init() */
void
importer_drop(struct importer *importer)
{
	importer->store = store_close(importer->store);
	buf_drop(&importer->lines);
}
