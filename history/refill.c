/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/refill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "history/store.h"
#include "history/store_private.h"

/* Ids for so many rows lie below those that are there. */
#define ROOM (INT64_C(1) << 32)

/* Between transactions, for a forwarder that wants to write, too. */
enum { GIVE_WAY_US = 20000, POLL_US = 20000, SILENT_MS = 1000 };

struct refill {
	struct store	*store;		/* NULL: none is there */
	char		*path;
	sqlite3_stmt	*has;
	void		(*waiting)(const char *path);
	int64_t		 next_id;	/* 0: not known yet */
	bool		 watched, looks;
	/* Ends that need not be asked for: a hash of each, in a table that is
	 * at most half full; 0: free. */
	uint64_t	*known;
	size_t		 known_count, known_size;
};

/* ---- ends that are known ---- */

/* key_of - of a MID and a verdict, never 0 (FNV-1a) */
static uint64_t
key_of(uint64_t mid, const char *verdict)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (int i = 0; i < 8; i++)
		hash = (hash ^ (mid >> 8 * i & 255)) *
		    UINT64_C(1099511628211);
	for (; *verdict != '\0'; verdict++)
		hash = (hash ^ (unsigned char)*verdict) *
		    UINT64_C(1099511628211);
	return hash != 0 ? hash : 1;
}

/* place_of - where it is, or would be */
static uint64_t *
place_of(const struct refill *refill, uint64_t key)
{
	size_t mask = refill->known_size - 1;
	size_t at = (size_t)(key ^ key >> 32) & mask;

	while (refill->known[at] != 0 && refill->known[at] != key)
		at = (at + 1) & mask;
	return &refill->known[at];
}

/* grow - to twice its size */
static void
grow(struct refill *refill)
{
	uint64_t *old = refill->known;
	size_t size = refill->known_size;

	refill->known_size = size > 0 ? 2 * size : 1024;
	refill->known = mem_new(refill->known_size * sizeof(*old));
	for (size_t i = 0; i < size; i++)
		if (old[i] != 0)
			*place_of(refill, old[i]) = old[i];
	free(old);
}

/* know - from now on; true: it was known before */
static bool
know(struct refill *refill, uint64_t key)
{
	uint64_t *place;

	if (2 * refill->known_count >= refill->known_size)
		grow(refill);
	place = place_of(refill, key);
	if (*place == key)
		return true;
	*place = key;
	refill->known_count++;
	return false;
}

/* ---- the pending file ---- */

static void
know_line(struct refill *refill, const char *line, size_t n)
{
	struct arena arena = { 0 };
	struct history_row row;
	struct err unread;

	if (row_parse(line, n, &arena, &row, &unread) == 0)
		(void)know(refill, key_of(row.envelope.mid,
		    row.fate.verdict));
	arena_drop(&arena);
}

/* read_lines - all that are whole: the last one may be in the making */
static int
read_lines(struct refill *refill, FILE *file)
{
	own(str) char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, file)) > 0)
		if (line[n - 1] == '\n')
			know_line(refill, line, (size_t)n - 1);
	return ferror(file) ? -1 : 0;
}

/* read_pending - what waits there, and whether a forwarder has it.  What cannot be
 * read would be added twice, but by who only looks. */
static int
read_pending(struct refill *refill, struct err *err)
{
	own(str) char *path = mem_format("%s.new", refill->path);
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	int result;
	FILE *file;

	if (fd == -1)
		return errno == ENOENT || refill->looks ? 0 :
		    err_sys(err, "%s", path);
	refill->watched = flock(fd, LOCK_SH | LOCK_NB) == -1;
	(void)flock(fd, LOCK_UN);
	file = fdopen(fd, "r");
	if (file == NULL)
		return err_sys(err, "%s", path);
	(void)fd_give(&fd);
	result = read_lines(refill, file);
	if (result == -1)
		(void)err_sys(err, "%s", path);
	(void)fclose(file);
	return result;
}

/* ---- opening ---- */

/* busy - what SQLite asks when another program has the database; 0: enough */
static int
busy(void *arg, int times)
{
	const struct refill *refill = arg;

	if (times == SILENT_MS * 1000 / POLL_US && refill->waiting != NULL)
		refill->waiting(refill->path);
	if (times >= REFILL_PATIENCE_MS / (POLL_US / 1000))
		return 0;
	(void)usleep(POLL_US);
	return 1;
}

/* prepare - the question whether a row is there */
static int
prepare(struct refill *refill, struct err *err)
{
	sqlite3 *db = store_db(refill->store);

	(void)sqlite3_busy_handler(db, busy, refill);
	if (sqlite3_prepare_v2(db, "SELECT 1 FROM copies WHERE mid = ?1 AND "
	    "verdict = ?2", -1, &refill->has, NULL) == SQLITE_OK)
		return 0;
	return store_failed(db, refill->path, err);
}

static struct refill *
begin(const char *path, bool looks)
{
	struct refill *refill = mem_new(sizeof(*refill));

	refill->path = mem_text(path);
	refill->looks = looks;
	return refill;
}

