/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policybench TYPE:FILE COUNT - what a policy over one table costs
 *
 * Prints, as "name value" lines: the time to load (ms), the number of entries,
 * the time of a decision for a full address with all its access(5) steps (ns),
 * the time of one raw get of the library on the same file (ns), and the
 * resident memory that the table took (kB).  COUNT is how many users the table
 * has: user0@host0.example and so on, as tests/bench_policy.sh makes them.
 */
#include <inttypes.h>
#include <cdb.h>
#include <db.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int
run_raw(const char *name, unsigned count)
{
	const char *file = strchr(name, ':') + 1;
	bool lmdb = strncmp(name, "lmdb:", 5) == 0;
	bool is_cdb = strncmp(name, "cdb:", 4) == 0;
	char *path = mem_format("%s%s", file, lmdb ? ".lmdb" : is_cdb ?
	    ".cdb" : ".db");
	int result;

	if (lmdb)
		result = raw_lmdb(path, count);
	else if (is_cdb)
		result = raw_cdb(path, count);
	else if (strncmp(name, "hash:", 5) == 0)
		result = raw_db(path, DB_HASH, count);
	else
		result = 0;	/* a text has no library */
	free(path);
	return result;
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
	char *maps;
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
	if (run_policy(policy, count) == -1 || run_raw(argv[1], count) == -1)
		return 1;
	policy_free(policy);
	free(maps);
	return 0;
}
