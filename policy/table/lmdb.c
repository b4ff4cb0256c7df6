/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LMDB files as postmap(1) makes them: one file, without LMDB's own locks but
 * under the fcntl(2) lock of Postfix, held as long as pages of the file are in
 * use.  It is an open file description lock: a process lock would go when any
 * descriptor of the file is closed, also by LMDB itself.
 */
#include <fcntl.h>
#include <lmdb.h>
#include <string.h>

#include "base/again.h"
#include "base/own.h"
#include "policy/table/source.h"

static int
lmdb_err(struct err *err, const char *path, int error)
{
	if (error == ENOMEM)
		return err_set(err, ERR_NEVER, "%s: damaged (it wants more "
		    "memory than its size tells)", path);
	return err_set(err, error > 0 ? ERR_LATER : ERR_NEVER,
	    "open database %s: %s", path, mdb_strerror(error));
}

/* lock - wait until postmap has finished, unless we must not wait */
static int
lock(struct source *source, int fd, struct err *err)
{
	struct flock all = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int how = source->at_once ? F_OFD_SETLK : F_OFD_SETLKW;

	if (AGAIN(fcntl(fd, how, &all)) == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return source_is_held(source, err);
	return err_sys(err, "lock %s", source->path);
}

/* give_all - from the first pair to the last; more bytes than the file has
 * mean a loop in it */
static int
give_all(struct source *source, MDB_cursor *cursor, size_t left,
    struct err *err)
{
	MDB_val key, value;
	int error;

	while ((error = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
		struct source_pair pair = { .key = key.mv_data,
			.key_length = key.mv_size, .value = value.mv_data,
			.value_length = value.mv_size };

		if (pair.key_length > left ||
		    pair.value_length > left - pair.key_length ||
		    left - pair.key_length - pair.value_length < 2)
			return err_set(err, ERR_NEVER, "%s: damaged (more data "
			    "than the file holds)", source->path);
		left -= pair.key_length + pair.value_length + 2;
		if (source->pair(source, &pair, err) == -1)
			return -1;
	}
	return error == MDB_NOTFOUND ? 0 :
	    lmdb_err(err, source->path, error);
}

/* check_size - access to pages beyond the end of the file would crash */
static int
check_size(const char *path, MDB_env *env, size_t size, struct err *err)
{
	MDB_envinfo info;
	MDB_stat status;

	if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &status) != 0 ||
	    info.me_last_pgno >= size / status.ms_psize)
		return err_set(err, ERR_NEVER, "%s: damaged (cut off)", path);
	return 0;
}

/* read_env - one reading transaction over the whole table */
static int
read_env(struct source *source, MDB_env *env, size_t size, struct err *err)
{
	MDB_txn *txn = NULL;
	MDB_cursor *cursor;
	MDB_dbi dbi;
	int error, result;

	/* not by what the file says, which may be more than there is room for */
	(void)mdb_env_set_mapsize(env, size);
	error = mdb_env_open(env, source->path,
	    MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK, 0);
	if (error == 0)
		error = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
	if (error != 0)
		return lmdb_err(err, source->path, error);
	if (check_size(source->path, env, size, err) == -1) {
		mdb_txn_abort(txn);
		return -1;
	}
	error = mdb_dbi_open(txn, NULL, 0, &dbi);
	if (error == 0)
		error = mdb_cursor_open(txn, dbi, &cursor);
	if (error == 0) {
		result = give_all(source, cursor, size, err);
		mdb_cursor_close(cursor);
	} else {
		result = lmdb_err(err, source->path, error);
	}
	mdb_txn_abort(txn);
	return result;
}

/* lmdb_read - all pairs of an LMDB file */
int
lmdb_read(struct source *source, struct err *err)
{
	own(fd) int fd = -1;
	MDB_env *env;
	size_t size;
	int error, result;

	if (source_open(source, &fd, &size, err) == -1 ||
	    lock(source, fd, err) == -1 ||
	    source_locked(source, fd, &size, err) == -1)
		return -1;
	error = mdb_env_create(&env);
	if (error != 0)		/* which has not looked at the file */
		return err_set(err, ERR_LATER, "open database %s: %s",
		    source->path, mdb_strerror(error));
	result = read_env(source, env, size, err);
	mdb_env_close(env);
	return result;
}
