/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may read the database, and write neither it nor its directory, finds what
 * is in it: while another process writes, and when none has it open
 *
 * NEEDS: HISTORY
 */
#include "history/find.h"

#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/own.h"
#include "history/store.h"
#include "tests/unit/scratch.h"

enum { READER = 65534, NOT_READ = 100 };

static char top[32];
static char *path;

static void
must(int result, const struct err *err)
{
	if (result == -1)
		fail_msg("%s", err->text);
}

static int
set_up(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	strcpy(top, "/tmp/tdc.XXXXXX");
	assert_non_null(mkdtemp(top));
	/* a name with what means something in a URI */
	path = mem_format("%s/h%%41?#.db", top);
	assert_int_equal(chown(top, 0, READER), 0);
	assert_int_equal(chmod(top, 02750), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (*top == '\0')
		return 0;
	free(path);
	scratch_free(mem_text(top));
	return 0;
}

static void
add(struct store *store, uint64_t mid)
{
	const char *to = "b@y";
	const struct history_row row = { .envelope = { .mid = mid,
	    .intake = "i@y", .sender = "", .recipients = &to,
	    .recipient_count = 1, .queue_id = "4Q", .message_id = "<1@x>",
	    .client_addr = "", .client_name = "", .helo = "", .protocol = "",
	    .gateway = "", .policy = "", .accepted = 1000 },
	    .fate = { .verdict = "delivered", .reply = "" } };
	struct err err;

	must(store_begin(store, &err), &err);
	must(store_add(store, &row, &err), &err);
	must(store_commit(store, 1, mid, &err), &err);
}

static void
ignore(void *arg, const struct history_row *row)
{
	(void)arg, (void)row;
}

/* read_as_reader - how many rows there are for it; NOT_READ: it cannot tell */
static int
read_as_reader(void)
{
	const struct history_query query = { .message_id = "<1@x>" };
	uint64_t messages;
	struct err err;
	int status, count;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (setgroups(0, NULL) == -1 || setgid(READER) == -1 ||
		    setuid(READER) == -1)
			_exit(NOT_READ + 1);
		count = history_find(path, &query, ignore, NULL, &err);
		if (count == -1)
			fprintf(stderr, "%s\n", err.text);
		if (count > 0 && (history_count(path, 0, 2000, &messages,
		    &err) == -1 || messages != 1))
			_exit(NOT_READ + 2);
		_exit(count == -1 ? NOT_READ : count);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_reader(void **state)
{
	struct store *store;
	struct err err;

	(void)state;
	if (*top == '\0')
		skip();			/* nobody else may become a reader */
	must(store_open(path, &store, &err), &err);
	add(store, 1);
	assert_int_equal(read_as_reader(), 1);	/* from the log of changes */
	add(store, 2);
	assert_int_equal(read_as_reader(), 2);
	store_close(store);
	assert_int_equal(read_as_reader(), 2);	/* there is none any more */
	must(store_open(path, &store, &err), &err);
	add(store, 3);
	assert_int_equal(read_as_reader(), 3);
	store_close(store);
}

static void
test_others(void **state)
{
	struct store *store;
	struct err err;

	(void)state;
	if (*top == '\0')
		skip();			/* nobody else may become a reader */
	must(store_open(path, &store, &err), &err);
	add(store, 1);
	store_close(store);
	assert_int_equal(chmod(top, 0700), 0);
	assert_int_equal(read_as_reader(), NOT_READ);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_reader), TEST(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
