/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_disk - what is said of file systems that no test can mount, or fill
 *
 * WRAP: statfs statvfs
 */
#include <linux/magic.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "base/parts.h"
#include "control/doctor/doctor.h"
#include "tests/unit/scratch.h"

enum { M = 1 << 20 };

static long magic;			/* of every file system */
static struct statvfs space;		/* of every file system */

int __wrap_statfs(const char *, struct statfs *);
int
__wrap_statfs(const char *path, struct statfs *out)
{
	(void)path;
	*out = (struct statfs){ .f_type = (typeof(out->f_type))magic };
	return 0;
}

int __wrap_statvfs(const char *, struct statvfs *);
int
__wrap_statvfs(const char *path, struct statvfs *out)
{
	(void)path;
	*out = space;
	return 0;
}

/* look - with a spool, and a limit of Postfix (0: none); what was said */
static void
look(const char *parameters, int64_t limit, struct findings *out)
{
	char *dir = scratch_new();
	own(str) char *text = mem_format("spool_directory = %s\n"
	    "history_database = %s/db\nuser =\n%s", dir, dir, parameters);
	const struct postfix postfix = { .known = true,
		.message_size_limit = limit };
	struct conf conf = { .private = NULL };
	struct err err;

	assert_int_equal(conf_parse("tdc.cf", text, &conf, &err), 0);
	doctor_spool(&conf, &postfix, out);
	if (WITH_HISTORY)
		doctor_history(&conf, out);
	conf_drop(&conf);
	scratch_free(dir);
}

static void
reset(void)
{
	magic = EXT4_SUPER_MAGIC;
	space = (struct statvfs){ .f_frsize = M, .f_bavail = 100000,
		.f_files = 10, .f_favail = 10 };
}

/* says - is that among what was said?  finding_stop() says that no copies come */
static void
says(const struct findings *findings, const char *text, bool no_copies)
{
	if (findings->said.len == 0 || strstr(findings->said.data, text) == NULL)
		fail_msg("no '%s' in '%s'", text, findings->said.len > 0 ?
		    findings->said.data : "");
	assert_int_equal(findings->no_copies, no_copies);
}

static void
kinds(void **state)
{
	static const struct { long magic; const char *spool, *history; } rows[] = {
		{ NFS_SUPER_MAGIC, "(nfs) is on another host: each copy waits",
		    "(nfs) is on another host, where SQLite cannot" },
		{ FUSE_SUPER_MAGIC, "(fuse) is a program's", NULL },
		{ TMPFS_MAGIC, "(tmpfs)", "(tmpfs)" },
		{ OVERLAYFS_SUPER_MAGIC, "may be that of a container", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(findings) struct findings findings = FINDINGS;

		reset();
		magic = rows[i].magic;
		look("", 0, &findings);
		says(&findings, rows[i].spool, false);
		if (WITH_HISTORY && rows[i].history != NULL)
			says(&findings, rows[i].history, false);
	}
}

static void
good(void **state)
{
	own(findings) struct findings findings = FINDINGS;

	(void)state;
	reset();
	look("", 10 * M, &findings);
	assert_int_equal(findings.warnings, 0);
	/* a file system that does not count its inodes */
	space.f_files = space.f_favail = 0;
	look("", 0, &findings);
	assert_int_equal(findings.warnings, 0);
}

static void
full(void **state)
{
	own(findings) struct findings none = FINDINGS, little = FINDINGS,
		inodes = FINDINGS, read_only = FINDINGS;

	(void)state;
	reset();
	space.f_bavail = 50;
	look("min_free_space = 100M\n", 0, &none);
	says(&none, "50M are free, and min_free_space is 100M", true);
	if (WITH_HISTORY)	/* not less than nothing */
		says(&none, "where 0M are free above min_free_space", true);
	reset();
	space.f_favail = 0;
	look("", 0, &inodes);
	says(&inodes, "has no inode free", true);
	reset();
	space.f_flag = ST_RDONLY;
	look("", 0, &read_only);
	says(&read_only, "is read-only", true);
	/* the smaller of both limits is that of a copy */
	reset();
	space.f_bavail = 150;
	look("min_free_space = 100M\nmax_message_size = 40M\n", 60 * M, &little);
	assert_null(strstr(little.said.len > 0 ? little.said.data : "",
	    "the largest message"));
	look("min_free_space = 100M\nmax_message_size = 80M\n", 60 * M, &little);
	says(&little, "the largest message has that Postfix accepts (60M)", false);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(good),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
