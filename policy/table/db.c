/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Berkeley DB files as postmap(1) makes them: hash and btree, without an
 * environment, under the flock(2) that postmap takes exclusively.
 */
#include <byteswap.h>
#include <db.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "base/again.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/table/source.h"

enum { BULK = 1 << 20 };

struct walk {
	struct source	*source;
	DBC		*cursor;
	DBT		 bulk;
	size_t		 left;		/* the file can hold no more bytes */
};

/* Some messages of libdb are the best explanation there is; kept for the err
 * of this file.  The process reads one file and ends. */
static char said[200];

static void
hear(const DB_ENV *env, const char *prefix, const char *message)
{
	(void)env, (void)prefix;
	snprintf(said, sizeof(said), "%s", message);
}

static int
db_err(struct err *err, const char *path, int error)
{
	bool ours = error == EACCES || error == EMFILE || error == ENFILE ||
	    error == ENOMEM;

	return err_set(err, ours ? ERR_LATER : ERR_NEVER, "open database %s: "
	    "%s%s%s%s", path, db_strerror(error), *said != '\0' ? " (" : "",
	    said, *said != '\0' ? ")" : "");
}

/* lock - wait until postmap has finished, unless we must not wait */
static int
lock(struct source *source, int fd, struct err *err)
{
	if (AGAIN(flock(fd, LOCK_SH | (source->at_once ? LOCK_NB : 0))) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return source_is_held(source, err);
	return err_sys(err, "lock %s", source->path);
}

/* give - pass on a pair; more bytes than the file has mean a loop in it */
static int
give(struct walk *walk, const struct source_pair *pair, struct err *err)
{
	size_t n = pair->key_length + pair->value_length + 2;

	if (n > walk->left)
		return err_set(err, ERR_NEVER, "%s: damaged (more data than "
		    "the file holds)", walk->source->path);
	walk->left -= n;
	return walk->source->pair(walk->source, pair, err);
}

/* give_bulk - pass on all pairs from one get */
static int
give_bulk(struct walk *walk, struct err *err)
{
	void *at, *key, *value;
	size_t key_length, value_length;

	DB_MULTIPLE_INIT(at, &walk->bulk);
	for (;;) {
		struct source_pair pair;

		DB_MULTIPLE_KEY_NEXT(at, &walk->bulk, key, key_length, value,
		    value_length);
		if (at == NULL)
			return 0;
		pair = (struct source_pair){ .key = key,
			.key_length = key_length, .value = value,
			.value_length = value_length };
		if (give(walk, &pair, err) == -1)
			return -1;
	}
}

/* give_all - from the first pair to the last */
static int
give_all(struct walk *walk, struct err *err)
{
	DBT key = { 0 };

	for (;;) {
		int error = walk->cursor->get(walk->cursor, &key, &walk->bulk,
		    DB_MULTIPLE_KEY | DB_NEXT);

		if (error == DB_NOTFOUND)
			return 0;
		if (error == DB_BUFFER_SMALL) {
			walk->bulk.ulen += walk->bulk.size / 1024 * 1024 +
			    BULK;
			walk->bulk.data = mem_grow(walk->bulk.data,
			    walk->bulk.ulen, 1);
			continue;
		}
		if (error != 0)
			return db_err(err, walk->source->path, error);
		if (give_bulk(walk, err) == -1)
			return -1;
	}
}

/* check_size - a truncated hash file can be read without an error, so the meta
 * page is asked how long it should be (DBMETA of db_page.h).  That it is not a
 * Berkeley DB file at all is for libdb to say. */
static int
check_size(const struct walk *walk, int fd, struct err *err)
{
	enum { MAGIC = 3, PAGE_SIZE = 5, LAST_PAGE = 8, WORDS };
	uint32_t meta[WORDS] = { 0 };
	bool swapped;

	if (pread(fd, meta, sizeof(meta), 0) == -1)
		return err_sys(err, "read %s", walk->source->path);
	swapped = meta[MAGIC] == bswap_32(DB_HASHMAGIC) ||
	    meta[MAGIC] == bswap_32(DB_BTREEMAGIC);
	if (!swapped && meta[MAGIC] != DB_HASHMAGIC &&
	    meta[MAGIC] != DB_BTREEMAGIC)
		return 0;
	for (size_t i = 0; i < WORDS && swapped; i++)
		meta[i] = bswap_32(meta[i]);
	if (((uint64_t)meta[LAST_PAGE] + 1) * meta[PAGE_SIZE] > walk->left)
		return err_set(err, ERR_NEVER, "%s: damaged (cut off)",
		    walk->source->path);
	return 0;
}

/* open_db - a handle on the file; libdb's error */
static int
open_db(const char *path, DBTYPE type, DB **out)
{
	int error = db_create(out, NULL, 0);

	if (error != 0)
		return error;
	(*out)->set_errcall(*out, hear);
	error = (*out)->open(*out, NULL, path, NULL, type, DB_RDONLY, 0);
	if (error != 0)
		(void)(*out)->close(*out, DB_NOSYNC);
	return error;
}

static int
read_all(struct source *source, DBTYPE type, struct err *err)
{
	struct walk walk = { .source = source };
	own(fd) int fd = -1;
	DB *db;
	int error, result;

	if (source_open(source, &fd, &walk.left, err) == -1 ||
	    lock(source, fd, err) == -1 ||
	    source_locked(source, fd, &walk.left, err) == -1 ||
	    check_size(&walk, fd, err) == -1)
		return -1;
	error = open_db(source->path, type, &db);
	if (error != 0)
		return db_err(err, source->path, error);
	walk.bulk = (DBT){ .flags = DB_DBT_USERMEM, .ulen = BULK,
		.data = mem_new(BULK) };
	error = db->cursor(db, NULL, &walk.cursor, DB_CURSOR_BULK);
	result = error == 0 ? give_all(&walk, err) :
	    db_err(err, source->path, error);
	if (error == 0)
		(void)walk.cursor->close(walk.cursor);
	(void)db->close(db, DB_NOSYNC);
	free(walk.bulk.data);
	return result;
}

/* hash_read - all pairs of a hash file */
int
hash_read(struct source *source, struct err *err)
{
	return read_all(source, DB_HASH, err);
}

/* btree_read - all pairs of a btree file */
int
btree_read(struct source *source, struct err *err)
{
	return read_all(source, DB_BTREE, err);
}
