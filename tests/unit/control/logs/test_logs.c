/* SPDX-License-Identifier: BSD-2-Clause */
/* test_logs - logs from wherever they are: rotated, packed, broken, too long,
 * not ours to read */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <utime.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/logs/logs.h"
#include "control/logs/logsource.h"
#include "tests/unit/scratch.h"

#define TOP "Nov 26 07:30:0"

static struct buf heard = BUF;		/* texts of lines, complaints */

static void
complain_of(const char *text)
{
	buf_texts(&heard, "! ", text, "\n");
}

static bool
hear(void *arg, const struct logline *line)
{
	int *left = arg;

	buf_texts(&heard, line->text, "\n");
	return left == NULL || --*left > 0;
}

/* file_at - the file as it was changed at that second of 26 November 2026 */
static char *
file_at(const char *dir, const char *name, int second, const char *text)
{
	char *path = scratch_file(dir, name, text);
	struct utimbuf times = { 1795678200 + second, 1795678200 + second };

	assert_int_equal(utime(path, &times), 0);
	return path;
}

/* beside - file_at(), of which the test only needs that it is there */
static void
beside(const char *dir, const char *name, int second, const char *text)
{
	free(file_at(dir, name, second, text));
}

static void
run(const char *command, const char *path)
{
	own(str) char *line = mem_format("%s '%s'", command, path);
	pid_t pid = fork();
	int status = -1;

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", line, NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* read_all - what is in these logs, with what is wrong */
static struct logs_seen
read_all(const struct logs_query *query, int times)
{
	static const struct conf conf = { .maillog_file = "",
		.mail_logs_file = "" };
	struct logs *logs = logs_open(&conf, query);
	struct logs_seen seen = { .lines = 0 };

	while (times-- > 0) {
		buf_cut(&heard, 0);
		logs_each(logs, hear, NULL);
		seen = *logs_seen(logs);
	}
	logs_close(logs);
	return seen;
}

static void
rotated(void **state)
{
	char *dir = scratch_new();
	own(str) char *log = file_at(dir, "mail.log", 9, TOP "9 gw a[1]: 9\n");
	own(str) char *two = file_at(dir, "mail.log.2", 5, TOP "5 gw a[1]: 5\n");
	own(str) char *three = file_at(dir, "mail.log-20261125", 3,
	    TOP "3 gw a[1]: 3\n");
	own(str) char *four = file_at(dir, "mail.log.20261124-071500", 1,
	    TOP "1 gw a[1]: 1\n");
	const char *files[] = { log };
	struct logs_query query = { .files = files, .count = 1, .rotated = true,
		.complain = complain_of };
	struct logs_seen seen;

	(void)state;
	beside(dir, "mail.log.1", 7, TOP "7 gw a[1]: 7\n");
	beside(dir, "mail.log.old", 9, TOP "9 gw a[1]: other\n");
	beside(dir, "mail.log2", 9, TOP "9 gw a[1]: other\n");
	run("gzip", two);
	run("xz", three);
	run("zstd -q --rm", four);
	seen = read_all(&query, 1);
	assert_string_equal(heard.data, "1\n3\n5\n7\n9\n");
	assert_int_equal(seen.lines, 5);
	assert_int_equal(seen.oldest, 1795678201000);
	assert_int_equal(seen.newest, 1795678209000);
	/* Those that ended before are not opened. */
	query.since = 1795678207000;
	seen = read_all(&query, 1);
	assert_string_equal(heard.data, "7\n9\n");
	assert_int_equal(seen.oldest, 1795678207000);
	query.since = 0;
	query.until = 1795678205999;
	(void)read_all(&query, 1);
	assert_string_equal(heard.data, "1\n3\n5\n");
	/* The one alone. */
	query = (struct logs_query){ .files = files, .count = 1,
		.complain = complain_of };
	(void)read_all(&query, 1);
	assert_string_equal(heard.data, "9\n");
	scratch_free(dir);
}

/* Copied in one moment, or just being packed. */
static void
same_time(void **state)
{
	char *dir = scratch_new();
	own(str) char *log = file_at(dir, "maillog", 9, TOP "9 gw a[1]: 9\n");
	own(str) char *two = file_at(dir, "maillog.2", 9, TOP "5 gw a[1]: 5\n");
	const char *files[] = { log };
	const struct logs_query query = { .files = files, .count = 1,
		.rotated = true, .complain = complain_of };

	(void)state;
	beside(dir, "maillog.1", 9, TOP "7 gw a[1]: 7\n");
	beside(dir, "maillog.10", 9, TOP "1 gw a[1]: 1\n");
	run("gzip -k", two);
	(void)read_all(&query, 1);
	assert_string_equal(heard.data, "1\n5\n7\n9\n");
	scratch_free(dir);
}

/* One of the older files may not be looked at: it is told, like the log itself. */
static void
unseen(void **state)
{
	char *dir = scratch_new();
	own(str) char *log = file_at(dir, "mail.log", 9, TOP "9 gw a[1]: 9\n");
	own(str) char *loop = mem_format("%s/mail.log.2", dir);
	own(str) char *gone = mem_format("%s/mail.log.3", dir);
	own(str) char *wanted = mem_format(
	    "7\n9\n! %s: Too many levels of symbolic links\n", loop);
	const char *files[] = { log };
	const struct logs_query query = { .files = files, .count = 1,
		.rotated = true, .complain = complain_of };

	(void)state;
	beside(dir, "mail.log.1", 7, TOP "7 gw a[1]: 7\n");
	assert_int_equal(symlink("mail.log.2", loop), 0);
	assert_int_equal(symlink("nowhere", gone), 0);
	assert_int_equal(read_all(&query, 1).unread, 1);
	assert_string_equal(heard.data, wanted);
	scratch_free(dir);
}

static void
broken(void **state)
{
	char *dir = scratch_new();
	own(str) char *cut = file_at(dir, "cut", 1, "");
	own(str) char *none = mem_format("%s/none", dir);
	own(str) char *good = file_at(dir, "good", 9, TOP "9 gw a[1]: 9");
	own(str) char *wanted = mem_format(
	    "first\n! %s: gzip: stdin: unexpected end of file\n"
	    "! %s: No such file or directory\n! %s: Is a directory\n9\n", cut,
	    none, dir);
	const char *files[] = { cut, none, dir, good };
	const struct logs_query query = { .files = files, .count = 4,
		.complain = complain_of };
	struct logs_seen seen;

	(void)state;
	/* Whole blocks come out before the end that is missing. */
	run("(echo '" TOP "1 gw a[1]: first'; seq 200000) | gzip -c |"
	    " head -c 300000 >", cut);
	seen = read_all(&query, 1);
	assert_string_equal(heard.data, wanted);
	assert_int_equal(seen.unread, 3);
	assert_true(seen.other > 1000);
	/* Told once, but counted again. */
	seen = read_all(&query, 2);
	assert_string_equal(heard.data, "first\n9\n");
	assert_int_equal(seen.unread, 3);
	scratch_free(dir);
}

/* Lines of any length; every cut at another place of the buffer. */
static void
lengths(void **state)
{
	static const char head[] = TOP "1 gw a[1]: ";
	static const int lengths[] = { 0, 1, 65535, 65536, 65537, 131072, 262143,
		262144, 262145, 1000000 };
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "long", "");
	FILE *file = fopen(path, "w");
	struct logsource source;
	struct err err;
	char *line;
	size_t n;

	(void)state;
	assert_non_null(file);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		fprintf(file, "%.*s%0*d\n", lengths[i] > 100 ? 0 : 1, "x",
		    lengths[i] > 100 ? lengths[i] : 1, 0);
	fprintf(file, "%s", head);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(logsource_open(&source, path, &err), 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		size_t length = lengths[i] > 100 ? (size_t)lengths[i] : 2;

		assert_true(logsource_next(&source, &line, &n));
		assert_int_equal(n, length > LOGSOURCE_LINE_MAX ?
		    (size_t)LOGSOURCE_LINE_MAX : length);
		assert_int_equal(source.cut, length > LOGSOURCE_LINE_MAX);
		assert_int_equal(strlen(line), n);
	}
	assert_true(logsource_next(&source, &line, &n));
	assert_string_equal(line, head);
	assert_false(logsource_next(&source, &line, &n));
	assert_int_equal(logsource_close(&source, &err), 0);
	scratch_free(dir);
}

