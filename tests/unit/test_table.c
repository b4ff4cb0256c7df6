/* SPDX-License-Identifier: BSD-2-Clause */
/* table: files of Berkeley DB and LMDB, whole, locked and damaged */
#include "policy/table.h"

#include <db.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "tests/unit/scratch.h"

/* QUICKLY: some damage might make a reader hang, until its parent has no
 * patience left. */
enum { ENTRIES = 500, DAMAGES = 300, QUICKLY = 300 };

static const struct kind {
	const char	*type, *suffix;
	DBTYPE		 db;
} kinds[] = {
	{ "hash", ".db", DB_HASH },
	{ "btree", ".db", DB_BTREE },
	{ "lmdb", ".lmdb", DB_UNKNOWN },
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static int
setup(void **state)
{
	*state = scratch_new();
	return 0;
}

static int
teardown(void **state)
{
	scratch_free(*state);
	return 0;
}

/* ---- files as postmap makes them ---- */

/* pair - the nth key and value; every hundredth value is a long one */
static void
pair(unsigned n, char key[64], char value[8000])
{
	snprintf(key, 64, "user%u@example.com", n);
	snprintf(value, 8000, "value-%u%0*d", n % 7,
	    n % 100 == 50 ? 6000 : 1, 0);
}

static void
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

static void
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
static char *
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

static unsigned
open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static void
check_contents(const struct table *table)
{
	char key[64], value[8000];
	const char *found;
	uint32_t number;

	assert_int_equal(table_entries(table), ENTRIES);
	for (unsigned i = 0; i < ENTRIES; i++) {
		pair(i, key, value);
		assert_true(table_find(table, key, &number, &found));
		assert_string_equal(table_value(table, number), value);
		assert_string_equal(found, key);
	}
	assert_false(table_find(table, "", &number, &found));
	assert_false(table_find(table, "user1@example.co", &number, &found));
}

static void
test_contents(void **state)
{
	unsigned before = open_descriptors();

	for (size_t i = 0; i < KINDS; i++)
		for (unsigned nul = 0; nul < 2; nul++) {
			char *name, *path = make(*state, &kinds[i], nul, &name);
			struct table *table;
			struct err err;

			if (table_load(name, TABLE_PATIENCE, &table,
			    &err) == -1)
				fail_msg("%s: %s", name, err.text);
			assert_string_equal(table_name(table), name);
			check_contents(table);
			table_leave(table);
			unlink(path);
			free(path);
			free(name);
		}
	assert_int_equal(open_descriptors(), before);
}

/* ---- locks ---- */

struct holder {
	int		fd;
	bool		of_range;	/* an fcntl lock, else flock */
	int64_t		for_ms;
};

static void
lock(const struct holder *holder, bool on)
{
	struct flock all = { .l_type = on ? F_WRLCK : F_UNLCK,
		.l_whence = SEEK_SET };

	if (holder->of_range)
		assert_int_equal(fcntl(holder->fd, F_OFD_SETLK, &all), 0);
	else
		assert_int_equal(flock(holder->fd, on ? LOCK_EX : LOCK_UN), 0);
}

static void *
release_later(void *arg)
{
	const struct holder *holder = arg;

	usleep((useconds_t)holder->for_ms * 1000);
	lock(holder, false);
	return NULL;
}

/* Given up after as long as was asked for, waited for when it is free in
 * time: no answer comes before that. */
static void
test_locked(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		struct holder holder = {
			.fd = open(path, O_RDWR | O_CLOEXEC),
			.of_range = kinds[i].db == DB_UNKNOWN,
			.for_ms = 300,
		};
		struct table *table;
		struct err err;
		int64_t start;
		pthread_t thread;

		lock(&holder, true);
		start = clock_now();
		assert_int_equal(table_load(name, 200, &table, &err), -1);
		assert_true(clock_now() - start >= 200);
		assert_int_equal(err.sys, EWOULDBLOCK);
		assert_int_equal(err.kind, ERR_LATER);
		assert_non_null(strstr(err.text, "locked by another program"));

		start = clock_now();
		assert_int_equal(pthread_create(&thread, NULL, release_later,
		    &holder), 0);
		assert_int_equal(table_load(name, 60000, &table, &err), 0);
		assert_true(clock_now() - start >= holder.for_ms - 20);
		pthread_join(thread, NULL);
		check_contents(table);
		table_leave(table);
		close(holder.fd);
		free(path);
		free(name);
	}
}

/* ---- what is no table ---- */

static void
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

static void
test_not_tables(void **state)
{
	char *hash, *hash_path = make(*state, &kinds[0], 1, &hash);
	char *lmdb, *lmdb_path = make(*state, &kinds[2], 1, &lmdb);
	char *btree_path = mem_format("%s/btree.db", (char *)*state);
	char *btree = mem_format("btree:%s/btree", (char *)*state);

	assert_int_equal(rename(hash_path, btree_path), 0);
	refuse(btree, "unexpected file type or format");
	assert_int_equal(rename(lmdb_path, hash_path), 0);
	refuse(hash, "unexpected file type or format");
	assert_int_equal(rename(btree_path, lmdb_path), 0);
	refuse(lmdb, "MDB_INVALID");
	assert_int_equal(truncate(hash_path, 0), 0);
	assert_int_equal(truncate(lmdb_path, 0), 0);
	refuse(hash, "empty file");
	refuse(lmdb, "empty file");
	unlink(hash_path);
	unlink(lmdb_path);
	assert_int_equal(mkdir(hash_path, 0755), 0);
	assert_int_equal(mkfifo(lmdb_path, 0644), 0);
	refuse(hash, "not a regular file");
	refuse(lmdb, "not a regular file");
	rmdir(hash_path);
	assert_int_equal(symlink("hash.db", hash_path), 0);
	refuse(hash, "Too many levels of symbolic links");
	free(hash);
	free(lmdb);
	free(btree);
	free(hash_path);
	free(lmdb_path);
	free(btree_path);
}

