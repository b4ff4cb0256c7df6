/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table_files - database files as postmap makes them, for one test
 *
 *	char *name, *path = make(dir, &kinds[i], 1, &name);
 *	... table_load(name, ...) ...
 */
#ifndef TESTS_TABLE_FILES_H
#define TESTS_TABLE_FILES_H

#include <db.h>
#include <lmdb.h>
#include <string.h>

#include "policy/table/table.h"
#include "tests/unit/scratch.h"

enum { ENTRIES = 500 };

static const struct kind {
	const char	*type, *suffix;
	DBTYPE		 db;
} kinds[] = {
	{ "hash", ".db", DB_HASH },
	{ "btree", ".db", DB_BTREE },
	{ "lmdb", ".lmdb", DB_UNKNOWN },
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static inline int
setup(void **state)
{
	*state = scratch_new();
	return 0;
}

static inline int
teardown(void **state)
{
	scratch_free(*state);
	return 0;
}

/* pair - the nth key and value; every hundredth value is a long one */
static inline void
pair(unsigned n, char key[64], char value[8000])
{
	snprintf(key, 64, "user%u@example.com", n);
	snprintf(value, 8000, "value-%u%0*d", n % 7,
	    n % 100 == 50 ? 6000 : 1, 0);
}

static inline void
make_db(const char *path, DBTYPE type, unsigned nul)
{
	char key_text[64], value_text[8000];
	DB *db;

	assert_int_equal(db_create(&db, NULL, 0), 0);
	assert_int_equal(db->open(db, NULL, path, NULL, type,
	    DB_CREATE | DB_TRUNCATE, 0644), 0);
	for (unsigned i = 0; i < ENTRIES; i++) {
		DBT key = { .data = key_text }, value = { .data = value_text };

		pair(i, key_text, value_text);
		key.size = (u_int32_t)strlen(key_text) + nul;
		value.size = (u_int32_t)strlen(value_text) + nul;
		assert_int_equal(db->put(db, NULL, &key, &value, 0), 0);
	}
	assert_int_equal(db->close(db, 0), 0);
}

static inline void
make_lmdb(const char *path, unsigned nul)
{
	char key_text[64], value_text[8000];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_mapsize(env, 64 << 20), 0);
	assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK,
	    0644), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	for (unsigned i = 0; i < ENTRIES; i++) {
		MDB_val key = { .mv_data = key_text };
		MDB_val value = { .mv_data = value_text };

		pair(i, key_text, value_text);
		key.mv_size = strlen(key_text) + nul;
		value.mv_size = strlen(value_text) + nul;
		assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
	}
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

/* make - a table file below dir; its path, new, and its name in out_name */
static inline char *
make(const char *dir, const struct kind *kind, unsigned nul, char **out_name)
{
	char *path = mem_format("%s/%s%s", dir, kind->type, kind->suffix);

	if (kind->db == DB_UNKNOWN)
		make_lmdb(path, nul);
	else
		make_db(path, kind->db, nul);
	*out_name = mem_format("%s:%s/%s", kind->type, dir, kind->type);
	return path;
}

/* refuse - the table cannot be loaded, and is told off in these words */
static inline void
refuse(const char *name, const char *want)
{
	struct table *table;
	struct err err;

	if (table_load(name, TABLE_PATIENCE, &table, &err) == 0)
		fail_msg("taken: %s", name);
	if (strstr(err.text, want) == NULL)
		fail_msg("%s: got %s, want %s", name, err.text, want);
	assert_null(strchr(err.text, '\n'));
}

#endif
