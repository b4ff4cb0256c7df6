/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_lines - a file in the form of Postfix's main.cf
 *
 *	unsigned number = 1, first;
 *	struct buf line = BUF;
 *
 *	while (conf_logical_line(&text, &number, &line, &first))
 *		... line.data begins on line first ...
 *
 * postconf(5), "DESCRIPTION": a line that begins with white space continues the
 * one before; empty lines and lines whose first non-white character is '#' are
 * passed over, also between a line and its continuation.
 */
#ifndef BASE_CONF_LINES_H
#define BASE_CONF_LINES_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* conf_read_file - 0, or -1: it cannot be read, is no regular file, no text, or
 * too large. */
int	conf_read_file(const char *path, struct buf *out, struct err *);

/* conf_logical_line - the next one in place of what out holds; *text and *line,
 * its number, go on behind it.  false: there is no more. */
bool	conf_logical_line(const char **text, unsigned *line, struct buf *out,
	    unsigned *out_line);

#endif
