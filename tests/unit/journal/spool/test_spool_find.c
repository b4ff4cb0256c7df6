/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * what operators do to the spool: copies are found under whatever name, gone
 * when they are said to be, and wishes reach the forwarder
 *
 * WRAP: unlinkat
 */
#include "journal/spool/spool_flush.h"

#include <errno.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/unit/spool_rig.h"

/* Attempts that fail just before each unlinkat. */
static unsigned attempts_to_fail;

int __real_unlinkat(int, const char *, int);
int __wrap_unlinkat(int, const char *, int);

int
__wrap_unlinkat(int dir, const char *name, int flags)
{
	struct spool_entry entry;
	char next[SPOOL_NAME];

	if (attempts_to_fail > 0 && spool_parse(SPOOL_READY, name, &entry)) {
		attempts_to_fail--;
		entry.attempts++;
		must(renameat(dir, name, dir, spool_name(SPOOL_READY, &entry,
		    next)) == 0);
	}
	return __real_unlinkat(dir, name, flags);
}

/* find - "ready 3", "failed 0" ...: where, and after how many attempts */
static const char *
find(const struct spool *spool, uint64_t mid)
{
	static char text[64];
	struct spool_entry entry;
	enum spool_place place;
	struct err err;

	switch (spool_find(spool, mid, &place, &entry, &err)) {
	case -1:
		return "failed";
	case 0:
		return "nowhere";
	}
	snprintf(text, sizeof(text), "%s %u",
	    place == SPOOL_READY ? "ready" : "failed", entry.attempts);
	return text;
}

static void
test_find(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	struct spool_entry entry = RIG_ENTRY(7);
	own(buf) struct buf message = rig_message(100);
	struct err err;

	assert_string_equal(find(spool, 7), "nowhere");
	rig_commit(spool, &message, 7);
	rig_commit(spool, &message, 8);
	assert_string_equal(find(spool, 7), "ready 0");
	assert_int_equal(spool_failed_attempt(spool, &entry, &err), 1);
	assert_string_equal(find(spool, 7), "ready 1");
	/* the last attempt has no name of its own */
	assert_int_equal(spool_keep(spool, &entry, 1, &err), 1);
	assert_string_equal(find(spool, 7), "failed 2");
	entry.attempts = 2;
	rig_whole(spool, SPOOL_FAILED, 7, &message);
	assert_int_equal(spool_requeue(spool, &entry, &err), 1);
	assert_string_equal(find(spool, 7), "ready 0");
	assert_string_equal(find(spool, 8), "ready 0");
}

/* A copy whose name changes while it is deleted is deleted all the same. */
static void
test_delete(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	struct spool_entry entry = RIG_ENTRY(9);
	own(buf) struct buf message = rig_message(100);
	enum spool_place place;
	struct err err;

	for (unsigned changes = 0; changes < 3; changes++) {
		rig_commit(spool, &message, 7);
		attempts_to_fail = changes;
		assert_int_equal(spool_delete(spool, 7, &place, &err), 1);
		assert_int_equal(place, SPOOL_READY);
		assert_int_equal(attempts_to_fail, 0);
		assert_string_equal(find(spool, 7), "nowhere");
		assert_int_equal(spool_delete(spool, 7, &place, &err), 0);
	}
	rig_commit(spool, &message, 9);
	assert_int_equal(spool_keep(spool, &entry, 1, &err), 1);
	assert_int_equal(spool_delete(spool, 9, &place, &err), 1);
	assert_int_equal(place, SPOOL_FAILED);
	assert_string_equal(find(spool, 9), "nowhere");
}

/* What is done with, but for its name, is nothing that could be deleted, and
 * no damaged copy either; the name goes all the same. */
static void
test_empty(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	struct spool_entry entry = RIG_ENTRY(7);
	own(buf) struct buf message = rig_message(100);
	enum spool_place place;
	struct copy copy;
	struct err err;

	for (int round = 0; round < 2; round++) {
		rig_commit(spool, &message, 7);
		assert_int_equal(spool_empty(spool, &entry, &err), 0);
		assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy,
		    &err), COPY_BAD);
		assert_int_equal(err.kind, ERR_NEVER);
		if (round == 0)
			assert_int_equal(spool_delete(spool, 7, &place, &err),
			    0);
		else
			assert_int_equal(spool_damaged(spool, &entry, &err), 0);
		assert_int_equal(rig_files(fixture->dir, "ready"), 0);
		assert_int_equal(rig_files(fixture->dir, "failed"), 0);
	}
	assert_int_equal(spool_empty(spool, &entry, &err), -1);
}

