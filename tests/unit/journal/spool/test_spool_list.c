/* SPDX-License-Identifier: BSD-2-Clause */
/* names, lists, opening and the lock of the spool */
#include "journal/spool/spool.h"

#include <sys/wait.h>

#include "tests/unit/spool_rig.h"

#define ENTRY(...) { __VA_ARGS__, 0, "" }
#define DIGITS "0123456789012345678901234567890123456789"
#define LONGEST "j@" DIGITS "." DIGITS ".123"	/* 87 */

static const struct {
	enum spool_place	 place;
	const char		*name;
	struct spool_entry	 entry;
} names[] = {
	{ SPOOL_READY, "0000000000000001.0", ENTRY(1, 0, 0, 0) },
	{ SPOOL_READY, "00000000000000ff.12", ENTRY(255, 12, 0, 0) },
	{ SPOOL_READY, "fedcba9876543210.4294967295",
	    ENTRY(UINT64_C(0xfedcba9876543210), 4294967295, 0, 0) },
	{ SPOOL_READY, "0000000000000001.0.1708118362123",
	    ENTRY(1, 0, 1708118362123, 0) },
	{ SPOOL_READY, "ffffffffffffffff.4294967295.9223372036854775807",
	    ENTRY(UINT64_MAX, 4294967295, INT64_MAX, 0) },
	{ SPOOL_READY, "0000000000000001.0.1708118362123.dns",
	    ENTRY(1, 0, 1708118362123, SPOOL_WHY_DNS) },
	{ SPOOL_READY, "0000000000000001.1.1708118362123.5xx",
	    ENTRY(1, 1, 1708118362123, SPOOL_WHY_5XX) },
	{ SPOOL_READY, "0000000000000001.2.1.tls", ENTRY(1, 2, 1, SPOOL_WHY_TLS) },
	{ SPOOL_READY, "0000000000000001.0.1.expired",
	    ENTRY(1, 0, 1, SPOOL_WHY_EXPIRED) },
	{ SPOOL_READY, "0000000000000001.0.1.retries",
	    ENTRY(1, 0, 1, SPOOL_WHY_RETRIES) },
	{ SPOOL_READY, "ffffffffffffffff.4294967295.9223372036854775807.network",
	    ENTRY(UINT64_MAX, 4294967295, INT64_MAX, SPOOL_WHY_NETWORK) },
	{ SPOOL_READY, "0000000000000001.0,1,j@i", { .mid = 1, .accepted = 1,
	    .intake = "j@i" } },
	{ SPOOL_READY, "ffffffffffffffff.0,9223372036854775807,"
	    "J.ournal_+=x-1@in--x.in_take.EXAMPLE", { .mid = UINT64_MAX,
	    .accepted = INT64_MAX,
	    .intake = "J.ournal_+=x-1@in--x.in_take.EXAMPLE" } },
	{ SPOOL_READY, "0000000000000001.0,1," LONGEST, { .mid = 1,
	    .accepted = 1, .intake = LONGEST } },
	{ SPOOL_FAILED, "0000000000000001", ENTRY(1, 0, 0, 0) },
	{ SPOOL_FAILED, "ffffffffffffffff", ENTRY(UINT64_MAX, 0, 0, 0) },
	{ SPOOL_FAILED, "0000000000000001.2", ENTRY(1, 2, 0, 0) },
};

