/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sites: what is told of each intake domain, and by whom it can be read
 *
 * WRAP: unlinkat openat posix_fallocate pwrite dup3 mmap
 */
#include "base/counters/site_counts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPENAT
NTH_CALL(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags), -1)
NTH_CALL(int, posix_fallocate, (int fd, off_t at, off_t n), (fd, at, n), errno)
NTH_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), errno == 0 ? 100 : -1)
NTH_CALL(void *, mmap, (void *at, size_t size, int how, int flags, int fd, off_t from),
    (at, size, how, flags, fd, from), MAP_FAILED)
NTH_CALL(int, dup3, (int fd, int to, int flags), (fd, to, flags), -1)

struct fixture {
	char		*dir;
	int		 fd;
};

static int
set_up(void **state)
{
	struct fixture *fixture = mem_new(sizeof(*fixture));

	fixture->dir = scratch_new();
	fixture->fd = open(fixture->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(fixture->fd, -1);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->fd);
	scratch_free(fixture->dir);
	free(fixture);
	return 0;
}

static struct site_counts *
open_sites(const struct fixture *fixture)
{
	struct site_counts *sites = site_counts_open(fixture->fd);
	struct err err;

	assert_int_equal(site_counts_tend(sites, &err), 0);
	return sites;
}

/* What one counts another reads, now and later; but what held only while the
 * first one ran is not known any more. */
static void
test_lasts(void **state)
{
	struct fixture *fixture = *state;
	struct site_counts *sites = open_sites(fixture), *reader;
	struct site_row *row = site_counts_row(sites, "a.test");
	const struct site_row *seen;
	struct err err;

	assert_non_null(row);
	assert_ptr_equal(site_counts_row(sites, "A.Test"), row);
	assert_ptr_not_equal(site_counts_row(sites, "b.test"), row);
	site_add(row, COUNT_DELIVERED, 2);
	site_touch(row, 1708118362123);
	site_show(row, SITE_DOWN, 7, 9);
	site_set(row, COUNT_OLDEST, 5);
	site_set(row, COUNT_OLDEST, 4);

	assert_int_equal(site_counts_peek(fixture->fd, &reader, &err), 0);
	seen = site_counts_find(reader, "a.TEST");
	assert_non_null(seen);
	assert_string_equal(site_domain(seen), "a.test");
	assert_int_equal(site_get(seen, COUNT_DELIVERED), 2);
	assert_int_equal(site_get(seen, COUNT_CONNECTIONS_OUT), 7);
	assert_int_equal(site_get(seen, COUNT_OLDEST), 4);
	assert_int_equal(site_active(seen), 1708118362123);
	assert_int_equal(site_state(seen), SITE_DOWN);
	assert_ptr_equal(site_counts_next(reader, NULL), seen);
	assert_non_null(site_counts_next(reader, seen));
	assert_null(site_counts_next(reader, site_counts_next(reader, seen)));
	assert_null(site_counts_find(reader, "c.test"));

	site_counts_close(sites);
	sites = open_sites(fixture);
	assert_int_equal(site_get(seen, COUNT_DELIVERED), 2);
	assert_int_equal(site_active(seen), 1708118362123);
	assert_int_equal(site_get(seen, COUNT_CONNECTIONS_OUT), 0);
	assert_int_equal(site_get(seen, COUNT_OLDEST), 0);
	assert_int_equal(site_state(seen), SITE_UNKNOWN);
	site_counts_close(reader);
	site_counts_close(sites);
}

/* There is no end of domains; there is one of rows, and of names. */
static void
test_full(void **state)
{
	struct site_counts *sites = open_sites(*state);
	char name[SITE_NAME + 1];

	memset(name, 'x', sizeof(name));
	name[SITE_NAME] = '\0';
	assert_null(site_counts_row(sites, name));
	name[SITE_NAME - 1] = '\0';
	assert_non_null(site_counts_row(sites, name));
	for (unsigned i = 1; i < SITE_COUNTS_MAX; i++) {
		snprintf(name, sizeof(name), "%u.test", i);
		assert_non_null(site_counts_row(sites, name));
	}
	assert_null(site_counts_row(sites, "one.too.many.test"));
	assert_non_null(site_counts_row(sites, "63.test"));
	site_counts_close(sites);
}