static void
test_damaged(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	struct spool_entry *entries, entry = { .mid = 7, .attempts = 1 };
	struct err err;
	size_t count;

	assert_int_equal(spool_list_damaged(spool, &entries, &count, &err), 0);
	assert_int_equal(count, 0);
	free(entries);
	rig_make(spool, "0000000000000007.1");
	assert_int_equal(spool_damaged(spool, &entry, &err), 1);
	assert_int_equal(spool_list_damaged(spool, &entries, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_int_equal(entries[0].mid, 7);
	assert_int_equal(entries[0].attempts, 1);
	free(entries);
	assert_string_equal(find(spool, 7), "nowhere");
	assert_int_equal(rig_count(spool, SPOOL_FAILED), 0);
}

/* ---- wishes ---- */

/* take - all that was wished for, "-": nothing */
static const char *
take(struct spool *spool)
{
	static char text[8192];
	own(buf) struct buf wishes = BUF;
	struct err err;

	switch (spool_flush_take(spool, &wishes, &err)) {
	case -1:
		return "failed";
	case 0:
		return "-";
	}
	snprintf(text, sizeof(text), "%s", wishes.data);
	return text;
}

static void
test_wishes(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	struct err err;

	assert_false(spool_flush_pending(spool));
	assert_string_equal(take(spool), "-");
	assert_int_equal(spool_flush_ask(spool, "", &err), 0);
	assert_true(spool_flush_pending(spool));
	assert_int_equal(spool_flush_ask(spool, "a.test", &err), 0);
	assert_string_equal(take(spool), "\na.test\n");
	assert_false(spool_flush_pending(spool));
	assert_string_equal(take(spool), "-");
}

static void
test_no_wishes(void **state)
{
	struct fixture *fixture = *state;
	char domain[257] = "";
	struct err err;
	unsigned n = 0;

	assert_int_equal(spool_flush_ask(fixture->spool, "a b", &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(spool_flush_ask(fixture->spool, "a\nb", &err), -1);
	memset(domain, 'x', 256);
	assert_int_equal(spool_flush_ask(fixture->spool, domain, &err), -1);
	assert_false(spool_flush_pending(fixture->spool));
	domain[255] = '\0';
	while (spool_flush_ask(fixture->spool, domain, &err) == 0)
		n++;
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(n, 17);	/* the first beyond 4 kB is the last */
	assert_int_equal(strlen(take(fixture->spool)), 17 * 256);
}

/* While one is being written, nothing is taken. */
static void
test_half_a_wish(void **state)
{
	struct fixture *fixture = *state;
	int fd = openat(spool_dirfd(fixture->spool), SPOOL_FLUSH,
	    O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(write(fd, "a.te", 4), 4);
	assert_string_equal(take(fixture->spool), "-");
	assert_int_equal(write(fd, "st\n", 3), 3);
	close(fd);
	assert_string_equal(take(fixture->spool), "a.test\n");
}

/* ---- who works here ---- */

static void
test_attendants(void **state)
{
	struct fixture *fixture = *state;
	struct spool *one = rig_open(fixture->dir);
	struct spool *two = rig_open(fixture->dir);
	struct err err;

	assert_int_equal(spool_attendant(fixture->spool), 0);
	spool_attend(one);
	assert_int_equal(spool_attendant(fixture->spool), getpid());
	spool_attend(two);
	spool_close(one);
	assert_int_equal(spool_attendant(fixture->spool), getpid());
	assert_int_equal(spool_holder(fixture->spool), 0);
	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	spool_close(two);
	assert_int_equal(spool_attendant(fixture->spool), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_find),
		RIG_TEST(test_delete),
		RIG_TEST(test_empty),
		RIG_TEST(test_damaged),
		RIG_TEST(test_wishes),
		RIG_TEST(test_no_wishes),
		RIG_TEST(test_half_a_wish),
		RIG_TEST(test_attendants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
