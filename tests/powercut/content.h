/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * content - messages that can be known again: those of tests/tools/send
 *
 * The number is in the Subject; the body is lines of the same text, up to a
 * size.
 */
#ifndef TESTS_POWERCUT_CONTENT_H
#define TESTS_POWERCUT_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* content_add - one message; the length of its header. */
size_t	content_add(struct buf *, uint64_t number, size_t size);

/* content_number - by its header; false: it has none. */
bool	content_number(const char *header, size_t n, uint64_t *out);

/* content_whole - is that the body, and all of it? */
bool	content_whole(const char *body, size_t n, size_t size);

#endif