/* Where there is no row all goes on. */
static void
test_none(void **state)
{
	struct fixture *fixture = *state;
	struct site_counts *sites;
	struct err err;

	assert_null(site_counts_row(NULL, "a.test"));
	site_add(NULL, COUNT_DELIVERED, 1);
	site_touch(NULL, 1);
	site_set(NULL, COUNT_OLDEST, 1);
	site_show(NULL, SITE_UP, 1, 1);
	assert_int_equal(site_get(NULL, COUNT_DELIVERED), 0);
	assert_int_equal(site_active(NULL), 0);
	assert_int_equal(site_state(NULL), SITE_UNKNOWN);
	assert_null(site_counts_close(NULL));
	assert_int_equal(site_counts_peek(fixture->fd, &sites, &err), -1);
	assert_int_equal(err.sys, ENOENT);
}

/* A damaged file is told of to a reader, and begun anew by the writer. */
static void
test_damaged(void **state)
{
	static const off_t sizes[] = { 0, 7, 4096, 1 << 20 };
	struct fixture *fixture = *state;
	struct site_counts *sites;
	struct err err;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(str) char *path = scratch_file(fixture->dir, "sites",
		    "TDCsit");

		assert_int_equal(truncate(path, sizes[i]), 0);
		assert_int_equal(site_counts_peek(fixture->fd, &sites, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		sites = open_sites(fixture);
		assert_null(site_counts_next(sites, NULL));
		site_counts_close(sites);
	}
}

/* More rows than there can be, or another version, is damage too. */
static void
test_wrong(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *path = mem_format("%s/sites", fixture->dir);
	static const struct { off_t at; char byte; } wrong[] = {
		{ 7, 9 }, { 8, SITE_COUNTS_MAX + 1 }, { 15, 1 }
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct site_counts *sites = open_sites(fixture);
		own(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);
		struct err err;

		site_counts_close(sites);
		assert_int_equal(pwrite(fd, &wrong[i].byte, 1, wrong[i].at), 1);
		assert_int_equal(site_counts_peek(fixture->fd, &sites, &err), -1);
		sites = open_sites(fixture);
		site_counts_close(sites);
		assert_int_equal(site_counts_peek(fixture->fd, &sites, &err), 0);
		site_counts_close(sites);
	}
}

/* Cut short while it is mapped, or removed: rows stay, and what is counted; a
 * reader sees what it saw last. */
static void
test_lost(void **state)
{
	struct fixture *fixture = *state;
	struct site_counts *sites = open_sites(fixture), *reader;
	struct site_row *row = site_counts_row(sites, "a.test");
	own(str) char *path = mem_format("%s/sites", fixture->dir);
	struct err err;

	site_add(row, COUNT_DELIVERED, 3);
	assert_int_equal(site_counts_tend(sites, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(site_counts_peek(fixture->fd, &reader, &err), 0);
		assert_int_equal(i == 0 ? truncate(path, 0) : unlink(path), 0);
		site_add(row, COUNT_DELIVERED, 1);
		assert_non_null(site_counts_row(sites, "b.test"));
		assert_non_null(site_counts_find(reader, "a.test"));
		site_counts_close(reader);
		assert_int_equal(site_counts_tend(sites, &err), 0);
		assert_int_equal(site_counts_peek(fixture->fd, &reader, &err), 0);
		assert_int_equal(site_get(site_counts_find(reader, "a.test"),
		    COUNT_DELIVERED), 4 + i);
		assert_non_null(site_counts_find(reader, "b.test"));
		site_counts_close(reader);
	}
	site_counts_close(sites);
}

/* No file can be made: that is told once, and counting goes on. */
static void
test_no_file(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *path = mem_format("%s/sites", fixture->dir);
	struct site_counts *sites, *reader;
	struct err err;

	assert_int_equal(mkdir(path, 0700), 0);
	sites = site_counts_open(fixture->fd);
	assert_int_equal(site_counts_tend(sites, &err), -1);
	assert_int_equal(site_counts_tend(sites, &err), 0);
	site_add(site_counts_row(sites, "a.test"), COUNT_DELIVERED, 1);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(site_counts_tend(sites, &err), 0);
	assert_int_equal(site_counts_peek(fixture->fd, &reader, &err), 0);
	assert_int_equal(site_get(site_counts_find(reader, "a.test"),
	    COUNT_DELIVERED), 1);
	site_counts_close(reader);
	site_counts_close(sites);
}

/* words_of - what is told when that call fails */
static const char *
words_of(const char *call)
{
	return strcmp(call, "unlinkat") == 0 ? "unlink sites: " :
	    strcmp(call, "mmap") == 0 ? "map sites: " :
	    strcmp(call, "openat") == 0 ? " sites: " : "write sites: ";
}

/* fails_once - one call of those that make the file; false: there are fewer */
static bool
fails_once(const struct fixture *fixture, unsigned at, int error)
{
	struct site_counts *sites = site_counts_open(fixture->fd), *reader;
	struct err err = { .text = "" };
	int status;

	site_add(site_counts_row(sites, "a.test"), COUNT_DELIVERED, 2);
	assert_true(nth_only(at, error));
	nth_arm();
	status = site_counts_tend(sites, &err);
	nth_disarm();
	assert_int_equal(status, nth->name[0] == '\0' ? 0 : -1);
	if (status == -1) {
		assert_non_null(strstr(err.text, words_of(nth->name)));
		assert_non_null(strstr(err.text, strerror(error != 0 ? error : ENOSPC)));
		assert_int_equal(site_counts_tend(sites, &err), 0);
	}
	assert_int_equal(site_counts_peek(fixture->fd, &reader, &err), 0);
	assert_int_equal(site_get(site_counts_find(reader, "a.test"), COUNT_DELIVERED), 2);
	site_counts_close(reader);
	site_counts_close(sites);
	assert_int_equal(unlinkat(fixture->fd, SITE_COUNTS_FILE, 0), 0);
	return status == -1;
}

/* That is told, and with the next try all is there. */
static void
test_each_call(void **state)
{
	unsigned at = 1;

	while (fails_once(*state, at, EIO))
		at++;
	/* where openat() is checked the last one is __openat_2() */
	assert_in_range(at - 1, 5, 6);
	assert_true(fails_once(*state, 4, 0));		/* only a part is written */
	assert_string_equal(nth->name, "pwrite");
}

/* A directory that cannot be taken leaves the file that is there. */
static void
test_cannot_move(void **state)
{
	struct fixture *fixture = *state, other;
	struct site_counts *sites = open_sites(fixture), *reader;
	void *there = NULL;
	struct err err;

	assert_int_equal(set_up(&there), 0);
	other = *(struct fixture *)there;
	site_add(site_counts_row(sites, "a.test"), COUNT_DELIVERED, 1);
	for (unsigned moved = 0; moved < 2; moved++) {
		assert_true(nth_begin(1, EMFILE));
		if (moved == 0)
			nth_arm();
		site_counts_move(sites, other.fd);
		nth_disarm();
		assert_int_equal(site_counts_tend(sites, &err), 0);
		assert_int_equal(site_counts_peek(other.fd, &reader, &err),
		    moved == 0 ? -1 : 0);
	}
	assert_int_equal(site_get(site_counts_find(reader, "a.test"), COUNT_DELIVERED), 1);
	site_counts_close(reader);
	site_counts_close(sites);
	tear_down(&there);
}

/* A state that only a later version knows. */
static void
test_unknown_state(void **state)
{
	enum { AT = 8 + 8 + SITE_NAME };	/* after magic, used and the first name */
	const uint64_t known = SITE_DOWN, unknown = SITE_DOWN + 1;
	struct fixture *fixture = *state;
	struct site_counts *sites = open_sites(fixture), *reader;
	const struct site_row *row;
	own(fd) int fd = openat(fixture->fd, SITE_COUNTS_FILE, O_RDWR | O_CLOEXEC);
	struct err err;

	site_show(site_counts_row(sites, "a.test"), SITE_UP, 1, 1);
	assert_int_equal(site_counts_peek(fixture->fd, &reader, &err), 0);
	row = site_counts_find(reader, "a.test");
	assert_int_equal(site_state(row), SITE_UP);
	assert_int_equal(pwrite(fd, &known, sizeof(known), AT), sizeof(known));
	assert_int_equal(site_state(row), SITE_DOWN);
	assert_int_equal(pwrite(fd, &unknown, sizeof(unknown), AT), sizeof(unknown));
	assert_int_equal(site_state(row), SITE_UNKNOWN);
	site_counts_close(reader);
	site_counts_close(sites);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lasts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_file, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_each_call, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_move, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_state, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
