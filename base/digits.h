/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digits - numbers as text, for what is done for every copy
 *
 *	char name[17];
 *
 *	*digits_hex(name, mid, 16) = '\0';	-- "00000000000000ab"
 *
 * printf takes a thousand instructions to begin with.  Both functions write
 * no NUL and return where the next character goes.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#define DIGITS_MAX 20			/* of a decimal */

char	*digits_decimal(char *to, uint64_t);	/* without leading zeros */
char	*digits_hex(char *to, uint64_t, size_t width);	/* its low digits */

#endif
