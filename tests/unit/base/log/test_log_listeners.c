/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who listens to a program: in a directory that others cannot change, by sockets that
 * somebody reads; what one misses it is told of
 *
 * WRAP: sleep socket sendmsg poll fstat fstatat fdopendir
 */
#include "tests/unit/base/log/listeners_rig.h"
#include "tests/unit/opened.h"

/* Whole lines, of both parts; and when nobody listens the directory goes. */
static void
test_lines(void **state)
{
	int fd = listener("4711"), other;
	own(str) char *path = mem_format("%s/4711", monitor);

	(void)state;
	assert_int_equal(say("one\ntwo\n", "three\nfo"), 14);
	assert_string_equal(hear(fd), "one\ntwo\nthree\n");
	assert_int_equal(say("one\ntw", ""), 4);
	assert_string_equal(hear(fd), "one\n");
	/* its socket was made again: no second greeting, and nothing is lost */
	other = listen_as("4711");
	assert_true(look());
	say("four\n", "");
	assert_string_equal(hear(other), "four\n");
	assert_string_equal(hear(fd), "");
	close(fd);
	close(other);
	say("five\n", "");		/* nobody is there: it is dropped */
	assert_int_equal(unlink(path), 0);
	assert_false(look());
	assert_false(access(monitor, F_OK) == 0);
}

/* More than a datagram: cut after a line, wherever that is. */
static void
test_long(void **state)
{
	enum { LINE = 1000, LINES = 70, MOST = 61440 / LINE };
	int fd = listener("1");
	char *text = mem_new(LINE * LINES + 1);

	(void)state;
	memset(text, 'x', LINE * LINES);
	for (size_t i = 1; i <= LINES; i++)
		text[i * LINE - 1] = '\n';
	assert_int_equal(say(text, "one\n"), MOST * LINE);
	assert_int_equal(strlen(hear(fd)), MOST * LINE);
	assert_int_equal(say("one\n", text), 4 + MOST * LINE);
	assert_int_equal(strlen(hear(fd)), 4 + MOST * LINE);
	free(text);
	close(fd);
}

/* Who does not read misses lines, is told of them when it reads again, also when
 * nothing else is said, and nobody else misses any. */
static void
test_missed(void **state)
{
	int fd = listener("1"), reader = listener("2");
	unsigned got = 0, said;
	own(str) char *want = NULL;

	(void)state;
	for (said = 0; said < 2000; said++) {
		assert_int_equal(say("a\n", "b\n"), 4);
		assert_string_equal(hear(reader), "a\nb\n");
	}
	while (strcmp(hear(fd), "a\nb\n") == 0)
		got++;
	assert_in_range(got, 1, 1999);
	want = mem_format("\"event\":\"missed\",\"count\":%u,",
	    2 * (said - got));
	assert_true(look());
	assert_hears(fd, want);
	log_listeners_miss(3);
	say("c\n", "");
	assert_hears(fd, "\"event\":\"missed\",\"count\":3,");
	assert_hears(reader, "were not read fast enough\"}\nc\n");
	say("d\n", "");
	assert_string_equal(hear(fd), "d\n");
	close(fd);
	close(reader);
}

/* What the kernel has no room for is missed; for a signal it is asked again. */
static void
test_no_room(void **state)
{
	static const int errors[] = { ENOBUFS, ENOMEM, EAGAIN, EINTR };
	int fd = listener("1");

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(nth_begin(1, errors[i]));
		nth_arm();
		say("a\n", "b\n");
		nth_disarm();
		assert_string_equal(nth->name, "sendmsg");
		if (i < 2) {
			assert_string_equal(hear(fd), "");
			say("c\n", "");
			assert_hears(fd, "\"event\":\"missed\",\"count\":2,");
		} else {
			assert_string_equal(hear(fd), "a\nb\n");
		}
	}
	/* what failed otherwise will not go on: it is greeted when it is met again */
	assert_true(nth_begin(1, EPIPE));
	nth_arm();
	say("a\n", "");
	nth_disarm();
	say("b\n", "");
	assert_string_equal(hear(fd), "");
	assert_true(look());
	assert_hears(fd, "monitored");
	close(fd);
}

