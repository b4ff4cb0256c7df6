/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * at_rest - a database of SQLite that nobody writes, for who may only read it
 *
 *	own(str) char *uri = at_rest_uri(path);
 *
 *	if (uri != NULL)
 *		... open it by this name, with SQLITE_OPEN_URI ...
 *
 * Whoever reads a database in WAL mode shares memory with its writer, in a file
 * beside it (-shm), which who may not write there cannot make.  Without a writer
 * there is no log of changes (-wal), and the database is all there is.
 */
#ifndef BASE_AT_REST_H
#define BASE_AT_REST_H

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"

/* at_rest_uri - by which SQLite reads it as it is; new.  NULL: somebody writes
 * it, or did so and was killed.  In a URI some characters have a meaning. */
static inline char *
at_rest_uri(const char *path)
{
	own(str) char *log = mem_format("%s-wal", path);
	own(buf) struct buf uri = BUF;

	if (access(log, F_OK) == 0 || errno != ENOENT)
		return NULL;
	buf_text(&uri, "file:");
	for (; *path != '\0'; path++)
		if (strchr("%?#", *path) != NULL)
			buf_format(&uri, "%%%02x", (unsigned char)*path);
		else
			buf_byte(&uri, *path);
	buf_text(&uri, "?immutable=1");
	return buf_give(&uri);
}

#endif
