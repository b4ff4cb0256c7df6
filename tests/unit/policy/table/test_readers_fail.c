/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB LMDB CDB */
/*
 * The readers of databases: whatever the kernel or the library is asked fails,
 * each call in turn, the first get as well as the last; that is one error, every time,
 * and nothing is left open
 *
 * WRAP: open fstat flock fcntl pread db_create
 * WRAP: mdb_env_create mdb_env_open mdb_txn_begin mdb_env_info mdb_env_stat
 * WRAP: mdb_dbi_open mdb_cursor_open mdb_cursor_get cdb_init cdb_seqnext cdb_get
 */
#include <cdb.h>
#include <fcntl.h>
#include <sys/file.h>

#include "base/own.h"
#include "policy/table/source.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/opened.h"
#include "tests/unit/policy/table/table_files.h"

NTH_OPEN
NTH_FCNTL
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(int, mdb_env_create, (MDB_env **env), (env), nth->error)
NTH_CALL(int, mdb_env_open, (MDB_env *env, const char *path, unsigned flags,
    mdb_mode_t mode), (env, path, flags, mode), nth->error)
NTH_CALL(int, mdb_txn_begin, (MDB_env *env, MDB_txn *parent, unsigned flags,
    MDB_txn **txn), (env, parent, flags, txn), nth->error)
NTH_CALL(int, mdb_env_info, (MDB_env *env, MDB_envinfo *info), (env, info),
    nth->error)
NTH_CALL(int, mdb_env_stat, (MDB_env *env, MDB_stat *stat), (env, stat),
    nth->error)
NTH_CALL(int, mdb_dbi_open, (MDB_txn *txn, const char *name, unsigned flags,
    MDB_dbi *dbi), (txn, name, flags, dbi), nth->error)
NTH_CALL(int, mdb_cursor_open, (MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor),
    (txn, dbi, cursor), nth->error)
NTH_CALL(int, mdb_cursor_get, (MDB_cursor *cursor, MDB_val *key, MDB_val *value,
    MDB_cursor_op op), (cursor, key, value, op), nth->error)
NTH_CALL(int, cdb_init, (struct cdb *cdb, int fd), (cdb, fd), -1)
NTH_CALL(int, cdb_seqnext, (unsigned *at, struct cdb *cdb), (at, cdb), -1)
NTH_CALL(const void *, cdb_get, (const struct cdb *cdb, unsigned n, unsigned at),
    (cdb, n, at), NULL)

/* Of Berkeley DB the calls are in its handles. */
static int (*real_open)(DB *, DB_TXN *, const char *, const char *, DBTYPE,
    u_int32_t, int);
static int (*real_cursor)(DB *, DB_TXN *, DBC **, u_int32_t);
static int (*real_get)(DBC *, DBT *, DBT *, u_int32_t);

static int
get(DBC *cursor, DBT *key, DBT *value, u_int32_t flags)
{
	return nth_now("get") ? nth->error :
	    real_get(cursor, key, value, flags);
}

static int
cursor(DB *db, DB_TXN *txn, DBC **out, u_int32_t flags)
{
	int error = nth_now("cursor") ? nth->error :
	    real_cursor(db, txn, out, flags);

	if (error == 0) {
		real_get = (*out)->get;
		(*out)->get = get;
	}
	return error;
}

static int
open_db(DB *db, DB_TXN *txn, const char *file, const char *name, DBTYPE type,
    u_int32_t flags, int mode)
{
	return nth_now("open of a db") ? nth->error :
	    real_open(db, txn, file, name, type, flags, mode);
}

int __real_db_create(DB **, DB_ENV *, u_int32_t);
int __wrap_db_create(DB **, DB_ENV *, u_int32_t);
int
__wrap_db_create(DB **out, DB_ENV *env, u_int32_t flags)
{
	int error = nth_now("db_create") ? nth->error :
	    __real_db_create(out, env, flags);

	if (error == 0) {
		real_open = (*out)->open;
		real_cursor = (*out)->cursor;
		(*out)->open = open_db;
		(*out)->cursor = cursor;
	}
	return error;
}

static unsigned taken;			/* pairs */
static unsigned refused;		/* the pair that is not wanted, or 0 */

static int
take(struct source *source, const struct source_pair *pair, struct err *err)
{
	(void)source;
	assert_true(pair->key_length > 0 && pair->value_length > 0);
	return ++taken == refused ? err_set(err, ERR_NEVER, "no more") : 0;
}

