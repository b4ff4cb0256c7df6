/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postfix-enable and postfix-disable, while each call in turn fails: Postfix's files and
 * ours are changed, all of them, or they are to the byte what they were, and it is said
 * which; a call that was broken off is undone by the next
 *
 * WRAP: fchmod fsync mkdir mkdtemp open openat program_run renameat renameat2
 * WRAP: utimensat write
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "control/doctor/program.h"
#include "control/postfix/postfix_verbs.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/opened.h"

NTH_OPEN
NTH_OPENAT
NTH_CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)

/* No power is cut here, so it need not be waited for. */
int	__wrap_fsync(int);
int
__wrap_fsync(int fd)
{
	(void)fd;
	return nth_now("fsync") ? -1 : 0;
}

NTH_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
NTH_CALL(char *, mkdtemp, (char *path), (path), NULL)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, renameat2, (int from, const char *old, int to, const char *new,
    unsigned flags), (from, old, to, new, flags), -1)
NTH_CALL(int, utimensat, (int dir, const char *path, const struct timespec *times,
    int flags), (dir, path, times, flags), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n), -1)

/* ---- a Postfix ---- */

static char *dir;			/* of its configuration, and of ours */
static bool runs;
static bool deaf;			/* postconf(1) edits nothing */

/* value_in - of a parameter in a main.cf; new */
static char *
value_in(const char *directory, const char *name)
{
	own(str) char *path = mem_format("%s/main.cf", directory);
	own(str) char *text = scratch_read(path);
	own(str) char *start = mem_format("%s = ", name);
	char *found = mem_text(""), *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (strncmp(line, start, strlen(start)) == 0) {
			free(found);
			found = mem_text(line + strlen(start));
		}
	return found;
}

/* set - a parameter in a main.cf; value NULL: it goes */
static void
set(const char *directory, const char *name, size_t n, const char *value)
{
	own(str) char *path = mem_format("%s/main.cf", directory);
	own(str) char *text = scratch_read(path);
	FILE *file = fopen(path, "w");
	char *rest = text, *line;

	assert_non_null(file);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && (strncmp(line, name, n) != 0 || line[n] != ' '))
			fprintf(file, "%s\n", line);
	if (value != NULL)
		fprintf(file, "%.*s = %s\n", (int)n, name, value);
	assert_int_equal(fclose(file), 0);
}

/* edit - as "postconf -c DIR -e NAME=VALUE", or "-X NAME" */
static int
edit(const char *const *argv)
{
	size_t n = strcspn(argv[4], "=");

	if (!deaf)
		set(argv[2], argv[4], n, argv[4][n] == '=' ? argv[4] + n + 1 : NULL);
	return 0;
}

static int
postconf(const char *const *argv, struct buf *out)
{
	bool bare = strchr(argv[1], 'h') != NULL;

	if (strcmp(argv[1], "-c") == 0)
		return edit(argv);
	if (strcmp(argv[1], "-M") == 0)
		buf_text(out, "smtp inet n - n - - smtpd\n");
	for (size_t i = 2; argv[i] != NULL; i++) {
		own(str) char *value = strcmp(argv[i], "config_directory") == 0 ?
		    mem_text(strcmp(argv[1], "-h") == 0 ? dir : "/no/such") :
		    strcmp(argv[i], "mail_version") == 0 ? mem_text("3.9.1") :
		    value_in(dir, argv[i]);

		buf_texts(out, bare ? "" : argv[i], bare ? "" : " = ", value, "\n");
	}
	return 0;
}

int	__wrap_program_run(const char *const *, int, bool, struct buf *, struct err *);
int
__wrap_program_run(const char *const *argv, int seconds, bool both,
    struct buf *out, struct err *err)
{
	(void)seconds, (void)both;
	if (nth_now("program_run"))
		return err_set(err, ERR_LATER, "%s fails", argv[0]);
	if (strcmp(argv[0], "postconf") == 0)
		return postconf(argv, out);
	if (strcmp(argv[0], "diff") == 0) {
		buf_texts(out, "--- ", argv[3], "\n");
		return err_set(err, ERR_LATER, "diff: 1");
	}
	assert_string_equal(argv[0], "postfix");
	return strcmp(argv[1], "status") != 0 || runs ? 0 :
	    err_set(err, ERR_LATER, "postfix: 1");
}

