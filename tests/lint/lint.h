/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lint - what the analyzer cannot see, as it looks at one file at a time
 *
 * lint.sh has it included before every file but err.c and mem.c.  The first
 * three return -1, whatever happens; so "return err_set(...)" is a failure,
 * and outputs need not have been set.  What comes from mem_new() is there, and
 * all zero.
 */
#ifndef TESTS_LINT_H
#define TESTS_LINT_H

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"

static inline void *
lint_new(size_t size)
{
	void *new = calloc(1, size);

	if (new == NULL)
		abort();
	return new;
}

#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_sys(...) (err_sys(__VA_ARGS__), -1)
#define err_wrap(...) (err_wrap(__VA_ARGS__), -1)
#define mem_new(size) lint_new(size)

#endif
