/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scratch - a directory for one test, below the build directory
 *
 *	char *dir = scratch_new();		-- absolute
 *	char *path = scratch_file(dir, "tdc.cf", "user =\n");
 *	scratch_free(dir);			-- and all that is in it
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

static inline char *
scratch_new(void)
{
	const char *build = getenv("TDC_BUILD");
	char *here, *top, *dir;

	if (build == NULL)
		build = "build";
	mkdir(build, 0777);
	here = realpath(build, NULL);
	assert_non_null(here);
	top = mem_format("%s/unit.XXXXXX", here);
	dir = mkdtemp(top);
	assert_non_null(dir);
	free(here);
	return dir;
}

static inline int
scratch_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void
scratch_free(char *dir)
{
	assert_int_equal(nftw(dir, scratch_remove_one, 16,
	    FTW_DEPTH | FTW_PHYS), 0);
	free(dir);
}

/* scratch_file - write a file; returns its path, new */
static inline char *
scratch_file(const char *dir, const char *name, const char *text)
{
	char *path = mem_format("%s/%s", dir, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* scratch_read - a whole file; new */
static inline char *
scratch_read(const char *path)
{
	char *text = mem_new(1 << 21);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, (1 << 21) - 1, file)] = '\0';
	fclose(file);
	return text;
}

#endif