static const struct {
	enum spool_place	 place;
	const char		*name;
} no_names[] = {
	{ SPOOL_READY, "" }, { SPOOL_READY, "." }, { SPOOL_READY, ".." },
	{ SPOOL_READY, "0000000000000001" },
	{ SPOOL_READY, "0000000000000001." },
	{ SPOOL_READY, ".0000000000000001" },
	{ SPOOL_READY, ".0000000000000001.0" },
	{ SPOOL_READY, "000000000000001.0" },
	{ SPOOL_READY, "00000000000000001.0" },
	{ SPOOL_READY, "00000000000000FF.0" },
	{ SPOOL_READY, "0x00000000000001.0" },
	{ SPOOL_READY, "              01.0" },
	{ SPOOL_READY, "-000000000000001.0" },
	{ SPOOL_READY, "0000000000000001.-1" },
	{ SPOOL_READY, "0000000000000001.+1" },
	{ SPOOL_READY, "0000000000000001. 1" },
	{ SPOOL_READY, "0000000000000001.01" },
	{ SPOOL_READY, "0000000000000001.4294967296" },
	{ SPOOL_READY, "0000000000000001.0.0" },
	{ SPOOL_READY, "0000000000000001.0." },
	{ SPOOL_READY, "0000000000000001.0.x" },
	{ SPOOL_READY, "0000000000000001.0.9223372036854775808" },
	{ SPOOL_READY, "0000000000000001.0.1.1" },
	{ SPOOL_READY, "0000000000000001.0.1." },
	{ SPOOL_READY, "0000000000000001.0.1.none" },
	{ SPOOL_READY, "0000000000000001.0.1.DNS" },
	{ SPOOL_READY, "0000000000000001.0.1.dns.1" },
	{ SPOOL_READY, "0000000000000001.0.0.dns" },
	{ SPOOL_READY, "0000000000000001.0.dns" },
	{ SPOOL_READY, "0000000000000001.dns" },
	{ SPOOL_READY, "0000000000000001.0 " },
	{ SPOOL_READY, "0000000000000001.0.damaged" },
	{ SPOOL_READY, "0000000000000001.0,1," LONGEST "4" },
	{ SPOOL_READY, "0000000000000001.0,0,j@i" },
	{ SPOOL_READY, "0000000000000001.0,-1,j@i" },
	{ SPOOL_READY, "0000000000000001.0,01,j@i" },
	{ SPOOL_READY, "0000000000000001.0,9223372036854775808,j@i" },
	{ SPOOL_READY, "0000000000000001.0,,j@i" },
	{ SPOOL_READY, "0000000000000001.0,1" },
	{ SPOOL_READY, "0000000000000001.0,1," },
	{ SPOOL_READY, "0000000000000001.0,1,j" },
	{ SPOOL_READY, "0000000000000001.0,1,j@" },
	{ SPOOL_READY, "0000000000000001.0,1,@i" },
	{ SPOOL_READY, "0000000000000001.0,1,j@i." },
	{ SPOOL_READY, "0000000000000001.0,1,j@.i" },
	{ SPOOL_READY, "0000000000000001.0,1,j@i@k" },
	{ SPOOL_READY, "0000000000000001.0,1,j@[192.0.2.1]" },
	{ SPOOL_READY, "0000000000000001.0,1,j j@i" },
	{ SPOOL_READY, "0000000000000001.0,1,j*j@i" },
	{ SPOOL_READY, "0000000000000001.0,1,j\xc3\xa9@i" },
	{ SPOOL_READY, "0000000000000001.0,1,j@i,1" },
	{ SPOOL_READY, "0000000000000001.1,1,j@i" },
	{ SPOOL_READY, "0000000000000001.0.1,1,j@i" },
	{ SPOOL_READY, "0000000000000001,1,j@i" },
	{ SPOOL_FAILED, "0000000000000001,1,j@i" },
	{ SPOOL_FAILED, "0000000000000001.1,1,j@i" },
	{ SPOOL_FAILED, "0000000000000001.0" },
	{ SPOOL_FAILED, "0000000000000001." },
	{ SPOOL_FAILED, "0000000000000001.2.1708118362123" },
	{ SPOOL_FAILED, "0000000000000001.2.1708118362123.dns" },
	{ SPOOL_FAILED, "0000000000000001.0.damaged" },
	{ SPOOL_FAILED, "lost+found" },
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct spool_entry entry;
		char name[SPOOL_NAME];

		assert_string_equal(spool_name(names[i].place, &names[i].entry,
		    name), names[i].name);
		assert_true(spool_parse(names[i].place, names[i].name, &entry));
		assert_int_equal(entry.mid, names[i].entry.mid);
		assert_int_equal(entry.attempts, names[i].entry.attempts);
		assert_int_equal(entry.since, names[i].entry.since);
		assert_int_equal(entry.why, names[i].entry.why);
		assert_int_equal(entry.accepted, names[i].entry.accepted);
		assert_string_equal(entry.intake, names[i].entry.intake);
	}
	for (size_t i = 0; i < sizeof(no_names) / sizeof(*no_names); i++) {
		struct spool_entry entry = { .mid = 7 };

		if (spool_parse(no_names[i].place, no_names[i].name, &entry))
			fail_msg("taken: '%s'", no_names[i].name);
		assert_int_equal(entry.mid, 7);
	}
}

