/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who logs never waits for a disk that stands; what could not be kept is told of
 *
 * WRAP: writev pthread_create
 */
#include "base/log/log_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "tests/unit/base/log/log_rig.h"
#include "tests/unit/no_threads.h"

/* ---- a disk that stands, or is full ---- */

static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int write_errno, write_most;

ssize_t __real_writev(int, const struct iovec *, int);
ssize_t __wrap_writev(int, const struct iovec *, int);
ssize_t
__wrap_writev(int fd, const struct iovec *parts, int count)
{
	struct iovec few = parts[0];

	pthread_mutex_lock(&disk);
	pthread_mutex_unlock(&disk);
	if (write_most > 0 && parts[0].iov_len > (size_t)write_most) {
		few.iov_len = (size_t)write_most;
		write_most = 0;
		return __real_writev(fd, &few, 1);
	}
	if (write_errno != 0) {
		errno = write_errno;
		return -1;
	}
	return __real_writev(fd, parts, count);
}

/* ---- tests ---- */

/* The first lines are there, in order; the rest is counted, and told of. */
static void
test_disk_stands(void **state)
{
	char *dir = scratch_new(), *text, *line, *want;
	uint64_t before = log_queue_lost(), lost;
	size_t there;

	(void)state;
	log_rig_file(dir, "maillog");
	pthread_mutex_lock(&disk);
	assert_true(log_rig_many(MANY) < 2000);
	lost = log_queue_lost() - before;
	assert_in_range(lost, 1, MANY - 1);
	pthread_mutex_unlock(&disk);
	text = log_rig_read(dir, "maillog");
	there = count(text, "Message finished");
	assert_int_equal(there + lost, MANY);
	line = text;
	for (size_t i = 0; i < there; i++) {
		want = mem_format(" MID %zu done\n", i);
		line = strchr(line, '\n') + 1;
		assert_memory_equal(line - strlen(want), want, strlen(want));
		free(want);
	}
	want = mem_format("TDC: Warning: %llu lines are missing here: ",
	    (unsigned long long)lost);
	assert_non_null(strstr(line, want));
	assert_int_equal(count(text, "are missing"), 1);
	free(want);
	free(text);
	scratch_free(dir);
}

/* A reload while the old file stands: who waits goes to the old one. */
static void
test_turns(void **state)
{
	char *dir = scratch_new(), *text;

	(void)state;
	log_rig_file(dir, "one");
	pthread_mutex_lock(&disk);
	log_event(finished, 1ULL, "done");
	log_rig_file(dir, "two");
	log_event(finished, 2ULL, "done");
	log_rig_file(dir, "three");
	log_event(finished, 3ULL, "done");
	for (int i = 0; i < 10; i++)
		log_rig_file(dir, "four");
	log_rig_file(dir, "five");
	log_event(finished, 5ULL, "done");
	pthread_mutex_unlock(&disk);
	text = log_rig_read(dir, "one");
	assert_match(text, "^[^\n]* MID 1 done\n$");
	free(text);
	text = log_rig_read(dir, "two");
	assert_match(text, "^[^\n]* MID 2 done\n$");
	free(text);
	text = log_rig_read(dir, "three");
	assert_match(text, "^[^\n]* MID 3 done\n$");
	free(text);
	text = log_rig_read(dir, "five");
	assert_match(text, "^[^\n]* MID 5 done\n$");
	free(text);
	scratch_free(dir);
}

/* A full disk: nobody waits, nothing goes round in circles, and what is
 * missing is told of when there is room. */
static void
test_disk_full(void **state)
{
	char *dir = scratch_new(), *text;

	(void)state;
	log_rig_file(dir, "maillog");
	log_event(finished, 1ULL, "done");
	log_flush();
	write_most = 30;		/* half a line, and then nothing */
	write_errno = ENOSPC;
	log_event(finished, 2ULL, "done");
	log_flush();
	log_event(finished, 3ULL, "done");
	log_flush();
	write_errno = 0;
	log_event(finished, 4ULL, "done");
	text = log_rig_read(dir, "maillog");
	assert_match(text, "^[^\n]* MID 1 done\n.{30}\n[^\n]* MID 4 done\n"
	    "[^\n]*TDC: Warning: 2 lines are missing here: [^\n]*\n$");
	free(text);
	scratch_free(dir);
}

/* What is no file is refused at once, whoever reads from it. */
static void
test_no_file(void **state)
{
	char *dir = scratch_new();
	own(str) char *fifo = log_rig_path(dir, "fifo");
	own(str) char *text = mem_format("user =\nmail_logs_file = %s\n", fifo);
	own(str) char *path = scratch_file(dir, "tdc.cf", text);
	own(fd) int reader = -1;
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(conf_load(path, &conf, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(log_open("prog", &conf, false, &err), -1);
		assert_non_null(strstr(err.text, "tdc.cf:2: mail_logs_file: "));
		assert_non_null(strstr(err.text,
		    "fifo is neither a file nor a device"));
		assert_int_equal(err.kind, ERR_NEVER);
		reader = open(fifo, O_RDONLY | O_NONBLOCK);
	}
	conf_drop(&conf);
	log_rig_open(dir, "maillog_file = /dev/null\n");
	scratch_free(dir);
}

enum { WRITERS = 4, EACH = 500 };

static void *
write_lines(void *arg)
{
	for (int i = 0; i < EACH; i++)
		log_event(finished, (unsigned long long)(*(int *)arg * EACH + i),
		    "done");
	return NULL;
}

/* Many threads: each line is whole, and each thread's are in order. */
static void
test_many_threads(void **state)
{
	char *dir = scratch_new(), *text, *rest, *line;
	int next[WRITERS] = { 0 }, ids[WRITERS];
	pthread_t threads[WRITERS];

	(void)state;
	log_rig_file(dir, "maillog");
	for (int i = 0; i < WRITERS; i++) {
		ids[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines,
		    &ids[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	text = rest = log_rig_read(dir, "maillog");
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		char *at = strstr(line, "finished MID ");
		int mid;

		assert_non_null(at);
		assert_int_equal(sscanf(at, "finished MID %d done", &mid), 1);
		assert_int_equal(mid % EACH, next[mid / EACH]++);
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(next[i], EACH);
	free(text);
	scratch_free(dir);
}

/* In a process of its own, and first of all: later queues have threads. */
static void
test_no_thread(void **state)
{
	char *dir = scratch_new(), *text;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0) {
		no_threads = FOR_GOOD;
		log_rig_file(dir, "maillog");
		log_event(finished, 1ULL, "done");
		log_rig_file(dir, "other");
		_exit(0);		/* there was no one to wait for */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	text = log_rig_read(dir, "maillog");
	assert_match(text, "^[^\n]*TDC: Warning: no thread for the log: Resource "
	    "temporarily unavailable: [^\n]*\n[^\n]* MID 1 done\n$");
	free(text);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_thread),
		cmocka_unit_test(test_disk_stands),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