/* refill_open - and read what waits, before it can get into the database */
int
refill_open(const char *path, void (*waiting)(const char *path),
    struct refill **out, struct err *err)
{
	struct refill *refill = begin(path, false);

	refill->waiting = waiting;
	if (read_pending(refill, err) == -1 ||
	    store_open(path, &refill->store, err) == -1 ||
	    prepare(refill, err) == -1) {
		refill_close(refill);
		return -1;
	}
	*out = refill;
	return 0;
}

/* refill_look - nothing is made or written */
int
refill_look(const char *path, struct refill **out, struct err *err)
{
	struct refill *refill = begin(path, true);

	if (read_pending(refill, err) == -1 || (access(path, F_OK) == 0 &&
	    (store_open(path, &refill->store, err) == -1 ||
	    prepare(refill, err) == -1))) {
		refill_close(refill);
		return -1;
	}
	*out = refill;
	return 0;
}

/* refill_watched - when it was opened */
bool
refill_watched(const struct refill *refill)
{
	return refill->watched;
}

/* refill_close - NULL */
struct refill *
refill_close(struct refill *refill)
{
	if (refill == NULL)
		return NULL;
	sqlite3_finalize(refill->has);
	store_close(refill->store);
	free(refill->known);
	free(refill->path);
	free(refill);
	return NULL;
}

/* ---- adding ---- */

static int
failed(struct refill *refill, struct err *err)
{
	return store_failed(store_db(refill->store), refill->path, err);
}

/* has - 1, 0, or -1 */
static int
has(struct refill *refill, const struct history_row *row, struct err *err)
{
	int code;

	if (refill->store == NULL)
		return 0;
	(void)sqlite3_bind_int64(refill->has, 1,
	    (sqlite3_int64)row->envelope.mid);
	(void)sqlite3_bind_text(refill->has, 2, row->fate.verdict, -1,
	    SQLITE_STATIC);
	code = sqlite3_step(refill->has);
	(void)sqlite3_reset(refill->has);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return failed(refill, err);
	return code == SQLITE_ROW;
}

/* lowest - below every id that is there */
static int64_t
lowest(struct refill *refill)
{
	sqlite3_stmt *statement;
	int64_t id = 0;

	if (sqlite3_prepare_v2(store_db(refill->store), "SELECT min(id) FROM "
	    "copies", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		id = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return (id < 0 ? id : 0) - ROOM;
}

/* add_one - if it is missing; 1, 0, or -1 */
static int
add_one(struct refill *refill, const struct history_row *row, struct err *err)
{
	int there = has(refill, row, err);

	if (there != 0)
		return there == 1 ? 0 : -1;
	if (refill->looks)
		return 1;
	return store_add_as(refill->store, row, refill->next_id++, err) == -1 ?
	    -1 : 1;
}

/* add_all - how many, or -1.  What is known was there, or is by now. */
static int64_t
add_all(struct refill *refill, const struct history_row *rows, size_t count,
    struct err *err)
{
	int64_t added = 0;

	for (size_t i = 0; i < count; i++) {
		int status;

		if (know(refill, key_of(rows[i].envelope.mid,
		    rows[i].fate.verdict)))
			continue;
		status = add_one(refill, &rows[i], err);
		if (status == -1)
			return -1;
		added += status;
	}
	return added;
}

static int
commit(struct refill *refill, struct err *err)
{
	if (sqlite3_exec(store_db(refill->store), "COMMIT", NULL, NULL,
	    NULL) != SQLITE_OK)
		return failed(refill, err);
	if (refill->watched)
		(void)usleep(GIVE_WAY_US);
	return 0;
}

/* refill_add - those that are missing */
int
refill_add(struct refill *refill, const struct history_row *rows, size_t count,
    uint64_t *added, struct err *err)
{
	int64_t n;

	if (!refill->looks && store_begin(refill->store, err) == -1)
		return -1;
	if (!refill->looks && refill->next_id == 0)
		refill->next_id = lowest(refill);
	n = add_all(refill, rows, count, err);
	if (n == -1 || (!refill->looks && commit(refill, err) == -1)) {
		if (!refill->looks)
			store_rollback(refill->store);
		return -1;
	}
	*added = (uint64_t)n;
	return 0;
}

/* store_add_one - open, add and close */
int
store_add_one(const char *path, const struct history_row *row,
    struct err *err)
{
	enum { PATIENCE_MS = 2000 };
	struct store *store;
	int result = 0;

	if (access(path, F_OK) == -1)
		return 0;
	if (store_open(path, &store, err) == -1)
		return -1;
	(void)sqlite3_busy_timeout(store_db(store), PATIENCE_MS);
	if (store_begin(store, err) == -1 || store_add(store, row, err) == -1)
		result = -1;
	else if (sqlite3_exec(store_db(store), "COMMIT", NULL, NULL, NULL) !=
	    SQLITE_OK)
		result = store_failed(store_db(store), path, err);
	store_close(store);
	return result;
}