static void
test_list(void **state)
{
	struct fixture *fixture = *state;
	enum { MANY = 1000 };
	struct spool_entry *entries;
	struct err err;
	size_t count;

	assert_int_equal(rig_count(fixture->spool, SPOOL_READY), 0);
	for (uint64_t i = 0; i < MANY; i++) {
		struct spool_entry entry = { .mid = i * 7919 % MANY + 1,
		    .attempts = (unsigned)i % 3 };
		char name[SPOOL_NAME];

		rig_make(fixture->spool, spool_name(SPOOL_READY, &entry,
		    name));
	}
	for (size_t i = 0; i < sizeof(no_names) / sizeof(*no_names); i++)
		if (no_names[i].place == SPOOL_READY &&
		    strlen(no_names[i].name) > 2)
			rig_make(fixture->spool, no_names[i].name);
	assert_int_equal(spool_list(fixture->spool, SPOOL_READY, &entries,
	    &count, &err), 0);
	assert_int_equal(count, MANY);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(entries[i].mid, i + 1);
	free(entries);

	/* One that is renamed while the directory is read may be seen twice. */
	rig_make(fixture->spool, "0000000000000005.7");
	assert_int_equal(spool_list(fixture->spool, SPOOL_READY, &entries,
	    &count, &err), 0);
	assert_int_equal(count, MANY);
	assert_int_equal(entries[4].attempts, 7);
	free(entries);

	/* A diverted one begins to count again. */
	rig_make(fixture->spool, "0000000000000005.0.9.5xx");
	assert_int_equal(spool_list(fixture->spool, SPOOL_READY, &entries,
	    &count, &err), 0);
	assert_int_equal(count, MANY);
	assert_int_equal(entries[4].why, SPOOL_WHY_5XX);
	free(entries);
}

static void
test_peek(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);
	own(str) char *empty = mem_format("%s/empty", fixture->dir);
	struct spool *spool;
	struct err err;

	assert_int_equal(mkdir(empty, 0700), 0);
	assert_int_equal(spool_peek(empty, &spool, &err), -1);
	assert_int_equal(rig_files(fixture->dir, "empty"), 0);
	assert_int_equal(rmdir(empty), 0);
	assert_int_equal(spool_peek(empty, &spool, &err), -1);
	assert_int_equal(err.sys, ENOENT);
	rig_commit(fixture->spool, &message, 1);
	assert_int_equal(spool_peek(fixture->dir, &spool, &err), 0);
	rig_whole(spool, SPOOL_READY, 1, &message);
	assert_null(spool_close(spool));
	assert_null(spool_close(NULL));
}

static void
test_open_errors(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *nowhere = mem_format("%s/nowhere", fixture->dir);
	own(str) char *file = scratch_file(fixture->dir, "file", "x");
	own(str) char *link = mem_format("%s/link", fixture->dir);
	struct spool_options options = { .directory = nowhere };
	struct spool *spool = NULL;
	struct err err;

	assert_int_equal(spool_open(&options, &spool, &err), -1);
	assert_int_equal(err.sys, ENOENT);
	assert_non_null(strstr(err.text, nowhere));
	options.directory = file;
	assert_int_equal(spool_open(&options, &spool, &err), -1);
	assert_int_equal(err.sys, ENOTDIR);
	assert_null(spool);
	/* The directory may be a link to another disk. */
	assert_int_equal(symlink(".", link), 0);
	options.directory = link;
	assert_int_equal(spool_open(&options, &spool, &err), 0);
	spool_close(spool);
}