/* What no process of ours is called, and one too many. */
static void
test_names(void **state)
{
	int other = listen_as("4711x"), longer = listen_as("111111111111111111111111");
	int fds[LOG_LISTENERS + 1], greeted = 0;

	(void)state;
	assert_false(look());
	for (int i = 0; i <= LOG_LISTENERS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "%d", i + 1);
		fds[i] = listen_as(name);
	}
	assert_true(look());
	say("a\n", "");
	for (int i = 0; i <= LOG_LISTENERS; i++)
		if (*hear(fds[i]) != '\0') {
			greeted++;
			assert_string_equal(hear(fds[i]), "a\n");
		}
	assert_int_equal(greeted, LOG_LISTENERS);
	assert_string_equal(hear(other), "");
	assert_string_equal(hear(longer), "");
	for (int i = 0; i <= LOG_LISTENERS; i++)
		close(fds[i]);
	close(other);
	close(longer);
}

/* Only the socket of a process that has ended is removed, and not a young one. */
static void
test_ended(void **state)
{
	const struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	own(str) char *file = scratch_file(monitor, "3", "a file\n");
	own(str) char *aged = mem_format("%s/2", monitor);
	int alive = listener("4");

	(void)state;
	close(listen_as("1"));
	close(listen_as("2"));
	assert_int_equal(utimensat(AT_FDCWD, aged, old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, file, old, 0), 0);
	assert_true(look());
	assert_true(has("1"));
	assert_false(has("2"));
	assert_true(has("3"));
	assert_true(has("4"));
	close(alive);
}

/* Others may write there: nobody is heard. */
static void
test_directory_of_others(void **state)
{
	int fd = listen_as("1");

	(void)state;
	assert_int_equal(chmod(monitor, 0770), 0);
	assert_false(look());
	assert_int_equal(chmod(monitor, 0702), 0);
	assert_false(look());
	if (geteuid() == 0) {
		assert_int_equal(chmod(monitor, 0700), 0);
		assert_int_equal(chown(monitor, 4711, 0), 0);
		assert_false(look());
		assert_string_equal(hear(fd), "");
		/* but that is who the program will be */
		assert_int_equal(chown(spool, 4711, 0), 0);
		assert_true(look());
		assert_hears(fd, "monitored");
	}
	close(fd);
}

/* Each call of a look fails once: nothing stays open, and the next one finds it. */
static void
test_each_call(void **state)
{
	unsigned failed = 0;
	int before = 0, fd = listen_as("1");

	(void)state;
	for (unsigned at = 1; nth_begin(at, ENOMEM); at++) {
		bool any;

		assert_true(look());
		assert_hears(fd, "monitored");
		if (before == 0)
			before = opened();
		nth_arm();
		any = look();
		nth_disarm();
		if (nth->name[0] != '\0') {
			failed++;
			assert_false(any);
			assert_int_equal(opened(), before - 1);
		} else {
			assert_true(any);
			say("a\n", "");
			assert_string_equal(hear(fd), "a\n");
			assert_int_equal(opened(), before);
		}
	}
	assert_int_equal(failed, 4);	/* fstat, fstatat, fdopendir, socket */
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENERS_TEST(test_lines),
		LISTENERS_TEST(test_long),
		LISTENERS_TEST(test_missed),
		LISTENERS_TEST(test_no_room),
		LISTENERS_TEST(test_names),
		LISTENERS_TEST(test_ended),
		LISTENERS_TEST(test_directory_of_others),
		LISTENERS_TEST(test_each_call),
	};

	return cmocka_run_group_tests(tests, first_look, NULL);
}
