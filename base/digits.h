/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digits - numbers as text, and text as numbers
 *
 *	char name[17];
 *
 *	*digits_hex(name, mid, 16) = '\0';	-- "00000000000000ab"
 *	if (!digits_parse("25", 2, 65535, &port))
 *		...
 *
 * The functions that write are for what is done for every copy: printf takes
 * a thousand instructions to begin with.  They write no NUL and return where
 * the next character goes.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGITS_MAX 20			/* of a decimal */

char	*digits_decimal(char *to, uint64_t);	/* without leading zeros */
char	*digits_hex(char *to, uint64_t, size_t width);	/* its low digits */

/* digits_parse - are these n bytes a decimal number, all of them, and no
 * larger than most?  No sign, no blanks; leading zeros are allowed.  *out is
 * written only then. */
bool	 digits_parse(const char *, size_t n, uint64_t most, uint64_t *out);

#endif
