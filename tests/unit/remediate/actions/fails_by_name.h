/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fails_by_name - the n-th call of one function fails, as by a database that is busy
 *
 *	fail_at("state_step", 2);
 *	turn();
 *	failed_once();
 *
 *	WRAP: log_write profiles_chain history_count maps_find owners_find piece_find
 *	WRAP: state_messages state_note state_noted state_piece_step state_pieces
 *	WRAP: state_step state_undo todo_find
 */
#ifndef TESTS_FAILS_BY_NAME_H
#define TESTS_FAILS_BY_NAME_H

#include "tests/unit/remediate/remediate_rig.h"

#include "history/find.h"
#include "remediate/owner/owners.h"
#include "tests/unit/remediate/told.h"

static const char *fails = "";
static unsigned fails_in;		/* so many calls more; 0: it has */
static enum err_kind fails_as;

static inline void
fail_at(const char *name, unsigned n)
{
	fails = name;
	fails_in = n;
	fails_as = ERR_LATER;
	memset(told, 0, sizeof(told));
}

/* failed_once - the call was made */
static inline void
failed_once(void)
{
	assert_int_equal(fails_in, 0);
	fails = "";
}

static inline bool
fails_now(const char *name, struct err *err)
{
	if (strcmp(name, fails) != 0 || fails_in == 0 || --fails_in > 0)
		return false;
	(void)err_set(err, fails_as, "%s fails", name);
	return true;
}

#define FAILS(name, parameters, arguments)			\
int	__real_##name parameters;				\
int	__wrap_##name parameters;				\
int								\
__wrap_##name parameters					\
{								\
	return fails_now(#name, err) ? -1 : __real_##name arguments; \
}

FAILS(history_count, (const char *path, int64_t since, int64_t until,
    uint64_t *out, struct err *err), (path, since, until, out, err))
FAILS(maps_find, (const struct maps *maps, const char *key, struct buf *out,
    struct err *err), (maps, key, out, err))
FAILS(owners_find, (const struct owners_tables *tables, const char *address,
    struct owners *out, struct err *err), (tables, address, out, err))
FAILS(piece_find, (struct state *state, const struct state_piece_query *query,
    struct piece_list *out, struct err *err), (state, query, out, err))
FAILS(state_messages, (struct state *state,
    const struct state_message_query *query, state_message_each *each,
    void *arg, struct err *err), (state, query, each, arg, err))
FAILS(state_note, (struct state *state, const char *name, const char *text,
    struct err *err), (state, name, text, err))
FAILS(state_noted, (struct state *state, const char *name, char **out,
    struct err *err), (state, name, out, err))
FAILS(state_piece_step, (struct state *state, int64_t piece,
    enum state_piece_step step, const char *handle, struct err *err),
    (state, piece, step, handle, err))
FAILS(state_pieces, (struct state *state,
    const struct state_piece_query *query, state_piece_each *each, void *arg,
    struct err *err), (state, query, each, arg, err))
FAILS(state_step, (struct state *state, const struct state_event *event,
    struct err *err), (state, event, err))
FAILS(state_undo, (struct state *state, int64_t action, const char *reason,
    struct err *err), (state, action, reason, err))
FAILS(todo_find, (struct state *state, const struct state_query *query,
    struct todo_list *out, struct err *err), (state, query, out, err))

static inline int
set_up(void **state)
{
	fail_at("", 0);
	return rig_up(state);
}

static const struct mail plain = { .queue_id = "4Q1" };

/* there_is - a message for bob, and its verdict */
static inline void
there_is(void)
{
	const struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	plan_see(&rem, &message);
}

/* later - turns in which nothing fails */
static inline void
later(void)
{
	for (int i = 0; i < 4; i++) {
		rig_now += 20 * MINUTE;
		turn();
	}
}

static inline bool
is_away(void)
{
	return !is_there("bob@corp.example/INBOX/1") &&
	    files("store/.quarantine", "") == 1;
}

#endif
