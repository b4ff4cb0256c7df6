/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blank - white space, as isspace(3) knows it in the C locale
 *
 *	why += strspn(why, BLANKS);
 */
#ifndef BASE_BLANK_H
#define BASE_BLANK_H

#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n\v\f"

static inline bool
is_blank(char c)
{
	return c != '\0' && strchr(BLANKS, c) != NULL;
}

#endif
