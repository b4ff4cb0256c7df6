/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * what the programs tell of themselves: each in its place, for as long as it
 * holds its lock; and what older programs left
 */
#include "journal/spool/spool_programs.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/spool_rig.h"

static struct spool_program milters[SPOOL_MILTERS];

static int
open_in(const struct fixture *fixture, const char *name, int flags)
{
	int fd = openat(spool_dirfd(fixture->spool), name, flags | O_CLOEXEC,
	    0600);

	must(fd != -1);
	return fd;
}

/* overwrite - what stands at the beginning of a piece of 128 bytes */
static void
overwrite(const struct fixture *fixture, int piece, const char *text)
{
	int fd = open_in(fixture, SPOOL_PROGRAMS, O_RDWR);

	must(pwrite(fd, text, strlen(text), piece * 128) ==
	    (ssize_t)strlen(text));
	close(fd);
}

static void
test_forwarder(void **state)
{
	struct fixture *fixture = *state;
	struct spool *one = rig_open(fixture->dir);
	struct spool_state told = { .loaded = 1234, .refused = true };
	struct spool_program program;
	struct err err;

	assert_false(spool_forwarder(fixture->spool, &program));
	spool_tell(one, &told);		/* who has no lock is not heard */
	assert_false(spool_forwarder(fixture->spool, &program));
	assert_int_equal(spool_lock(one, &err), 0);
	assert_true(spool_forwarder(fixture->spool, &program));
	assert_int_equal(program.pid, getpid());
	assert_string_equal(program.version, VERSION);
	assert_in_range(program.since, clock_wall() - 60000, clock_wall());
	assert_int_equal(program.state.loaded, program.since);
	spool_tell(one, &told);
	assert_true(spool_forwarder(fixture->spool, &program));
	assert_int_equal(program.state.loaded, 1234);
	assert_true(program.state.refused);
	spool_close(one);
	assert_false(spool_forwarder(fixture->spool, &program));
}

/* What cannot be the holder's is not told of it. */
static void
test_pieces(void **state)
{
	static const char *const others[] = {
		"1 1 9.9.9 1 1 0 0\n",			/* another pid */
		"", "\n", "x y z\n", "0 0 0 0 0 0 0\n", "-5 1 9 1 1 0 0\n",
		"99999999999999999999 1 9 1 1 0 0\n", "12 1\n",
		"12 1 9.9.9 1 1 7 0\n", "12 1 9.9.9 1 1 0 x\n",
	};
	struct fixture *fixture = *state;
	struct spool_program program;
	struct err err;

	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char piece[129] = "";

		memset(piece, ' ', 128);
		memcpy(piece, others[i], strlen(others[i]));
		overwrite(fixture, 0, piece);
		assert_true(spool_forwarder(fixture->spool, &program));
		assert_int_equal(program.pid, getpid());
		assert_string_equal(program.version, "");
	}
	must(unlinkat(spool_dirfd(fixture->spool), SPOOL_PROGRAMS, 0) == 0);
	assert_true(spool_forwarder(fixture->spool, &program));
	assert_int_equal(program.pid, getpid());
}

static void
test_milters(void **state)
{
	struct fixture *fixture = *state;
	struct spool *many[SPOOL_MILTERS + 1];
	struct spool_state told = { .stale = 2 };

	assert_int_equal(spool_milters(fixture->spool, milters), 0);
	for (size_t i = 0; i < SPOOL_MILTERS + 1; i++) {
		many[i] = rig_open(fixture->dir);
		spool_attend(many[i]);
		assert_int_equal(spool_milters(fixture->spool, milters),
		    i < SPOOL_MILTERS ? i + 1 : SPOOL_MILTERS);
	}
	spool_tell(many[1], &told);
	for (int i = 0; i < 1000; i++) {	/* a helper writes it */
		must(spool_milters(fixture->spool, milters) > 1);
		if (milters[1].state.stale == 2)
			break;
		usleep(10000);
	}
	assert_int_equal(milters[1].state.stale, 2);
	assert_int_equal(milters[0].state.stale, 0);
	assert_string_equal(milters[0].version, VERSION);
	for (size_t i = 0; i < SPOOL_MILTERS + 1; i++) {
		many[i] = spool_close(many[i]);
		assert_int_equal(spool_milters(fixture->spool, milters),
		    i < SPOOL_MILTERS ? SPOOL_MILTERS - 1 - i : 0);
	}
}

/* An older milter has a shared lock on the whole file, and its pid in it. */
static void
test_older_milter(void **state)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	struct fixture *fixture = *state;
	struct spool *newer = rig_open(fixture->dir);
	int fd = open_in(fixture, "milter.lock", O_RDWR | O_CREAT);

	must(write(fd, "4711\n", 5) == 5);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &whole), 0);
	assert_int_equal(spool_milters(fixture->spool, milters), 1);
	assert_int_equal(milters[0].pid, 4711);
	assert_string_equal(milters[0].version, "");
	assert_int_equal(spool_attendant(fixture->spool), 4711);
	spool_attend(newer);		/* as the older one does, then */
	close(fd);
	assert_int_equal(spool_milters(fixture->spool, milters), 1);
	assert_int_equal(milters[0].pid, getpid());
	spool_close(newer);
	assert_int_equal(spool_milters(fixture->spool, milters), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_forwarder),
		RIG_TEST(test_pieces),
		RIG_TEST(test_milters),
		RIG_TEST(test_older_milter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
