/* SPDX-License-Identifier: BSD-2-Clause */
/* state_v1 - the tables of a database of version 1, as its program made them */
#ifndef TESTS_STATE_V1_H
#define TESTS_STATE_V1_H

static const char state_v1[] =
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

#endif
