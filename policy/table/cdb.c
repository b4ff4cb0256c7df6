/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CDB files as postmap(1) makes them.  No lock: postmap writes another file
 * and renames it, so what was opened is whole and stays as it is.
 */
#include <cdb.h>

#include "base/own.h"
#include "policy/table/source.h"

static int
damaged(const struct source *source, struct err *err)
{
	return err_set(err, ERR_NEVER, "%s: damaged", source->path);
}

/* give_all - from the first pair to the last */
static int
give_all(struct source *source, struct cdb *cdb, struct err *err)
{
	unsigned at;
	int got;

	cdb_seqinit(&at, cdb);
	while ((got = cdb_seqnext(&at, cdb)) > 0) {
		const char *key = cdb_getkey(cdb), *value = cdb_getdata(cdb);
		struct source_pair pair = { .key = key,
			.key_length = cdb_keylen(cdb), .value = value,
			.value_length = cdb_datalen(cdb) };

		if (key == NULL || value == NULL)
			return damaged(source, err);
		if (source->pair(source, &pair, err) == -1)
			return -1;
	}
	return got == 0 ? 0 : damaged(source, err);
}

/* cdb_read_all - all pairs of a CDB file */
int
cdb_read_all(struct source *source, struct err *err)
{
	own(fd) int fd = -1;
	struct cdb cdb;
	size_t size;
	int result;

	if (source_open(source, &fd, &size, err) == -1 ||
	    source_locked(source, fd, &size, err) == -1)
		return -1;
	if (size < 2048 || cdb_init(&cdb, fd) != 0)
		return err_set(err, ERR_NEVER,
		    "open database %s: not a CDB file", source->path);
	result = give_all(source, &cdb, err);
	cdb_free(&cdb);
	return result;
}
