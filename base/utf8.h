/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8 - where the characters of a text end (RFC 3629)
 *
 * Pure.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* utf8_length - bytes of the character that begins here, at most n; 0: none
 * does (a stray byte, an over-long form, a surrogate, beyond U+10FFFF). */
size_t	utf8_length(const char *, size_t n);

/* utf8_is - nothing but characters */
bool	utf8_is(const char *, size_t);

/* utf8_is_ascii - nothing but bytes below 128 */
bool	utf8_is_ascii(const char *, size_t);

#endif
