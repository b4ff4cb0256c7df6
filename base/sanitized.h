/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sanitized - is this built with AddressSanitizer, or its like?
 *
 *	if (SANITIZED)
 *		return;
 *
 * LeakSanitizer traces, and all of them want memory as they like it: there is no
 * sandbox then, and tests of memory and of time have nothing to measure.
 */
#ifndef BASE_SANITIZED_H
#define BASE_SANITIZED_H

#include <stdbool.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

#endif
