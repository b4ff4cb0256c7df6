/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of store.c, find.c, scan.c and refill.c in a build without SQLite. */
#include <errno.h>

#include "history/find.h"
#include "history/refill.h"
#include "history/scan.h"
#include "history/store.h"

static int
none(struct err *err)
{
	return err_set(err, ERR_LATER, "built without a history");
}

/* store_version - of no library */
const char *
store_version(void)
{
	return "left out: no history";
}

int
store_open(const char *path, struct store **out, struct err *err)
{
	(void)path, (void)out;
	return none(err);
}

struct store *
store_close(struct store *store)
{
	(void)store;
	return NULL;
}

int
store_begin(struct store *store, struct err *err)
{
	(void)store;
	return none(err);
}

int
store_add(struct store *store, const struct history_row *row, struct err *err)
{
	(void)store, (void)row;
	return none(err);
}

int
store_commit(struct store *store, uint64_t series, uint64_t at,
    struct err *err)
{
	(void)store, (void)series, (void)at;
	return none(err);
}

int
store_add_one(const char *path, const struct history_row *row,
    struct err *err)
{
	(void)path, (void)row, (void)err;
	return 0;
}

void
store_rollback(struct store *store)
{
	(void)store;
}

int
store_noted(struct store *store, uint64_t series, uint64_t *out_at,
    struct err *err)
{
	(void)store, (void)series, (void)out_at;
	return none(err);
}

int
store_purge(struct store *store, int64_t before, unsigned most,
    struct err *err)
{
	(void)store, (void)before, (void)most;
	return none(err);
}

int
store_set_aside(const char *path, int64_t now, struct err *err)
{
	(void)path, (void)now;
	return none(err);
}

int
history_find(const char *path, const struct history_query *query,
    history_each *each, void *arg, struct err *err)
{
	(void)path, (void)query, (void)each, (void)arg;
	return none(err);
}

int
history_count(const char *path, int64_t since, int64_t until, uint64_t *out,
    struct err *err)
{
	(void)path, (void)since, (void)until, (void)out;
	return none(err);
}

int
history_scan(const char *path, int64_t since, int64_t until,
    history_scanned *each, void *arg, struct err *err)
{
	(void)path, (void)since, (void)until, (void)each, (void)arg;
	(void)none(err);
	err->sys = ENOENT;
	return -1;
}

int
refill_open(const char *path, void (*waiting)(const char *path),
    struct refill **out, struct err *err)
{
	(void)path, (void)waiting, (void)out;
	return none(err);
}

int
refill_look(const char *path, struct refill **out, struct err *err)
{
	(void)path, (void)out;
	return none(err);
}

bool
refill_watched(const struct refill *refill)
{
	(void)refill;
	return false;
}

int
refill_add(struct refill *refill, const struct history_row *rows, size_t count,
    uint64_t *added, struct err *err)
{
	(void)refill, (void)rows, (void)count, (void)added;
	return none(err);
}

struct refill *
refill_close(struct refill *refill)
{
	(void)refill;
	return NULL;
}
