/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * the file of suspensions: a call that fails leaves what was there, or all of
 * what was wished for; several operators lose nothing of each other; a damaged
 * file is kept
 *
 * WRAP: fsync renameat
 */
#include "journal/spool/spool_suspend.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "tests/unit/spool_rig.h"

static int calls_left = -1;	/* before one fails; -1: none does */

int __real_fsync(int);
int __wrap_fsync(int);
int __real_renameat(int, const char *, int, const char *);
int __wrap_renameat(int, const char *, int, const char *);

static bool
fails(void)
{
	errno = EIO;
	return calls_left >= 0 && calls_left-- == 0;
}

int
__wrap_fsync(int fd)
{
	return fails() ? -1 : __real_fsync(fd);
}

int
__wrap_renameat(int from, const char *old, int to, const char *new)
{
	return fails() ? -1 : __real_renameat(from, old, to, new);
}

static int
suspend(struct spool *spool, const char *intake, struct err *err)
{
	const struct suspension one = { .intake = (char *)intake,
	    .reason = (char *)"" };

	return spool_suspend(spool, &one, 1000, err);
}

/* names - of those that last, each after a blank */
static const char *
names(const struct spool *spool)
{
	static char text[512];
	struct suspensions all = { 0 };
	struct err err;
	size_t n = 0;

	text[0] = '\0';
	must(spool_suspensions(spool, &all, &err) != -1);
	for (size_t i = 0; i < all.count; i++)
		if (all.list[i].until == 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    " %s", all.list[i].intake);
	suspensions_drop(&all);
	return text;
}

static void
old_or_new(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct err err;

	(void)state;
	assert_string_equal(names(spool), "");
	assert_int_equal(suspend(spool, "a.example", &err), 0);
	for (int n = 0; n < 3; n++) {	/* fsync, renameat, fsync */
		calls_left = n;
		assert_int_equal(suspend(spool, "b.example", &err), -1);
		calls_left = -1;
		assert_string_equal(names(spool), n < 2 ? " a.example" :
		    " a.example b.example");
	}
	calls_left = 1;
	assert_int_equal(spool_resume(spool, "ALL", 1000, &err), -1);
	calls_left = -1;
	assert_string_equal(names(spool), " a.example b.example");
	assert_int_equal(spool_resume(spool, "ALL", 1000, &err), 2);
	assert_string_equal(names(spool), "");
	spool_close(spool);
	scratch_free(dir);
}

enum { EACH = 20 };

static void *
suspend_some(void *arg)
{
	const char *place = arg;
	struct spool *spool;
	struct err err;

	must(spool_peek(place, &spool, &err) == 0);
	for (int i = 0; i < EACH; i++) {
		char name[64];

		snprintf(name, sizeof(name), "d%d-%lx.example", i,
		    (unsigned long)pthread_self());
		must(suspend(spool, name, &err) == 0);
	}
	spool_close(spool);
	return NULL;
}

static void
several_at_a_time(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	pthread_t threads[4];
	struct err err;

	(void)state;
	for (int i = 0; i < 4; i++)
		must(pthread_create(&threads[i], NULL, suspend_some,
		    dir) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(spool_resume(spool, "ALL", 1000, &err), 4 * EACH);
	spool_close(spool);
	scratch_free(dir);
}

static void
damaged(void **state)
{
	char *dir = scratch_new(), *path;
	struct spool *spool = rig_open(dir);
	struct suspensions all = { 0 };
	struct spool_stamp before, after;
	struct err err;

	(void)state;
	spool_suspensions_stamp(spool, &before);
	path = scratch_file(dir, SPOOL_SUSPENDED, "x\n");
	spool_suspensions_stamp(spool, &after);
	assert_false(spool_stamp_same(&before, &after));
	assert_int_equal(spool_suspensions(spool, &all, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(suspend(spool, "a.example", &err), -1);
	assert_int_equal(spool_resume(spool, "a.example", 1000, &err), -1);
	calls_left = 0;		/* what cannot be mended stays */
	assert_int_equal(spool_resume(spool, "ALL", 1000, &err), -1);
	calls_left = -1;
	assert_int_equal(spool_suspensions(spool, &all, &err), -1);
	assert_int_equal(spool_resume(spool, "ALL", 1000, &err), 1);
	assert_int_equal(spool_suspensions(spool, &all, &err), 1);
	/* every copy has its life before it */
	assert_int_equal(suspensions_time(&all, "x@a.example", 1000,
	    all.list[0].until), all.list[0].until - 1000);
	suspensions_drop(&all);
	free(path);
	spool_close(spool);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_or_new),
		cmocka_unit_test(several_at_a_time),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
