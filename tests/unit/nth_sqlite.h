/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nth_sqlite - whatever SQLite is asked fails once, as in nth_call.h, by codes of
 * SQLite
 *
 *	WRAP: sqlite3_errcode sqlite3_errmsg sqlite3_exec sqlite3_open_v2
 *	WRAP: sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 *
 * What fails has done nothing, and the database says why until it is asked again.
 * A ROLLBACK never fails: SQLite has undone by itself then.  Nothing is synced:
 * there are thousands of transactions, and nobody cuts the power.
 */
#ifndef TESTS_NTH_SQLITE_H
#define TESTS_NTH_SQLITE_H

#include <sqlite3.h>

#include "tests/unit/nth_call.h"

static bool nth_sqlite_failed;

static inline bool
nth_sqlite(const char *name)
{
	nth_sqlite_failed = nth_now(name);
	return nth_sqlite_failed;
}

int	__real_sqlite3_errcode(sqlite3 *);
int	__wrap_sqlite3_errcode(sqlite3 *);
int
__wrap_sqlite3_errcode(sqlite3 *db)
{
	return nth_sqlite_failed ? nth->error : __real_sqlite3_errcode(db);
}

const char *__real_sqlite3_errmsg(sqlite3 *);
const char *__wrap_sqlite3_errmsg(sqlite3 *);
const char *
__wrap_sqlite3_errmsg(sqlite3 *db)
{
	return nth_sqlite_failed ? sqlite3_errstr(nth->error) :
	    __real_sqlite3_errmsg(db);
}

int	__real_sqlite3_exec(sqlite3 *, const char *,
	    int (*)(void *, int, char **, char **), void *, char **);
int	__wrap_sqlite3_exec(sqlite3 *, const char *,
	    int (*)(void *, int, char **, char **), void *, char **);
int
__wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*each)(void *, int, char **, char **), void *arg, char **why)
{
	int code;

	if (strcmp(sql, "ROLLBACK") != 0 && nth_sqlite("sqlite3_exec"))
		return nth->error;
	code = __real_sqlite3_exec(db, sql, each, arg, why);
	if (strstr(sql, "synchronous") != NULL)
		(void)__real_sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL,
		    NULL, NULL);
	return code;
}

int	__real_sqlite3_open_v2(const char *, sqlite3 **, int, const char *);
int	__wrap_sqlite3_open_v2(const char *, sqlite3 **, int, const char *);
int
__wrap_sqlite3_open_v2(const char *path, sqlite3 **out, int flags,
    const char *vfs)
{
	if (!nth_sqlite("sqlite3_open_v2"))
		return __real_sqlite3_open_v2(path, out, flags, vfs);
	*out = NULL;		/* as without memory */
	return SQLITE_NOMEM;
}

int	__real_sqlite3_prepare_v2(sqlite3 *, const char *, int,
	    sqlite3_stmt **, const char **);
int	__wrap_sqlite3_prepare_v2(sqlite3 *, const char *, int,
	    sqlite3_stmt **, const char **);
int
__wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int n,
    sqlite3_stmt **out, const char **rest)
{
	if (!nth_sqlite("sqlite3_prepare_v2"))
		return __real_sqlite3_prepare_v2(db, sql, n, out, rest);
	*out = NULL;
	return nth->error;
}

int	__real_sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned,
	    sqlite3_stmt **, const char **);
int	__wrap_sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned,
	    sqlite3_stmt **, const char **);
int
__wrap_sqlite3_prepare_v3(sqlite3 *db, const char *sql, int n, unsigned flags,
    sqlite3_stmt **out, const char **rest)
{
	if (!nth_sqlite("sqlite3_prepare_v3"))
		return __real_sqlite3_prepare_v3(db, sql, n, flags, out, rest);
	*out = NULL;
	return nth->error;
}

int	__real_sqlite3_step(sqlite3_stmt *);
int	__wrap_sqlite3_step(sqlite3_stmt *);
int
__wrap_sqlite3_step(sqlite3_stmt *statement)
{
	return nth_sqlite("sqlite3_step") ? nth->error :
	    __real_sqlite3_step(statement);
}

#endif