static void
test_unreadable(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);

		assert_int_equal(chmod(path, 0), 0);
		if (geteuid() == 0)
			assert_int_equal(seteuid(65534), 0);
		refuse(name, "Permission denied");
		if (getuid() == 0)
			assert_int_equal(seteuid(0), 0);
		free(path);
		free(name);
	}
}

static void
test_no_descriptors(void **state)
{
	char *name, *path = make(*state, &kinds[0], 1, &name);
	struct rlimit old, few;
	struct table *table;
	struct err err;
	int result;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 3, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	result = table_load(name, TABLE_PATIENCE, &table, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(result, -1);
	assert_int_equal(err.sys, EMFILE);
	assert_int_equal(err.kind, ERR_LATER);
	free(path);
	free(name);
}

/* ---- damage ---- */

/* A small generator of our own: the same damages in each run. */
static unsigned
some(unsigned below)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (unsigned)(seed >> 33) % below;
}

/* damage - flip bytes, clear a stretch, shorten: in one of these ways */
static size_t
damage(unsigned char *bytes, size_t size)
{
	unsigned way = some(4), at = some((unsigned)size);

	switch (way) {
	case 0:
		return at;
	case 1:
		memset(bytes + at, 0, some((unsigned)(size - at)) % 5000);
		return size;
	case 2:
		for (unsigned i = 0; i < 50; i++)
			bytes[some((unsigned)size)] = (unsigned char)some(256);
		return size;
	default:	/* in the header of a page: where it hurts */
		bytes[(at & ~4095U) + some(40)] = (unsigned char)some(256);
		return size;
	}
}

static size_t
read_file(const char *path, unsigned char *bytes, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, size);

	assert_true(n > 0 && (size_t)n < size);
	close(fd);
	return (size_t)n;
}

/* Each gives one error or a table, in the end; the file stays as it is. */
static void
test_damaged(void **state)
{
	enum { LARGEST = 1 << 20 };
	unsigned char *whole = mem_new(LARGEST), *bytes = mem_new(LARGEST);

	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		size_t size = read_file(path, whole, LARGEST);
		unsigned refused = 0;

		for (unsigned n = 0; n < DAMAGES; n++) {
			FILE *file = fopen(path, "w");
			struct table *table;
			struct stat status;
			struct err err;
			size_t left;

			memcpy(bytes, whole, size);
			left = damage(bytes, size);
			fwrite(bytes, 1, left, file);
			fclose(file);
			if (table_load(name, QUICKLY, &table, &err) == 0) {
				table_leave(table);
			} else {
				refused++;
				assert_true(strlen(err.text) > 0);
				assert_null(strchr(err.text, '\n'));
			}
			assert_int_equal(stat(path, &status), 0);
			assert_int_equal(status.st_size, left);
		}
		assert_true(refused > DAMAGES / 4);
		free(path);
		free(name);
	}
	free(whole);
	free(bytes);
}

/* Cut off at the end of a page: looks whole, and is not. */
static void
test_cut_off(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		struct stat status;

		assert_int_equal(stat(path, &status), 0);
		for (off_t size = status.st_size - 4096; size > 8192;
		    size -= 4096) {
			assert_int_equal(truncate(path, size), 0);
			refuse(name, "damaged (cut off)");
		}
		free(path);
		free(name);
	}
}

/* ---- text files, and what all have in common ---- */

static void
test_first_counts(void **state)
{
	char *path = scratch_file(*state, "text",
	    "A@x one\na@X two\nb@x one\n");
	char *name = mem_format("texthash:%s", path);
	struct table *table, *other;
	struct err err;
	const char *key;
	uint32_t value;
	own(buf) struct buf place = BUF;

	assert_int_equal(table_load(name, 0, &table, &err), 0);
	assert_int_equal(table_entries(table), 2);
	assert_int_equal(table_values(table), 1);
	assert_true(table_find(table, "a@x", &value, &key));
	assert_string_equal(table_value(table, value), "one");
	table_place(table, value, &place);
	assert_non_null(strstr(place.data, "/text:1"));
	assert_int_equal(table_load("inline:{a@x=one,A@x=two}", 0, &other,
	    &err), 0);
	assert_true(table_find(other, "a@x", &value, &key));
	assert_string_equal(table_value(other, value), "two");
	assert_false(table_same(table, other));
	table_leave(table_hold(other));
	table_leave(other);
	table_leave(table);
	free(path);
	free(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_contents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_tables, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_unreadable, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_no_descriptors, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_counts, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
