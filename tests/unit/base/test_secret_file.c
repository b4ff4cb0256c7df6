/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secret_file: what it takes, and where it keeps it; what else holds secrets (secret.h,
 * BUF_SECRET)
 *
 * WRAP: free fstat mmap munmap open read
 */
#include "base/secret_file.h"

#include <fcntl.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/secret.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(void *, mmap, (void *at, size_t size, int how, int flags, int fd, off_t from),
    (at, size, how, flags, fd, from), MAP_FAILED)

static const char *shrinking;		/* before it is read; NULL: none */

ssize_t __real_read(int, void *, size_t);
ssize_t __wrap_read(int, void *, size_t);
ssize_t
__wrap_read(int fd, void *out, size_t size)
{
	if (nth_now("read") || (shrinking != NULL && truncate(shrinking, 5) == -1))
		return -1;
	return __real_read(fd, out, size);
}

static bool wiped;			/* what was unmapped last */

int __real_munmap(void *, size_t);
int __wrap_munmap(void *, size_t);
int
__wrap_munmap(void *at, size_t size)
{
	wiped = true;
	for (size_t i = 0; i < size; i++)
		wiped = wiped && ((const char *)at)[i] == '\0';
	return __real_munmap(at, size);
}

static const void *watched;		/* what is freed, wiped or not */
static volatile bool freed, cleared;	/* the compiler knows what free() does */

void __real_free(void *);
void __wrap_free(void *);
void
__wrap_free(void *memory)
{
	if (memory != NULL && memory == watched) {
		freed = cleared = true;
		for (size_t i = 0; i < malloc_usable_size(memory); i++)
			cleared = cleared && ((const char *)memory)[i] == '\0';
	}
	__real_free(memory);
}

/* flags_of - of the memory that this is in, as the kernel has it; "": nowhere */
static const char *
flags_of(const void *memory)
{
	static char line[512];
	FILE *file = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	int within = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			within = (unsigned long)memory >= from &&
			    (unsigned long)memory < to;
		if (within && strncmp(line, "VmFlags:", 8) == 0) {
			fclose(file);
			return line;
		}
	}
	fclose(file);
	return "";
}

static int
read_mode(const char *path, mode_t mode, struct secret_file *out,
    struct err *err)
{
	assert_int_equal(chmod(path, mode), 0);
	return secret_file_read(path, SECRET_ANY_OWNER, out, err);
}

static void
what_it_keeps(void **state)
{
	char *dir = scratch_new(), *path;
	struct secret_file file = SECRET_FILE;
	struct err err;

	(void)state;
	path = scratch_file(dir, "login", "user:S3cret\n");
	assert_int_equal(read_mode(path, 0600, &file, &err), 0);
	assert_string_equal(file.text, "user:S3cret\n");
	assert_int_equal(file.length, 12);
	/* "dd": no core dump has it; the heap is otherwise */
	assert_non_null(strstr(flags_of(file.text), " dd"));
	assert_non_null(strstr(flags_of(file.room), " dd"));
	assert_null(strstr(flags_of(path), " dd"));
	wiped = false;
	secret_file_drop(&file);
	assert_null(file.text);
	assert_true(wiped);
	free(path);
	scratch_free(dir);
}

/* It is full, and moves; then it is dropped, and can be used again. */
static void
what_a_buf_keeps(void **state)
{
	own(buf) struct buf buf = BUF_SECRET;

	(void)state;
	buf_text(&buf, "S3cret");
	assert_non_null(strstr(flags_of(buf.data), " dd"));
	for (int i = 0; i < 4090; i++)
		buf_byte(&buf, 'x');
	assert_true(wiped);
	assert_memory_equal(buf.data, "S3cretx", 7);
	assert_int_equal(strlen(buf.data), 4096);
	assert_non_null(strstr(flags_of(buf.data), " dd"));
	wiped = false;
	buf_drop(&buf);
	assert_true(wiped);
	assert_string_equal(buf.data, "");
	buf_text(&buf, "another");
	assert_non_null(strstr(flags_of(buf.data), " dd"));
}

/* What libraries free, and what they let grow or shrink. */
static void
what_is_freed(void **state)
{
	char *text = secret_realloc(NULL, 8), *more;

	(void)state;
	assert_non_null(text);
	strcpy(text, "S3cret");
	watched = text;
	freed = false;
	more = secret_realloc(text, 5000);
	assert_true(freed && cleared);
	assert_string_equal(more, "S3cret");
	watched = more;
	text = secret_realloc(more, 3);
	assert_memory_equal(text, "S3c", 3);
	assert_true(freed && cleared);
	watched = text;
	freed = false;
	secret_free(text);
	assert_true(freed && cleared);
	watched = NULL;
	secret_free(NULL);
}