/* ---- the tests ---- */

typedef int verb(struct control *, int, char **);

static char *said, *warned;		/* by the last call */

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	free(scratch_file(dir, "main.cf", "compatibility_level = 3.6\n"
	    "mail_owner = root\nqueue_directory = /no/such\n"
	    "smtpd_milters = inet:localhost:1\n"));
	free(scratch_file(dir, "master.cf", "smtp inet n - n - - smtpd\n"));
	free(scratch_file(dir, "tdc.cf", "user =\nmilter_socket = inet:9@127.0.0.1\n"
	    "intake_address = in@take.example\ndefault_policy = DEFAULT\n"));
	unsetenv("MAIL_CONFIG");
	setenv("TMPDIR", dir, 1);
	runs = true;
	deaf = false;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(said);
	free(warned);
	said = warned = NULL;
	scratch_free(dir);
	return 0;
}

/* begin_file - a stream's descriptor goes to a file; returns the old one */
static int
begin_file(FILE *stream, const char *path)
{
	int fd = __real_open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), old;

	fflush(stream);
	old = dup(fileno(stream));
	assert_int_equal(dup2(fd, fileno(stream)), fileno(stream));
	close(fd);
	return old;
}

static char *
end_file(FILE *stream, int old, const char *path)
{
	fflush(stream);
	assert_int_equal(dup2(old, fileno(stream)), fileno(stream));
	close(old);
	return scratch_read(path);
}

/* call - a verb, in which a call fails if one is to */
static int
call(verb *run, const char *argument)
{
	own(str) char *cf = mem_format("%s/tdc.cf", dir);
	own(str) char *out = mem_format("%s/stdout", dir);
	own(str) char *err = mem_format("%s/stderr", dir);
	struct control control = { .conf_file = cf };
	char *argv[] = { (char *)(uintptr_t)argument, NULL };
	int before = opened(), fds[2], result;

	free(said);
	free(warned);
	fds[0] = begin_file(stdout, out);
	fds[1] = begin_file(stderr, err);
	if (nth != NULL)
		nth_arm();
	result = run(&control, argument != NULL, argv);
	if (nth != NULL)
		nth_disarm();
	said = end_file(stdout, fds[0], out);
	warned = end_file(stderr, fds[1], err);
	assert_int_equal(remove(out) | remove(err), 0);
	if (control.conf.private != NULL)
		conf_drop(&control.conf);
	unsetenv("MAIL_CONFIG");
	assert_int_equal(opened(), before);
	return result;
}

/* all - the three files, one after the other; new */
static char *
all(void)
{
	static const char *const names[] = { "main.cf", "master.cf", "tdc.cf" };
	struct buf out = BUF;

	for (size_t i = 0; i < 3; i++) {
		own(str) char *path = mem_format("%s/%s", dir, names[i]);
		own(str) char *text = scratch_read(path);

		buf_texts(&out, "== ", names[i], "\n", text);
	}
	return buf_give(&out);
}

/* left - how many files there are besides the three */
static size_t
left(void)
{
	DIR *listing = opendir(dir);
	size_t n = 0;

	assert_non_null(listing);
	while (readdir(listing) != NULL)
		n++;
	closedir(listing);
	return n - 5;			/* with "." and ".." */
}

/* Nobody else may change the files. */
#define only_root() do if (geteuid() != 0) skip(); while (0)

/* is_enabled - Postfix has tdc-milter as its last */
static bool
is_enabled(void)
{
	own(str) char *milters = value_in(dir, "smtpd_milters");

	return strncmp(milters, "inet:localhost:1", 16) == 0 &&
	    strstr(milters, "127.0.0.1:9") != NULL;
}

