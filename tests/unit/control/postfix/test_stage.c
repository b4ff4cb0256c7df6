/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies that postconf(1) edits and diff(1) compares, while each call in turn fails:
 * Postfix's own files are never touched, nothing is left in TMPDIR, and no half
 * edited file is taken for what it shall become.
 *
 * WRAP: fchmod fsync mkdtemp open openat program_run read renameat utimensat write
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/doctor/program.h"
#include "control/postfix/changes.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_OPENAT
NTH_CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
NTH_CALL(int, fsync, (int fd), (fd), -1)
NTH_CALL(char *, mkdtemp, (char *path), (path), NULL)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, utimensat, (int dir, const char *path, const struct timespec *times,
    int flags), (dir, path, times, flags), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

static const char *last_words = "";	/* of a program that fails */

/* edit - as postconf(1) would: the line comes last in the file */
static int
edit(const char *const *argv)
{
	own(str) char *path = mem_format("%s/%s", argv[2], strcmp(argv[3], "-P") == 0 ?
	    "master.cf" : "main.cf");
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	fprintf(file, "%s%s\n", strcmp(argv[3], "-X") == 0 ? "#" : "", argv[4]);
	assert_int_equal(fclose(file), 0);
	return 0;
}

int __wrap_program_run(const char *const *, int, bool, struct buf *, struct err *);
int
__wrap_program_run(const char *const *argv, int seconds, bool both,
    struct buf *out, struct err *err)
{
	(void)seconds;
	if (nth_now("program_run")) {
		buf_text(out, last_words);
		return err_set(err, ERR_LATER, "%s fails", argv[0]);
	}
	if (strcmp(argv[0], "postconf") == 0) {
		assert_true(both);
		return edit(argv);
	}
	/* diff(1): its status is 1, and what it says is the difference */
	assert_string_equal(argv[0], "diff");
	buf_texts(out, "--- ", argv[3], "\n-\001\n");
	return err_set(err, ERR_LATER, "diff fails");
}

/* is_empty - is nothing in it? */
static bool
is_empty(const char *dir)
{
	return rmdir(dir) == 0 && mkdir(dir, 0700) == 0;
}

static void
prepare(struct changes *changes, const char *dir)
{
	own(str) char *conf_file = scratch_file(dir, "tdc.cf", "a = b\n");
	struct err err;

	free(scratch_file(dir, "main.cf", "c = d\n"));
	free(scratch_file(dir, "master.cf", "smtp inet\n"));
	assert_int_equal(changes_read(changes, dir, conf_file, &err), 0);
}

static void
untouched(const struct changes *changes)
{
	for (int i = 0; i < CHANGE_FILES; i++) {
		own(str) char *text = scratch_read(changes->files[i].path);

		assert_string_equal(text, changes->files[i].was.data);
	}
}

static const struct wiring_edit edits[] = {
	{ (char *)"smtpd_milters", false, (char *)"unix:a" },
	{ (char *)"non_smtpd_milters", false, (char *)"" },
	{ (char *)"smtp/inet/smtpd_milters", true, (char *)"" },
};
static const struct wiring wiring = { .edits = (struct wiring_edit *)edits,
	.count = 3, .socket = (char *)"unix:b", .mode = (char *)"0660" };

static const char *const become[CHANGE_FILES] = {
	"a = b\nmilter_socket=unix:b\nmilter_socket_mode=0660\n",
	"c = d\nsmtpd_milters=unix:a\n#non_smtpd_milters\n",
	"smtp inet\nsmtp/inet/smtpd_milters=\n",
};

