/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * content - a message's content as it comes, by DATA or by BDAT, and its end
 *
 * Content that does not fit what was declared of it is taken all the same, and
 * counts as a violation.
 */
#ifndef TESTS_INTAKE_CONTENT_H
#define TESTS_INTAKE_CONTENT_H

#include "tests/intake/answer.h"

enum outcome content_data(struct session *, char *args);
enum outcome content_bdat(struct session *, char *args);

#endif
