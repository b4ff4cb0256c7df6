/* SPDX-License-Identifier: BSD-2-Clause */
/* Time as the database has seen it pass, and what is forgotten after enough of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/own.h"
#include "remediate/state/state_private.h"

/* read_clock - what was counted, and up to when; false in *out_known: nothing yet */
static int
read_clock(struct state *state, bool *out_known, int64_t *out_lived,
    int64_t *out_at, struct err *err)
{
	own(str) char *text = NULL;
	uint64_t lived = 0, at = 0;
	size_t n;

	if (state_noted(state, STATE_NOTE_CLOCK, &text, err) == -1)
		return -1;
	n = strcspn(text, " ");
	*out_known = text[n] == ' ' &&
	    digits_parse(text, n, INT64_MAX, &lived) &&
	    digits_parse(text + n + 1, strlen(text + n + 1), INT64_MAX, &at);
	*out_lived = *out_known ? (int64_t)lived : 0;
	*out_at = (int64_t)at;
	return 0;
}

/* count - as much of the span up to now as counts; one that goes back is none */
static int
count(struct state *state, int64_t now, int64_t most, int64_t *out_lived,
    int64_t *out_lost, struct err *err)
{
	int64_t lived, at, span;
	bool known;

	if (read_clock(state, &known, &lived, &at, err) == -1)
		return -1;
	span = known && now > at ? now - at : 0;
	*out_lost = span > most ? span - most : 0;
	*out_lived = lived + span - *out_lost;
	return 0;
}

/* state_lived - how much time was seen to pass */
int
state_lived(struct state *state, int64_t now, int64_t most, int64_t *out,
    struct err *err)
{
	int64_t lost;

	return count(state, now, most, out, &lost, err);
}

/* state_tick - and begin the next span */
int
state_tick(struct state *state, int64_t now, int64_t most, int64_t *out,
    int64_t *out_lost, struct err *err)
{
	char text[48];

	if (count(state, now, most, out, out_lost, err) == -1)
		return -1;
	(void)snprintf(text, sizeof(text), "%" PRId64 " %" PRId64, *out, now);
	return state_note(state, STATE_NOTE_CLOCK, text, err);
}

/* ---- forgetting ---- */

/* The messages to be forgotten.  What the statements below delete leaves them the
 * same: nothing here looks at events, and pieces and actions go with theirs. */
#define OLD "SELECT id FROM messages m WHERE lived <= ?1 AND " \
	"timestamp <= ?2 AND planned = 1 AND NOT EXISTS (SELECT 1 FROM " \
	"actions a WHERE a.message = m.id AND (a.due > 0 OR a.undoing <> '' " \
	"OR EXISTS (SELECT 1 FROM pieces p WHERE p.action = a.id AND p.step " \
	"IN (0, 1, 5, 6)))) ORDER BY lived, id LIMIT ?3"
#define OF_OLD "WHERE action IN (SELECT a.id FROM actions a WHERE a.message " \
	"IN (" OLD "))"

_Static_assert(PIECE_INTENDED == 0 && PIECE_MOVED == 1 &&
    PIECE_RETURNING == 5 && PIECE_RETURNED == 6, "as they stand above");

static int
forget(struct state *state, const struct state_age *age, unsigned *out,
    struct err *err)
{
	static const char *const statements[] = {
		/* the newest stays, so that no number comes again */
		"DELETE FROM events " OF_OLD " AND id < (SELECT max(id) FROM "
		    "events)",
		"DELETE FROM pieces " OF_OLD,
		"DELETE FROM actions WHERE message IN (" OLD ")",
		"DELETE FROM messages WHERE id IN (" OLD ")",
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (state_run(state, err, statements[i], "iii", age->lived,
		    age->timestamp, (int64_t)age->most) == -1)
			return -1;
	*out = (unsigned)sqlite3_changes(state->db);
	return state_run(state, err, "DELETE FROM batches WHERE begun <= ? "
	    "AND NOT EXISTS (SELECT 1 FROM actions a WHERE a.batch = "
	    "batches.id)", "i", age->timestamp);
}

/* state_forget - and give back the room */
int
state_forget(struct state *state, const struct state_age *age, unsigned *out,
    struct err *err)
{
	if (state_begin(state, err) == -1)
		return -1;
	if (state_end(state, forget(state, age, out, err), err) == -1)
		return -1;
	return *out == 0 ? 0 : state_exec(state,
	    "PRAGMA incremental_vacuum(1000)", err);
}
