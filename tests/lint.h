/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lint - what the analyzer cannot see, as it looks at one file at a time
 *
 * Included before every file but err.c by tests/lint.sh.  These functions
 * return -1, whatever happens; so "return err_set(...)" is a failure, and
 * outputs need not have been set.
 */
#ifndef TESTS_LINT_H
#define TESTS_LINT_H

#include "base/err.h"

#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_sys(...) (err_sys(__VA_ARGS__), -1)
#define err_wrap(...) (err_wrap(__VA_ARGS__), -1)

#endif