static void
what_it_refuses(void **state)
{
	char *dir = scratch_new(), *path, *fifo = mem_format("%s/fifo", dir);
	struct secret_file file = SECRET_FILE;
	struct err err;

	(void)state;
	path = scratch_file(dir, "login", "user:S3cret\n");
	assert_int_equal(read_mode(path, 0640, &file, &err), 0);
	secret_file_drop(&file);
	assert_int_equal(read_mode(path, 0604, &file, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(read_mode(path, 0620, &file, &err), -1);
	assert_null(strstr(err.text, "S3cret"));
	/* and it does not wait for who might write there */
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(read_mode(fifo, 0600, &file, &err), -1);
	assert_string_equal(err.text, "not a regular file");
	free(fifo);
	free(path);
	scratch_free(dir);
}

/* An octet that no text has, and one more than there may be: neither leaves anything
 * in memory. */
static void
what_is_no_text(void **state)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "login", "user:S3cret\n");
	struct secret_file file = SECRET_FILE;
	struct err err;

	(void)state;
	assert_int_equal(truncate(path, 1 << 20), 0);
	wiped = false;
	assert_int_equal(read_mode(path, 0600, &file, &err), -1);
	assert_string_equal(err.text, "not a text file");
	assert_true(wiped);
	assert_int_equal(truncate(path, (1 << 20) + 1), 0);
	assert_int_equal(read_mode(path, 0600, &file, &err), -1);
	assert_string_equal(err.text, "larger than 1048576 bytes");
	assert_int_equal(err.kind, ERR_NEVER);
	assert_null(file.text);
	scratch_free(dir);
}

/* Cut while it is read, it is what is left of it. */
static void
what_shrinks(void **state)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "login", "user:S3cret\n");
	struct secret_file file = SECRET_FILE;
	struct err err;

	(void)state;
	shrinking = path;
	assert_int_equal(read_mode(path, 0600, &file, &err), 0);
	shrinking = NULL;
	assert_string_equal(file.text, "user:");
	assert_int_equal(file.length, 5);
	secret_file_drop(&file);
	scratch_free(dir);
}

/* Each call fails once: another try may do. */
static void
each_call(void **state)
{
	static const char *const why[] = { "open: Input/output error",
		"open: Input/output error", "memory: Input/output error",
		"read: Input/output error" };
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "login", "user:S3cret\n");
	struct secret_file file = SECRET_FILE;
	struct err err;
	unsigned at;

	(void)state;
	for (at = 1; nth_begin(at, EIO); at++) {
		int status;

		nth_arm();
		status = read_mode(path, 0600, &file, &err);
		nth_disarm();
		assert_int_equal(status, nth->name[0] == '\0' ? 0 : -1);
		if (status == 0)
			continue;
		assert_in_range(at, 1, 4);
		assert_string_equal(err.text, why[at - 1]);
		assert_int_equal(err.kind, ERR_LATER);
		assert_null(file.text);
	}
	assert_int_equal(at, 6);
	assert_string_equal(file.text, "user:S3cret\n");
	secret_file_drop(&file);
	scratch_free(dir);
}

/* A signal comes: nobody sees it. */
static void
each_interrupted(void **state)
{
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "login", "user:S3cret\n");
	unsigned again = 0;

	(void)state;
	for (unsigned at = 1; nth_begin(at, EINTR); at++) {
		struct secret_file file = SECRET_FILE;
		struct err err;
		int status;

		nth_arm();
		status = read_mode(path, 0600, &file, &err);
		nth_disarm();
		if (strcmp(nth->name, "mmap") == 0)
			continue;	/* which none can interrupt */
		again += nth->name[0] != '\0';
		assert_int_equal(status, 0);
		assert_string_equal(file.text, "user:S3cret\n");
		secret_file_drop(&file);
	}
	assert_int_equal(again, 3);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_keeps),
		cmocka_unit_test(what_a_buf_keeps),
		cmocka_unit_test(what_is_freed),
		cmocka_unit_test(what_it_refuses),
		cmocka_unit_test(what_is_no_text),
		cmocka_unit_test(what_shrinks),
		cmocka_unit_test(each_call),
		cmocka_unit_test(each_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
