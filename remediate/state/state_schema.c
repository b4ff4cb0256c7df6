/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of the state, and how those of earlier versions become these. */
#include <stdio.h>

#include "remediate/state/state_private.h"

#define APPLICATION 0x54444352	/* "TDCR", as PRAGMA application_id */

/* What makes each version of the one before; that of version 1 of nothing.  What
 * stands here once, stays: there are databases that it has made. */
static const char *const versions[] = {
    /* 1 */
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
    "CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL);",
    /* 2 - what the service did itself; searches for what is not there yet; an undo
     * under way; time that was seen to pass (state_lived()) */
    "ALTER TABLE messages ADD COLUMN action TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE messages ADD COLUMN lived INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE actions ADD COLUMN searches INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE actions ADD COLUMN undoing TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE pieces ADD COLUMN lived INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE pieces ADD COLUMN due INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE pieces ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX messages_lived ON messages (lived);"
    "CREATE INDEX actions_step ON actions (step);"
    "CREATE INDEX events_due ON events (at) WHERE step = 3;"
    "CREATE INDEX actions_undoing ON actions (id) WHERE undoing <> '';"
    "DROP INDEX pieces_step;"
    "CREATE INDEX pieces_due ON pieces (step, due);",
};
enum { NEWEST = sizeof(versions) / sizeof(*versions) };

static int
read_version(struct state *state, int64_t *out, struct err *err)
{
	return state_number(state, err, out, "PRAGMA user_version", "");
}

/* something_else - -1 */
static int
something_else(const struct state *state, struct err *err)
{
	return err_set(err, ERR_NEVER, "%s: a database of something else",
	    state->path);
}

/* state_identify - by what SQLite keeps in the file's head */
int
state_identify(struct state *state, enum state_access access,
    int64_t *out_version, struct err *err)
{
	int64_t version, application, tables;

	if (read_version(state, &version, err) == -1 ||
	    state_number(state, err, &application, "PRAGMA application_id",
	    "") == -1 || state_number(state, err, &tables,
	    "SELECT count(*) FROM sqlite_schema", "") == -1)
		return -1;
	if (version == 0 && application == 0 && tables == 0 &&
	    access == STATE_WRITE) {
		*out_version = 0;
		return 0;
	}
	if (application != APPLICATION || version < 1)
		return something_else(state, err);
	if (version > NEWEST)
		return err_set(err, ERR_NEVER, "%s: of version %d, made by a "
		    "newer program", state->path, (int)version);
	if (version < NEWEST && access == STATE_READ)
		return err_set(err, ERR_LATER, "%s: of version %d, which "
		    "tdc-remediator makes %d at its next start", state->path,
		    (int)version, NEWEST);
	*out_version = version;
	return 0;
}

/* upgrade_one - the next version */
static int
upgrade_one(struct state *state, int64_t version, struct err *err)
{
	char mark[96];

	(void)snprintf(mark, sizeof(mark), "PRAGMA user_version = %d;"
	    "PRAGMA application_id = %d", (int)version + 1, APPLICATION);
	return state_exec(state, versions[version], err) == -1 ? -1 :
	    state_exec(state, mark, err);
}

/* state_upgrade - all of it or nothing; another process may have been faster */
int
state_upgrade(struct state *state, struct err *err)
{
	int64_t version;
	int result;

	if (state_begin(state, err) == -1)
		return -1;
	result = read_version(state, &version, err);
	for (; result == 0 && version < NEWEST; version++)
		result = upgrade_one(state, version, err);
	return state_end(state, result, err);
}

/* state_shrinkable - a file of version 1 is written anew for that, once; where
 * there is no room for it, it is tried again at the next start */
void
state_shrinkable(struct state *state)
{
	enum { INCREMENTAL = 2 };
	struct err err;
	int64_t how;

	if (state_number(state, &err, &how, "PRAGMA auto_vacuum", "") == 0 &&
	    how != INCREMENTAL)
		(void)state_exec(state, "VACUUM", &err);
}
