/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policybench TYPE:FILE COUNT - what a policy over one table costs
 *
 * Prints, as "name value" lines: the time to load (ms), the number of entries,
 * the time of a decision for a full address with all its access(5) steps (ns),
 * the time of one raw get of the library on the same file (ns), the resident
 * memory that the table took (kB), and how long a decision takes that is
 * slower than 999 in 1000, alone and while the table is loaded again (ns).
 * COUNT is how many users the table has: user0@host0.example and so on, as
 * tests/bench/policy.sh makes them.
 */
#include <inttypes.h>
#include <cdb.h>
#include <db.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "policy/policy.h"

enum { ROUNDS = 1000000 };

/* Time of the processor for lookups, which others on the machine lengthen
 * least; time of the clock for a load, a child of which does the reading. */
static int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static long
resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long size = 0, resident = 0;

	if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	if (file != NULL)
		fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* The next of many users, in no order; every other one is in the table. */
static void
next_user(unsigned *seed, unsigned count, char out[64])
{
	unsigned n;

	*seed = *seed * 1664525 + 1013904223;
	n = (unsigned)((uint64_t)*seed * count * 2 >> 32);
	snprintf(out, 64, "user%u+ext@host%u.sub.dept.example", n, n % 1000);
}

static int
run_policy(const struct policy *policy, unsigned count)
{
	struct facts facts = { .sender = "s@x" };
	unsigned seed = 1, found = 0;
	int64_t start, empty;
	char user[64];

	start = cpu_ns();
	for (unsigned i = 0; i < ROUNDS; i++)
		next_user(&seed, count, user);
	empty = cpu_ns() - start;
	start = cpu_ns();
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct decision decision;

		next_user(&seed, count, user);
		policy_decide(policy, &facts, user, &decision);
		found += decision.table != NULL;
	}
	printf("decision_ns %" PRId64 "\nfound %u\n",
	    (cpu_ns() - start - empty) / ROUNDS, found);
	return found > ROUNDS / 3 && found < ROUNDS ? 0 : -1;
}

/* ---- decisions while the table is loaded ---- */

struct loading {
	struct policy_live *live;
	const char	*path;
	atomic_bool	 done;
};

static unsigned changes;

static void
note_changed(const char *table, size_t entries)
{
	(void)table, (void)entries;
	changes++;
}

static void
note_broken(const char *table, const char *why)
{
	fprintf(stderr, "%s: %s\n", table, why);
}