/* ---- the lock ---- */

/* try_lock - in a process of its own: its exit code */
static int
try_lock(const char *dir, long holder)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct spool *spool = rig_open(dir);
		own(str) char *text = mem_format(
		    "spool: locked by another forwarder, pid %ld", holder);
		struct err err;

		if (spool_holder(spool) != holder)
			_exit(3);
		if (spool_lock(spool, &err) == 0)
			_exit(0);
		_exit(err.kind == ERR_LATER && strcmp(err.text, text) == 0 ?
		    1 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_lock(void **state)
{
	struct fixture *fixture = *state;
	struct spool *other;
	struct err err;

	assert_int_equal(spool_holder(fixture->spool), 0);
	assert_int_equal(try_lock(fixture->dir, 0), 0);	/* it died: free */
	assert_int_equal(try_lock(fixture->dir, 0), 0);
	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	assert_int_equal(spool_holder(fixture->spool), getpid());
	assert_int_equal(try_lock(fixture->dir, getpid()), 1);

	/* Looking at it, in this process too, does not lose it. */
	other = rig_open(fixture->dir);
	assert_int_equal(spool_holder(other), getpid());
	assert_int_equal(spool_lock(other, &err), -1);
	spool_close(other);
	assert_int_equal(try_lock(fixture->dir, getpid()), 1);

	fixture->spool = spool_close(fixture->spool);
	assert_int_equal(try_lock(fixture->dir, 0), 0);
	fixture->spool = rig_open(fixture->dir);
	assert_int_equal(spool_holder(fixture->spool), 0);
}

/* hold_in_grandchild - lock, and leave a child that holds it until the pipe
 * ends; then it says so by a byte on the other */
static void
hold_in_grandchild(const char *dir, int until, int done)
{
	struct spool *spool = rig_open(dir);
	struct err err;
	char byte;

	if (spool_lock(spool, &err) == -1)
		_exit(1);
	if (fork() != 0)
		_exit(0);
	while (read(until, &byte, 1) > 0)
		;
	spool_close(spool);
	_exit(write(done, "x", 1) == 1 ? 0 : 1);
}

/* A child shares the lock, and keeps it when its parent has died. */
static void
test_lock_fork(void **state)
{
	struct fixture *fixture = *state;
	int until[2], done[2], status;
	pid_t pid;
	char byte;

	assert_int_equal(pipe(until), 0);
	assert_int_equal(pipe(done), 0);
	pid = fork();
	if (pid == 0) {
		close(until[1]);
		hold_in_grandchild(fixture->dir, until[0], done[1]);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(spool_holder(fixture->spool), pid);
	assert_int_equal(try_lock(fixture->dir, pid), 1);
	close(until[0]);
	close(until[1]);
	assert_int_equal(read(done[0], &byte, 1), 1);
	close(done[0]);
	close(done[1]);
	assert_int_equal(try_lock(fixture->dir, 0), 0);
}

static void
test_lock_without_pid(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *path = mem_format("%s/lock", fixture->dir);
	struct spool *other = rig_open(fixture->dir);
	struct err err;

	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(spool_holder(other), -1);
	free(scratch_file(fixture->dir, "lock", "rubbish\n"));
	assert_int_equal(spool_holder(other), -1);
	spool_close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_names),
		RIG_TEST(test_list),
		RIG_TEST(test_peek),
		RIG_TEST(test_open_errors),
		RIG_TEST(test_lock),
		RIG_TEST(test_lock_fork),
		RIG_TEST(test_lock_without_pid),
	};

	return cmocka_run_group_tests_name("spool_list", tests, NULL, NULL);
}