static int
read_it(source_read *reader, const char *path, struct err *err)
{
	struct source source = { .path = path, .at_once = true, .pair = take };
	int result;

	taken = 0;
	nth_arm();
	result = reader(&source, err);
	nth_disarm();
	return result;
}

/* each - all calls fail in turn; the last one after most of the pairs */
static void
each(source_read *reader, const char *path, int error)
{
	unsigned most = 0, at;
	int before = opened();
	struct err err;

	refused = 0;
	for (at = 1; nth_begin(at, error); at++) {
		int result = read_it(reader, path, &err);

		if (nth->calls < at) {
			assert_int_equal(result, 0);
			assert_int_equal(taken, ENTRIES);
			continue;
		}
		if (result == 0 || strchr(err.text, '\n') != NULL ||
		    strstr(err.text, path) == NULL)
			fail_msg("%s without %s (%u): %s", path, nth->name, at,
			    result == 0 ? "read" : err.text);
		assert_true(taken < ENTRIES || strstr(nth->name, "get") ||
		    strstr(nth->name, "next"));
		if (taken > most)
			most = taken;
		assert_int_equal(opened(), before);
	}
	assert_true(at > 5 && most > ENTRIES / 2);
}

/* unwanted - whoever takes the pairs may end the reading */
static void
unwanted(source_read *reader, const char *path)
{
	int before = opened();
	struct err err;

	assert_true(nth_only(0, 0));
	for (refused = 1; refused <= ENTRIES; refused += ENTRIES - 1) {
		assert_int_equal(read_it(reader, path, &err), -1);
		assert_string_equal(err.text, "no more");
		assert_int_equal(taken, refused);
		assert_int_equal(opened(), before);
	}
}

static void
try(source_read *reader, const char *path)
{
	each(reader, path, EIO);
	each(reader, path, ENOMEM);
	unwanted(reader, path);
}

static void
test_libraries(void **state)
{
	source_read *readers[] = { hash_read, btree_read, lmdb_read };

	for (size_t i = 0; i < KINDS; i++) {
		own(str) char *name = NULL;
		own(str) char *path = make(*state, &kinds[i], 1, &name);

		try(readers[i], path);
	}
}

static void
test_cdb(void **state)
{
	own(str) char *path = scratch_file(*state, "t.cdb", "");
	own(fd) int fd = __real_open(path, O_RDWR | O_CLOEXEC);
	char key[64], value[8000];
	struct cdb_make maker;

	assert_int_equal(cdb_make_start(&maker, fd), 0);
	for (unsigned i = 0; i < ENTRIES; i++) {
		pair(i, key, value);
		assert_int_equal(cdb_make_add(&maker, key,
		    (unsigned)strlen(key), value, (unsigned)strlen(value)), 0);
	}
	assert_int_equal(cdb_make_finish(&maker), 0);
	try(cdb_read_all, path);
}

/* What a library lacks may be there the next time; what a file lacks is not. */
static void
test_kinds(void **state)
{
	static const struct { const char *call; int error; enum err_kind kind; }
	    rows[] = {
		{ "db_create", ENOMEM, ERR_LATER },
		{ "get", ENOMEM, ERR_LATER },
		{ "get", DB_PAGE_NOTFOUND, ERR_NEVER },
		{ "open of a db", EMFILE, ERR_LATER },
		{ "open of a db", EINVAL, ERR_NEVER },
		{ "mdb_env_create", ENOMEM, ERR_LATER },
		{ "mdb_cursor_get", EIO, ERR_LATER },
		{ "mdb_cursor_get", MDB_CORRUPTED, ERR_NEVER },
		{ "mdb_cursor_get", ENOMEM, ERR_NEVER },	/* lmdb_err() */
		{ "mdb_env_open", MDB_INVALID, ERR_NEVER },
	};

	refused = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool lmdb = strncmp(rows[i].call, "mdb", 3) == 0;
		own(str) char *name = NULL;
		own(str) char *path = make(*state, &kinds[lmdb ? 2 : 0], 1,
		    &name);
		struct err err;
		unsigned at;

		for (at = 1; nth_only(at, rows[i].error); at++) {
			int result = read_it(lmdb ? lmdb_read : hash_read, path,
			    &err);

			assert_int_equal(result, -1);
			if (strcmp(nth->name, rows[i].call) == 0)
				break;
		}
		if (err.kind != rows[i].kind)
			fail_msg("%s: %s", rows[i].call, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_libraries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cdb, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
