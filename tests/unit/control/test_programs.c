/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_programs - the programs beside tdcctl: how they end, and when there are none
 *
 * WRAP: fdopen pipe2 posix_spawn waitpid
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/own.h"
#include "control/control.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
NTH_CALL(int, pipe2, (int *fds, int flags), (fds, flags), -1)
NTH_CALL(int, posix_spawn, (pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
    char *const *argv, char *const *envp), (pid, path, files, attr, argv, envp),
    nth->error)
NTH_CALL(pid_t, waitpid, (pid_t pid, int *status, int flags),
    (pid, status, flags), -1)

/* open_files - how many descriptors this process has */
static unsigned
open_files(void)
{
	own(dir) DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	return count;
}

/* run - a shell's command; its exit code, or -1: it could not be started */
static int
run(const char *command, int fd, char *line, int size)
{
	const char *const arguments[] = { "sh", "-c", command, NULL };
	pid_t pid;
	FILE *out = programs_start("/bin/sh", arguments, fd, &pid);

	*line = '\0';
	if (out == NULL)
		return -1;
	if (fgets(line, size, out) == NULL)
		*line = '\0';
	fclose(out);
	return programs_end(pid);
}

static void
ends(void **state)
{
	char line[100];

	(void)state;
	assert_int_equal(run("echo a", STDOUT_FILENO, line, sizeof(line)), 0);
	assert_string_equal(line, "a\n");
	assert_int_equal(run("echo b >&2; exit 78", STDERR_FILENO, line,
	    sizeof(line)), EX_CONFIG);
	assert_string_equal(line, "b\n");
	assert_int_equal(run("echo c >&2", PROGRAMS_BOTH, line, sizeof(line)), 0);
	assert_string_equal(line, "c\n");
	assert_int_equal(run("kill -KILL $$", STDOUT_FILENO, line, sizeof(line)),
	    EX_SOFTWARE);
}

/* What cannot be started leaves nothing open, and no child. */
static void
each_call_fails(void **state)
{
	unsigned before = open_files(), at = 1;
	char line[100];

	(void)state;
	for (; nth_begin(at, EAGAIN); at++) {
		int code;

		nth_arm();
		code = run("echo a", STDOUT_FILENO, line, sizeof(line));
		nth_disarm();
		if (nth->name[0] == '\0')
			assert_int_equal(code, 0);
		else if (strcmp(nth->name, "waitpid") == 0)
			assert_int_equal(code, EX_OSERR);
		else
			assert_int_equal(code, -1);
		while (waitpid(-1, NULL, 0) > 0)
			assert_string_equal(nth->name, "waitpid");
		assert_int_equal(open_files(), before);
	}
	assert_true(at > 4);
}

/* complaints - what is said on standard error meanwhile; new */
static char *
complaints(int call(void *), void *arg, int wanted)
{
	char *dir = scratch_new(), *text;
	own(str) char *path = scratch_file(dir, "err", "");
	int saved = dup(STDERR_FILENO), fd = open(path, O_WRONLY), code;

	assert_true(saved != -1 && fd != -1 && dup2(fd, STDERR_FILENO) != -1);
	code = call(arg);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
	text = scratch_read(path);
	if (code != wanted)
		fail_msg("%d: %s", code, text);
	scratch_free(dir);
	return text;
}

static int
check(void *heard)
{
	const struct findings findings = FINDINGS;

	return programs_check("tdc.cf", &findings, heard);
}

/* verb - with these words after it; the configuration has what it says */
struct call {
	const char	*parameters;
	const char	*words[4];
};

static int
verb(void *arg)
{
	const struct call *call = arg;
	struct control control = { .conf_file = "tdc.cf" };
	char *argv[4] = { NULL };
	struct err err;
	int argc = 0, code;

	assert_int_equal(conf_parse("tdc.cf", call->parameters, &control.conf, &err),
	    0);
	for (const char *const *word = call->words + 1; *word != NULL; word++)
		argv[argc++] = mem_text(*word);
	code = verb_find(call->words[0])->run(&control, argc, argv);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	conf_drop(&control.conf);
	return code;
}

#define API "api_region = de\napi_credentials_file = /no/file\n"
#define INTAKE "intake_address = a@intake.example\n"

/* This test has no programs of ours in its directory. */
static void
none_there(void **state)
{
	static const struct { struct call call; int code; const char *why; } rows[] = {
		{ { "", { "send-test" } }, EX_USAGE, "intake_address is not set" },
		{ { INTAKE, { "send-test" } }, EX_UNAVAILABLE,
		    "tdc-forwarder is not in the directory of tdcctl" },
		{ { API, { "verify-intake" } }, EX_USAGE,
		    "intake_address is not set: give --to" },
		{ { INTAKE, { "verify-intake" } }, EX_CONFIG, "there is no API" },
		{ { INTAKE API, { "verify-intake", "--sent", "<a@b>" } },
		    EX_UNAVAILABLE, "tdc-remediator is not in the directory" },
		{ { INTAKE API, { "verify-intake" } }, EX_UNAVAILABLE,
		    "was not delivered, so it cannot be found" },
	};
	own(buf) struct buf heard = BUF;
	own(str) char *said = NULL;

	(void)state;
	buf_text(&heard, "");
	said = complaints(check, &heard, EX_OK);
	assert_string_equal(said, "");
	assert_non_null(strstr(heard.data, "warning: tdc-milter is not in the "
	    "directory of tdcctl: skipped its own check\n"));
	assert_non_null(strstr(heard.data, "warning: tdc-forwarder is not in"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *text = complaints(verb, (void *)&rows[i].call,
		    rows[i].code);

		if (strstr(text, rows[i].why) == NULL)
			fail_msg("row %zu: %s", i, text);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(each_call_fails),
		cmocka_unit_test(none_there),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