/* A packed log of which only the begin is wanted ends its child. */
static void
enough(void **state)
{
	static const struct conf conf = { .maillog_file = "",
		.mail_logs_file = "" };
	char *dir = scratch_new();
	own(str) char *log = file_at(dir, "much", 9, "");
	const char *files[] = { log };
	const struct logs_query query = { .files = files, .count = 1,
		.complain = complain_of };
	struct logs *logs;
	int left = 2;

	(void)state;
	run("yes '" TOP "1 gw a[1]: b' | head -n 500000 | gzip -c >", log);
	logs = logs_open(&conf, &query);
	buf_cut(&heard, 0);
	logs_each(logs, hear, &left);
	assert_string_equal(heard.data, "b\nb\n");
	assert_int_equal(logs_seen(logs)->unread, 0);
	logs_close(logs);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	scratch_free(dir);
}

/* Standard input can be gone through twice. */
static void
input(void **state)
{
	const char *files[] = { "-" };
	const struct logs_query query = { .files = files, .count = 1,
		.rotated = true, .complain = complain_of };
	int fds[2], saved = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], TOP "1 gw a[1]: b\n", 27), 27);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	assert_int_equal(read_all(&query, 2).lines, 1);
	assert_string_equal(heard.data, "b\n");
	dup2(saved, STDIN_FILENO);
	close(saved);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotated),
		cmocka_unit_test(same_time),
		cmocka_unit_test(unseen),
		cmocka_unit_test(broken),
		cmocka_unit_test(lengths),
		cmocka_unit_test(enough),
		cmocka_unit_test(input),
	};
	int failed;

	setenv("TZ", "UTC", 1);
	tzset();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_drop(&heard);
	return failed;
}
