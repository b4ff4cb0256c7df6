/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB LMDB CDB */
/*
 * The process that reads a database: what it sends, and when it sends nothing.
 * That it may write to no file is for test_table_damage; here it may, for what
 * counts the lines that are executed.
 *
 * WRAP: prctl setrlimit
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/own.h"
#include "policy/table/isolate_private.h"
#include "tests/unit/policy/table/table_files.h"

#define FAILS "READER_FAILS"		/* the call that fails in the child */

static bool
fails(const char *name)
{
	const char *which = getenv(FAILS);

	return which != NULL && strcmp(which, name) == 0;
}

int __real_setrlimit(int, const struct rlimit *);
int __wrap_setrlimit(int, const struct rlimit *);
int
__wrap_setrlimit(int which, const struct rlimit *limit)
{
	if (which != RLIMIT_FSIZE || limit->rlim_cur != 0)
		return __real_setrlimit(which, limit);
	return fails("setrlimit") ? -1 : 0;
}

int __real_prctl(int, ...);
int __wrap_prctl(int, ...);
int
__wrap_prctl(int what, ...)
{
	va_list args;
	unsigned long value;

	va_start(args, what);
	value = va_arg(args, unsigned long);
	va_end(args);
	return fails("prctl") ? -1 : __real_prctl(what, value, 0, 0, 0);
}

/* What a child has said. */
struct heard {
	int		 status;	/* of waitpid() */
	struct buf	 bytes;
	unsigned	 pairs;
	size_t		 longest;	/* value */
	bool		 locked, end;
	struct err	 err;		/* text "": none */
};

static _Noreturn void
be_child(int fd, const char *reader, const char *path, const char *word,
    const char *failing)
{
	own(str) char *env = mem_format(FAILS "=%s", failing);
	char *argv[] = { isolate_title, (char *)reader, (char *)path, (char *)word,
		NULL };
	char *envp[] = { env, NULL };

	if (dup2(fd, ISOLATE_FD) == ISOLATE_FD)
		execve("/proc/self/exe", argv, envp);
	_exit(127);
}

/* count - what is in the frames; each must be whole */
static void
count(struct heard *heard)
{
	struct frame frame;

	for (size_t at = 0; at < heard->bytes.len; at += frame.key_length +
	    frame.value_length) {
		assert_true(heard->bytes.len - at >= sizeof(frame));
		assert_false(heard->end);
		memcpy(&frame, heard->bytes.data + at, sizeof(frame));
		at += sizeof(frame);
		assert_true(heard->bytes.len - at >= (size_t)frame.key_length +
		    frame.value_length);
		heard->locked |= frame.kind == FRAME_LOCKED;
		heard->end = frame.kind == FRAME_END || frame.kind == FRAME_ERROR;
		if (frame.kind == FRAME_ERROR)
			memcpy(&heard->err, heard->bytes.data + at,
			    sizeof(heard->err));
		if (frame.kind != FRAME_PAIR)
			continue;
		heard->pairs++;
		assert_true(heard->locked);
		if (frame.value_length > heard->longest)
			heard->longest = frame.value_length;
	}
}

