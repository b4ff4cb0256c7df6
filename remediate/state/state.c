/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/at_rest.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/regular.h"
#include "remediate/state/state_private.h"

enum { PATIENCE_MS = 10000 };

/* check - is it whole? */
static int
check(struct state *state, struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err,
	    "PRAGMA quick_check(1)", "");
	int code, result;

	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	result = code != SQLITE_ROW ? state_failed(state, err) :
	    strcmp(state_text(statement, 0), "ok") == 0 ? 0 :
	    err_set(err, ERR_NEVER, "%s: damaged: %.200s", state->path,
	    state_text(statement, 0));
	sqlite3_finalize(statement);
	return result;
}

/* prepare - nothing is changed in a file before it is known to be ours and whole */
static int
prepare(struct state *state, enum state_access access, struct err *err)
{
	int64_t version;

	(void)sqlite3_busy_timeout(state->db, PATIENCE_MS);
	if (state_identify(state, access, &version, err) == -1)
		return -1;
	if (access == STATE_READ)
		return 0;
	if (version > 0 && check(state, err) == -1)
		return -1;
	/* the first takes effect in a file that is made now */
	if (state_exec(state, "PRAGMA auto_vacuum = INCREMENTAL;"
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON", err) == -1 ||
	    state_upgrade(state, err) == -1)
		return -1;
	state_shrinkable(state);
	return 0;
}

/* try - open it by that name; the first question tells whether it can be used */
static int
try(struct state *state, const char *name, enum state_access access, int flags,
    struct err *err)
{
	if (sqlite3_open_v2(name, &state->db, flags | SQLITE_OPEN_NOFOLLOW |
	    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return state_failed(state, err);
	return prepare(state, access, err);
}

/* try_to_read - also as a user who may not write beside it */
static int
try_to_read(struct state *state, struct err *err)
{
	own(str) char *uri = NULL;
	struct err ignored;

	if (try(state, state->path, STATE_READ, SQLITE_OPEN_READWRITE,
	    err) == 0)
		return 0;
	if ((uri = at_rest_uri(state->path)) == NULL)
		return -1;
	sqlite3_close(state->db);
	return try(state, uri, STATE_READ, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_URI, &ignored);
}

/* state_open - for one thread */
int
state_open(const char *path, enum state_access access_, struct state **out,
    struct err *err)
{
	struct state *state;
	int result;

	if (access_ == STATE_WRITE)
		regular_make(path);
	if (regular_readable(path, err) == -1)
		return err_wrap(err, "%s", path);
	state = mem_new(sizeof(*state));
	state->path = mem_text(path);
	state->lock_fd = -1;
	result = access_ == STATE_READ ? try_to_read(state, err) : try(state,
	    path, STATE_WRITE, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
	if (result == -1)
		state_close(state);
	else
		*out = state;
	return result;
}

/* state_close - NULL */
struct state *
state_close(struct state *state)
{
	if (state == NULL)
		return NULL;
	if (state->lock_fd != -1)
		(void)close(state->lock_fd);
	sqlite3_close(state->db);
	free(state->path);
	free(state);
	return NULL;
}
