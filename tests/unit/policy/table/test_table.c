/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB LMDB */
/* table: files of Berkeley DB and LMDB, whole, locked, or none */
#include "policy/table/table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "tests/unit/policy/table/table_files.h"

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

/* A btree file may have one key several times, which postmap never makes but
 * reads: the first that was put in counts. */
static void
test_duplicates(void **state)
{
	static const char *const values[] = { "zz", "aa", "mm" };
	own(str) char *path = mem_format("%s/dup.db", (char *)*state);
	own(str) char *name = mem_format("btree:%s/dup", (char *)*state);
	struct table *table;
	const char *key;
	struct err err;
	uint32_t value;
	DB *db;

	assert_int_equal(db_create(&db, NULL, 0), 0);
	assert_int_equal(db->set_flags(db, DB_DUP), 0);
	assert_int_equal(db->open(db, NULL, path, NULL, DB_BTREE, DB_CREATE,
	    0644), 0);
	for (size_t i = 0; i < 3; i++) {
		char text[] = "a@x", copy[3];
		DBT one = { .data = text, .size = sizeof(text) };
		DBT other = { .data = copy, .size = sizeof(copy) };

		memcpy(copy, values[i], sizeof(copy));
		assert_int_equal(db->put(db, NULL, &one, &other, 0), 0);
	}
	assert_int_equal(db->close(db, 0), 0);
	assert_int_equal(table_load(name, TABLE_PATIENCE, &table, &err), 0);
	assert_int_equal(table_entries(table), 1);
	assert_true(table_find(table, "a@x", &value, &key));
	assert_string_equal(table_value(table, value), "zz");
	table_leave(table);
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
		cmocka_unit_test_setup_teardown(test_first_counts, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_duplicates, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
