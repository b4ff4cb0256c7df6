/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/state/state_private.h"

enum {
	PATIENCE_MS = 10000,
	APPLICATION = 0x54444352	/* "TDCR", as PRAGMA application_id */
};

static const char schema[] =
    "CREATE TABLE messages (id TEXT PRIMARY KEY, message_id TEXT NOT NULL, "
    "timestamp INTEGER NOT NULL, verdict INTEGER NOT NULL, "
    "word TEXT NOT NULL, retro INTEGER NOT NULL, "
    "withdrawn INTEGER NOT NULL, direction TEXT NOT NULL, "
    "sender TEXT NOT NULL, subject TEXT NOT NULL, client TEXT NOT NULL, "
    "mailboxes TEXT NOT NULL, seen INTEGER NOT NULL, "
    "changed INTEGER NOT NULL, planned INTEGER NOT NULL DEFAULT 0, "
    "reason TEXT NOT NULL DEFAULT '', asked INTEGER NOT NULL);"
    "CREATE INDEX messages_message_id ON messages (message_id);"
    "CREATE INDEX messages_planned ON messages (planned);"
    "CREATE TABLE actions (id INTEGER PRIMARY KEY, "
    "message TEXT NOT NULL REFERENCES messages (id), "
    "recipient TEXT NOT NULL COLLATE NOCASE, mid INTEGER NOT NULL, "
    "queue_ids TEXT NOT NULL, proof TEXT NOT NULL, "
    "accepted INTEGER NOT NULL, what INTEGER NOT NULL, "
    "batch INTEGER NOT NULL, step INTEGER NOT NULL, "
    "forwarded INTEGER NOT NULL, attempts INTEGER NOT NULL, "
    "due INTEGER NOT NULL, profile TEXT NOT NULL, reason TEXT NOT NULL, "
    "made INTEGER NOT NULL, changed INTEGER NOT NULL, "
    "UNIQUE (message, recipient));"
    "CREATE INDEX actions_due ON actions (due) WHERE due > 0;"
    "CREATE INDEX actions_mid ON actions (mid);"
    "CREATE INDEX actions_batch ON actions (batch);"
    "CREATE INDEX actions_made ON actions (made);"
    "CREATE TABLE events (id INTEGER PRIMARY KEY, action INTEGER NOT NULL, "
    "at INTEGER NOT NULL, step INTEGER NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX events_action ON events (action);"
    "CREATE TABLE pieces (id INTEGER PRIMARY KEY, action INTEGER NOT NULL "
    "REFERENCES actions (id), owner TEXT NOT NULL, profile TEXT NOT NULL, "
    "folder TEXT NOT NULL, key TEXT NOT NULL, handle TEXT NOT NULL, "
    "step INTEGER NOT NULL, moved INTEGER NOT NULL);"
    "CREATE INDEX pieces_action ON pieces (action);"
    "CREATE INDEX pieces_step ON pieces (step, moved);"
    "CREATE TABLE batches (id INTEGER PRIMARY KEY, "
    "name TEXT NOT NULL UNIQUE, by TEXT NOT NULL, source TEXT NOT NULL, "
    "what INTEGER NOT NULL, description TEXT NOT NULL, "
    "begun INTEGER NOT NULL);"
    "CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL);"
    "PRAGMA user_version = 1;"
    "PRAGMA application_id = 1413759826;";

/* What state_begun.c asks each second; any program may go without it. */
static const char counting[] = "CREATE INDEX IF NOT EXISTS events_due ON "
    "events (at) WHERE step = 3";

_Static_assert(APPLICATION == 1413759826, "as it stands in the schema");

/* make - the schema, in a database that is empty */
static int
make(struct state *state, struct err *err)
{
	int64_t tables;

	if (state_begin(state, err) == -1)
		return -1;
	if (state_number(state, err, &tables,
	    "SELECT count(*) FROM sqlite_schema", "") == -1)
		return state_end(state, -1, err);
	if (tables > 0)
		return state_end(state, err_set(err, ERR_NEVER,
		    "%s: a database of something else", state->path), err);
	return state_end(state, state_exec(state, schema, err), err);
}

/* check - is it ours, whole, and not from the future? */
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

/* identify - by what SQLite keeps in the file's head */
static int
identify(struct state *state, enum state_access access, struct err *err)
{
	int64_t version, application;

	if (state_number(state, err, &version, "PRAGMA user_version", "") ==
	    -1 || state_number(state, err, &application,
	    "PRAGMA application_id", "") == -1)
		return -1;
	if (version == 0 && application == 0)
		return access == STATE_WRITE ? make(state, err) :
		    err_set(err, ERR_NEVER, "%s: a database of something else",
		    state->path);
	if (application != APPLICATION)
		return err_set(err, ERR_NEVER,
		    "%s: a database of something else", state->path);
	return version <= STATE_VERSION ? 0 : err_set(err, ERR_NEVER,
	    "%s: of version %d, made by a newer program", state->path,
	    (int)version);
}

static int
prepare(struct state *state, enum state_access access, struct err *err)
{
	(void)sqlite3_busy_timeout(state->db, PATIENCE_MS);
	if (access == STATE_WRITE && state_exec(state,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON", err) == -1)
		return -1;
	if (identify(state, access, err) == -1)
		return -1;
	if (access == STATE_READ)
		return 0;
	return check(state, err) == -1 ? -1 : state_exec(state, counting, err);
}

/* make_file - readable for a group, and nobody else; SQLite gives what it has
 * beside it the same mode.  An error is its to report. */
static void
make_file(const char *path)
{
	own(fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, 0640);

	(void)fd;
}

/* state_open - for one thread */
int
state_open(const char *path, enum state_access access_, struct state **out,
    struct err *err)
{
	struct state *state;

	if (access_ == STATE_WRITE)
		make_file(path);
	if (access(path, R_OK) == -1)
		return err_sys(err, "%s", path);
	state = mem_new(sizeof(*state));
	state->path = mem_text(path);
	state->lock_fd = -1;
	if (sqlite3_open_v2(path, &state->db, (access_ == STATE_WRITE ?
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE :
	    SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOFOLLOW |
	    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		(void)state_failed(state, err);
		state_close(state);
		return -1;
	}
	if (prepare(state, access_, err) == -1) {
		state_close(state);
		return -1;
	}
	*out = state;
	return 0;
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