/* try - false: no call had to fail */
static bool
try(const char *tmp, unsigned at)
{
	own(changes) struct changes changes = CHANGES;
	char *dir = scratch_new();
	struct err err = { .text = "" };
	int result;

	prepare(&changes, dir);
	assert_true(nth_only(at, EIO));
	nth_arm();
	result = changes_stage(&changes, &wiring, &err);
	nth_disarm();
	if ((result == 0) != (nth->name[0] == '\0'))
		fail_msg("%s (call %u): %d", nth->name, at, result);
	if (result == -1)
		assert_true(*err.text != '\0');
	for (int i = 0; result == 0 && i < CHANGE_FILES; i++)
		assert_string_equal(changes.files[i].is.data, become[i]);
	untouched(&changes);
	if (!is_empty(tmp))
		fail_msg("%s (call %u): something is left", nth->name, at);
	scratch_free(dir);
	return nth->name[0] != '\0';
}

static void
stage(void **state)
{
	char *tmp = scratch_new();
	unsigned at = 1;

	(void)state;
	setenv("TMPDIR", tmp, 1);
	while (try(tmp, at))
		at++;
	assert_true(at > 20);
	scratch_free(tmp);
}

/* shown - what changes_show() prints; new */
static char *
shown(const struct changes *changes, const char *tmp, unsigned at, int *out_result)
{
	own(str) char *path = mem_format("%s/../shown.%d", tmp, (int)getpid());
	int saved = dup(STDOUT_FILENO), fd;
	struct err err = { .text = "" };
	char *text;

	fflush(stdout);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd != -1 && dup2(fd, STDOUT_FILENO) != -1);
	assert_true(nth_only(at, EIO));
	nth_arm();
	*out_result = changes_show(changes, &err);
	nth_disarm();
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	if (*out_result == -1)
		assert_true(*err.text != '\0');
	text = scratch_read(path);
	assert_int_equal(unlink(path), 0);
	return text;
}

/* A difference that cannot be shown is an error, and not "none". */
static void
show(void **state)
{
	own(changes) struct changes changes = CHANGES;
	char *dir = scratch_new(), *tmp = scratch_new();
	own(str) char *wanted = NULL;
	unsigned at = 1;

	(void)state;
	setenv("TMPDIR", tmp, 1);
	prepare(&changes, dir);
	buf_text(&changes.files[CHANGE_MAIN].is, "more\n");
	/* what a terminal would obey is not for it */
	wanted = mem_format("--- %s\n-?\n", changes.files[CHANGE_MAIN].path);
	for (bool reached = true; reached; at++) {
		int result;
		own(str) char *text = shown(&changes, tmp, at, &result);

		reached = nth->name[0] != '\0';
		/* stdio has no way to say that it could not write */
		if (strcmp(nth->name, "write") != 0 || result == -1)
			assert_int_equal(result, reached ? -1 : 0);
		if (result == 0 && !reached)
			assert_string_equal(text, wanted);
		assert_true(is_empty(tmp));
	}
	assert_true(at > 10);
	scratch_free(dir);
	scratch_free(tmp);
}

/* Its own words say what is wrong; without any, how it ended. */
static void
postconf_says(void **state)
{
	static const struct wiring one = { .group = (char *)"postfix" };
	static const struct { const char *said, *wanted; } rows[] = {
		{ "postconf: fatal: no\nmore\n",
		    "milter_socket_group: postconf: fatal: no" },
		{ "", "milter_socket_group: postconf fails" },
	};

	(void)state;
	unsetenv("TMPDIR");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(changes) struct changes changes = CHANGES;
		char *dir = scratch_new();
		struct err err;
		unsigned at = 0;

		prepare(&changes, dir);
		last_words = rows[i].said;
		do {
			assert_true(nth_only(++at, EIO));
			nth_arm();
			(void)changes_stage(&changes, &one, &err);
			nth_disarm();
		} while (strcmp(nth->name, "program_run") != 0 && at < 100);
		assert_string_equal(err.text, rows[i].wanted);
		untouched(&changes);
		scratch_free(dir);
	}
	last_words = "";
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stage),
		cmocka_unit_test(show),
		cmocka_unit_test(postconf_says),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