/* load_again - as the house-keeper does when postmap was there */
static void *
load_again(void *arg)
{
	static const struct policy_news news = { note_changed, note_broken };
	struct loading *loading = arg;

	if (utimensat(AT_FDCWD, loading->path, NULL, 0) == 0)
		policy_refresh(loading->live, &news);
	loading->done = true;
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

/* slow_ns - of many decisions, made until it is done, at most ROUNDS */
static int64_t
slow_ns(struct loading *loading, unsigned count)
{
	int64_t *took = mem_new(ROUNDS * sizeof(*took)), slow;
	struct facts facts = { .sender = "s@x" };
	unsigned seed = 1;
	size_t n = 0;

	do {
		struct policy *policy;
		struct decision decision;
		int64_t start;
		char user[64];

		next_user(&seed, count, user);
		start = clock_ns();
		policy = policy_hold(loading->live);
		policy_decide(policy, &facts, user, &decision);
		policy_leave(policy);
		took[n++] = clock_ns() - start;
	} while (n < ROUNDS && !loading->done);
	qsort(took, n, sizeof(*took), compare);
	slow = took[n - 1 - n / 1000];
	free(took);
	return slow;
}

/* run_loading - takes the policy */
static int
run_loading(struct policy *policy, const char *path, unsigned count)
{
	struct loading loading = { .live = policy_live_new(policy),
		.path = path };
	pthread_t thread;

	printf("slow_ns %" PRId64 "\n", slow_ns(&loading, count));
	if (pthread_create(&thread, NULL, load_again, &loading) != 0)
		return -1;
	printf("slow_loading_ns %" PRId64 "\n", slow_ns(&loading, count));
	pthread_join(thread, NULL);
	policy_live_free(loading.live);
	return changes == 1 ? 0 : -1;
}

/* ---- what the libraries take ---- */

/* raw_db - the library's own get, on a handle that stays open */
static int
raw_db(const char *path, DBTYPE type, unsigned count)
{
	unsigned seed = 1;
	char user[64], value[256];
	int64_t start;
	DB *db;

	if (db_create(&db, NULL, 0) != 0 ||
	    db->open(db, NULL, path, NULL, type, DB_RDONLY, 0) != 0)
		return -1;
	start = cpu_ns();
	for (unsigned i = 0; i < ROUNDS; i++) {
		DBT key = { .data = user }, data = { .data = value,
			.ulen = sizeof(value), .flags = DB_DBT_USERMEM };

		next_user(&seed, count, user);
		key.size = (uint32_t)strlen(user) + 1;
		(void)db->get(db, NULL, &key, &data, 0);
	}
	printf("raw_ns %" PRId64 "\n", (cpu_ns() - start) / ROUNDS);
	return db->close(db, 0);
}

static int
raw_lmdb(const char *path, unsigned count)
{
	unsigned seed = 1;
	char user[64];
	int64_t start;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	if (mdb_env_create(&env) != 0 || mdb_env_open(env, path,
	    MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK, 0) != 0 ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 ||
	    mdb_dbi_open(txn, NULL, 0, &dbi) != 0)
		return -1;
	start = cpu_ns();
	for (unsigned i = 0; i < ROUNDS; i++) {
		MDB_val key = { .mv_data = user }, value;

		next_user(&seed, count, user);
		key.mv_size = strlen(user) + 1;
		(void)mdb_get(txn, dbi, &key, &value);
	}
	printf("raw_ns %" PRId64 "\n", (cpu_ns() - start) / ROUNDS);
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return 0;
}

static int
raw_cdb(const char *path, unsigned count)
{
	unsigned seed = 1;
	char user[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int64_t start;
	struct cdb cdb;

	if (fd == -1 || cdb_init(&cdb, fd) != 0)
		return -1;
	start = cpu_ns();
	for (unsigned i = 0; i < ROUNDS; i++) {
		next_user(&seed, count, user);
		(void)cdb_find(&cdb, user, (unsigned)strlen(user));
	}
	printf("raw_ns %" PRId64 "\n", (cpu_ns() - start) / ROUNDS);
	cdb_free(&cdb);
	return close(fd);
}

static bool
is_type(const char *name, const char *type)
{
	return strncmp(name, type, strlen(type)) == 0;
}

/* path_of - the file of a table; new */
static char *
path_of(const char *name)
{
	return mem_format("%s%s", strchr(name, ':') + 1,
	    is_type(name, "lmdb:") ? ".lmdb" : is_type(name, "cdb:") ? ".cdb" :
	    is_type(name, "texthash:") ? "" : ".db");
}

static int
run_raw(const char *name, const char *path, unsigned count)
{
	if (is_type(name, "lmdb:"))
		return raw_lmdb(path, count);
	if (is_type(name, "cdb:"))
		return raw_cdb(path, count);
	if (is_type(name, "hash:"))
		return raw_db(path, DB_HASH, count);
	if (is_type(name, "btree:"))
		return raw_db(path, DB_BTREE, count);
	return 0;		/* a text has no library */
}

int
main(int argc, char **argv)
{
	struct conf conf = { .intake_address = "a@intake.example",
		.default_policy = "NO", .recipient_delimiter = "+",
		.unclean_header_checks = "",
		.parent_domain_matches_subdomains = true };
	struct policy *policy;
	struct err err;
	char *maps, *path;
	int64_t start;
	long before = resident_kb();
	unsigned count;

	if (argc != 3)
		return EX_USAGE;
	count = (unsigned)strtoul(argv[2], NULL, 10);
	conf.policy_maps = maps = mem_format("check_recipient %s", argv[1]);
	start = clock_ns();
	if (policy_load(&conf, &policy, &err) == -1) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	printf("load_ms %" PRId64 "\n", (clock_ns() - start) / 1000000);
	printf("resident_kb %ld\n", resident_kb() - before);
	path = path_of(argv[1]);
	if (run_policy(policy, count) == -1 ||
	    run_raw(argv[1], path, count) == -1 ||
	    run_loading(policy, path, count) == -1)
		return 1;
	free(path);
	free(maps);
	return 0;
}