static void
test_and_back(void **state)
{
	own(str) char *before = all(), *enabled = NULL, *after = NULL;

	(void)state;
	only_root();
	assert_int_equal(call(do_postfix_enable, "--dry-run"), EX_OK);
	assert_non_null(strstr(said, "dry run: nothing was changed\n"));
	assert_int_equal(left(), 0);
	assert_int_equal(call(do_postfix_enable, NULL), EX_OK);
	assert_true(is_enabled());
	assert_non_null(strstr(said, "Postfix has tdc-milter last, and was reloaded\n"));
	assert_non_null(strstr(said, "no copies yet, mail passes: "));
	enabled = all();
	assert_int_equal(call(do_postfix_enable, NULL), EX_OK);
	assert_non_null(strstr(said, "nothing to do: Postfix has tdc-milter last\n"));
	assert_int_equal(call(do_postfix_disable, "-n"), EX_OK);
	assert_non_null(strstr(said, "dry run: nothing was changed\n"));
	after = all();
	assert_string_equal(after, enabled);
	runs = false;
	assert_int_equal(call(do_postfix_disable, NULL), EX_OK);
	assert_non_null(strstr(said, "Postfix does not use tdc-milter; it does not run "
	    "now\n"));
	free(after);
	after = all();
	assert_string_equal(after, before);
	assert_int_equal(left(), 0);
	assert_int_equal(call(do_postfix_disable, NULL), EX_OK);
	assert_non_null(strstr(said, "nothing to do: "));
}

/* is_undone - nothing is changed; or all is, but for the word that it is, so that
 * the next call begins with undoing it */
static bool
is_undone(const char *before, const char *after, size_t files)
{
	if (strcmp(before, after) == 0)
		return left() == files;
	return is_enabled() && strstr(warned, "Postfix has tdc-milter last, but ") !=
	    NULL && strstr(warned, ": call postfix-enable again: ") != NULL &&
	    left() == files + 1;
}

/* does_it - whatever became of a verb, the next call does it */
static void
does_it(verb *run)
{
	nth->at = 0;
	assert_int_equal(call(run, NULL), EX_OK);
	assert_int_equal(is_enabled(), run == do_postfix_enable);
}

/* walk - each call of a verb fails once, or one of so many; enabled: it is called of
 * such a Postfix */
static void
walk(verb *run, bool enabled, enum record_state state, unsigned step)
{
	for (unsigned at = 1; nth_begin(at, EIO); at += step) {
		own(str) char *before = NULL, *after = NULL;
		size_t files;
		int result;

		set_up(NULL);
		nth->at = 0;
		if (enabled)
			assert_int_equal(call(do_postfix_enable, NULL), EX_OK);
		if (state != RECORD_NONE) {
			own(record) struct record record = RECORD;
			struct err err;

			assert_int_equal(record_load(&record, dir, &err), 0);
			assert_int_equal(record_state(&record, dir, state, &err), 0);
		}
		assert_in_range(at, 1, 500);
		before = all();
		files = left();
		nth->at = at;
		result = call(run, NULL);
		after = all();
		if (result != EX_OK && *warned == '\0')
			fail_msg("%s: no word", nth->name);
		if (result != EX_OK && state == RECORD_NONE &&
		    !is_undone(before, after, files))
			fail_msg("%s, call %u: %s%s", nth->name, at, warned, after);
		if (result == EX_OK && is_enabled() != (run == do_postfix_enable))
			fail_msg("%s, call %u: %s", nth->name, at, after);
		if (result != EX_OK)
			does_it(run);
		nth->calls = *nth->name != '\0' ? at : 0;
		tear_down(NULL);
	}
	nth = NULL;
}

static void
test_enable_fails(void **state)
{
	(void)state;
	only_root();
	walk(do_postfix_enable, false, RECORD_NONE, 1);
}

static void
test_disable_fails(void **state)
{
	(void)state;
	only_root();
	walk(do_postfix_disable, true, RECORD_NONE, 1);
}

/* What was broken off is undone first, or taken on. */
static void
test_broken_off(void **state)
{
	(void)state;
	only_root();
	walk(do_postfix_enable, true, RECORD_BEGUN, 7);
	walk(do_postfix_disable, true, RECORD_LEAVING, 7);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_and_back),
		cmocka_unit_test(test_enable_fails),
		cmocka_unit_test(test_disable_fails),
		cmocka_unit_test(test_broken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
