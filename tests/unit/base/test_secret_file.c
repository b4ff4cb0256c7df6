/* SPDX-License-Identifier: BSD-2-Clause */
/* secret_file: what it takes, and where it keeps it */
#include "base/secret_file.h"

#include <string.h>

#include "tests/unit/scratch.h"

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
	secret_file_drop(&file);
	assert_null(file.text);
	free(path);
	scratch_free(dir);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_keeps),
		cmocka_unit_test(what_it_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