/* listen_to - a child with these words */
static struct heard
listen_to(const char *reader, const char *path, const char *word,
    const char *failing)
{
	struct heard heard = { .bytes = BUF, .err = { .text = "" } };
	own(fd) int in = -1;
	int fds[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	in = fds[0];
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		be_child(fds[1], reader, path, word, failing);
	close(fds[1]);
	while ((n = read(in, buf_room(&heard.bytes, 65536), 65536)) > 0)
		heard.bytes.len += (size_t)n;
	assert_int_equal(waitpid(pid, &heard.status, 0), pid);
	count(&heard);
	buf_drop(&heard.bytes);
	return heard;
}

/* sent - a whole table, or this error */
static void
sent(const struct heard *heard, const char *error)
{
	if (!WIFEXITED(heard->status) || WEXITSTATUS(heard->status) != 0)
		fail_msg("status %#x", (unsigned)heard->status);
	assert_true(heard->end);
	if (error == NULL)
		assert_string_equal(heard->err.text, "");
	else if (strstr(heard->err.text, error) == NULL)
		fail_msg("'%s', not '%s'", heard->err.text, error);
}

static void
whole(void **state)
{
	for (size_t i = 0; i < KINDS; i++)
		for (int nul = 0; nul < 2; nul++) {
			char *name, *path = make(*state, &kinds[i],
			    (unsigned)nul, &name);
			struct heard heard = listen_to(kinds[i].type, path,
			    isolate_wait, "");

			sent(&heard, NULL);
			assert_int_equal(heard.pairs, ENTRIES);
			assert_true(heard.longest > 6000);
			assert_int_equal(unlink(path), 0);
			free(path);
			free(name);
		}
}

/* Cut off, of another type, empty, gone, or not a file at all. */
static void
no_database(void **state)
{
	own(str) char *text = scratch_file(*state, "text", "a@b NO\n");
	own(str) char *empty = scratch_file(*state, "empty", "");
	own(str) char *none = mem_format("%s/none", (char *)*state);

	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		struct heard heard;
		struct stat st;

		heard = listen_to(kinds[i].type, text, isolate_wait, "");
		sent(&heard, "open database");
		heard = listen_to(kinds[i].type, empty, isolate_wait, "");
		sent(&heard, "empty file");
		heard = listen_to(kinds[i].type, none, isolate_wait, "");
		sent(&heard, "No such file or directory");
		heard = listen_to(kinds[i].type, *state, isolate_wait, "");
		sent(&heard, "not a regular file");
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(truncate(path, st.st_size - 4096), 0);
		heard = listen_to(kinds[i].type, path, isolate_wait, "");
		sent(&heard, "damaged (cut off)");
		free(path);
		free(name);
	}
}

/* The lock of postmap(1): it is waited for, or not. */
static void
locked(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		char *name, *path = make(*state, &kinds[i], 1, &name);
		own(fd) int fd = open(path, O_RDWR | O_CLOEXEC);
		struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		struct heard heard;

		assert_int_equal(flock(fd, LOCK_EX), 0);
		assert_int_equal(fcntl(fd, F_OFD_SETLK, &all), 0);
		heard = listen_to(kinds[i].type, path, isolate_at_once, "");
		sent(&heard, path);
		assert_int_equal(heard.err.sys, EWOULDBLOCK);
		assert_int_equal(heard.err.kind, ERR_LATER);
		assert_false(heard.locked);
		close(fd_give(&fd));
		heard = listen_to(kinds[i].type, path, isolate_at_once, "");
		sent(&heard, NULL);
		assert_int_equal(heard.pairs, ENTRIES);
		free(path);
		free(name);
	}
}

/* nothing - ended with that status, and has sent no byte */
static void
nothing(struct heard heard)
{
	assert_true(WIFEXITED(heard.status));
	assert_int_equal(WEXITSTATUS(heard.status), 1);
	assert_false(heard.locked || heard.end || heard.pairs > 0);
}

/* A reader that cannot confine itself reads nothing, nor one without a name. */
static void
refused(void **state)
{
	char *name, *path = make(*state, &kinds[0], 1, &name);

	nothing(listen_to(kinds[0].type, path, isolate_wait, "setrlimit"));
	nothing(listen_to(kinds[0].type, path, isolate_wait, "prctl"));
	nothing(listen_to("other", path, isolate_wait, ""));
	free(path);
	free(name);
}

/* What is longer than the parent takes is an error, and not a piece of it. */
static void
too_long(void **state)
{
	own(str) char *path = mem_format("%s/long.db", (char *)*state);
	DBT key = { .data = (char *)"key", .size = 3 };
	DBT value = { .data = mem_new(FRAME_TEXT_MAX + 1),
		.size = FRAME_TEXT_MAX + 1 };
	struct heard heard;
	DB *db;

	assert_int_equal(db_create(&db, NULL, 0), 0);
	assert_int_equal(db->open(db, NULL, path, NULL, DB_HASH, DB_CREATE, 0644),
	    0);
	assert_int_equal(db->put(db, NULL, &key, &value, 0), 0);
	assert_int_equal(db->close(db, 0), 0);
	heard = listen_to("hash", path, isolate_wait, "");
	sent(&heard, "a key or a value is longer than");
	assert_int_equal(heard.pairs, 0);
	free(value.data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(whole),
		TEST(no_database),
		TEST(locked),
		TEST(refused),
		TEST(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
