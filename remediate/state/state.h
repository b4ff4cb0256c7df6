/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state - what was seen, decided and done, so that nothing is done twice
 *
 *	struct state *state;
 *	enum state_news news;
 *	const struct state_event event = { .action = 4711, .at = now,
 *	    .step = STATE_QUARANTINED, .text = "" };
 *
 *	state_open(path, STATE_WRITE, &state, &err);
 *	state_see(state, &message, now, &news, &err);
 *	...
 *	state_step(state, &event, &err);
 *			-- durable, and only then the next step
 *	state = state_close(state);
 *
 * One row for each message that the API named, one action for each (message,
 * recipient), one piece for each message that was moved out of a mailbox,
 * batches (one poll with something to do, or one command of a person), and
 * notes (budget, pause, windows).  What happened to an action is also kept as
 * it came, one row a step.  SQLite; every function has made durable what it
 * changed before it returns 0, so a crash repeats at most one step.
 *
 * The file is the proof of what was done, and all that undoing has: one that is
 * damaged, of something else or of a newer program is refused (ERR_NEVER), and
 * never replaced.  ERR_LATER: it is locked, or the disk is full.  One thread at
 * a time; other processes may read meanwhile, and take turns to act
 * (state_lock.h).
 */
#ifndef REMEDIATE_STATE_H
#define REMEDIATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "remediate/api/api.h"

struct state;

/* state_open - STATE_WRITE: made when it is not there (mode 0640).  STATE_READ:
 * for who only asks, and may not even write beside it; a file that is not there is
 * ERR_LATER with sys ENOENT.  What this user may not do has sys EACCES. */
enum state_access { STATE_READ, STATE_WRITE };
int	 state_open(const char *path, enum state_access, struct state **out,
	    struct err *);
struct state *state_close(struct state *);		/* NULL */

/* ---- messages ---- */

enum state_news { STATE_OLD_NEWS, STATE_NEW, STATE_CHANGED, STATE_MORE };

/* A message as it was last told; texts live until the callback returns. */
struct state_message {
	const char	*id;			/* of the API */
	const char	*message_id;
	int64_t		 timestamp;		/* of the message, ms */
	enum api_verdict verdict;
	const char	*word;
	bool		 retro;
	bool		 withdrawn;		/* was a threat, is none */
	const char	*direction, *sender, *subject, *client;
	const char	*mailboxes;		/* one a line */
	const char	*action;		/* the service's own: "move trash" */
	int64_t		 seen, changed;		/* first; last change of verdict,
						   or of what it is about */
	bool		 planned;		/* all has its action */
	const char	*reason;		/* why it has none; "" */
};

/* state_see - note what the API says of a message.  STATE_CHANGED: it was known
 * with another verdict.  STATE_MORE: without a mailbox or a client that it has
 * now; it is to be planned again, for those that have no action yet. */
int	 state_see(struct state *, const struct api_message *, int64_t now,
	    enum state_news *out, struct err *);

/* state_planned - what it calls for is decided; reason "" or why there is
 * nothing to do. */
int	 state_planned(struct state *, const char *message, const char *reason,
	    struct err *);
/* state_asked - its verdict was looked at again. */
int	 state_asked(struct state *, const char *message, int64_t now,
	    struct err *);

/* What is set must all be so. */
struct state_message_query {
	const char	*id, *message_id;	/* NULL */
	bool		 unplanned;
	bool		 threats;		/* not withdrawn */
	int64_t		 asked_before;		/* and has an action; 0 */
	int64_t		 since;			/* of timestamp; 0 */
	unsigned	 limit;
};
typedef void state_message_each(void *arg, const struct state_message *);
/* state_messages - in the order they were first seen; as state_each(). */
int	 state_messages(struct state *, const struct state_message_query *,
	    state_message_each *, void *arg, struct err *);

/* ---- actions ---- */

/* How far the remediation of one message for one recipient is.  The order is
 * that of time; the numbers stand in databases. */
enum state_step {
	STATE_SEEN = 0,		/* named by the API, nothing decided */
	STATE_IGNORED = 1,	/* left alone, and reason says why */
	STATE_REPORTED = 2,	/* would be remediated (mode report) */
	STATE_DUE = 3,		/* to be done, or tried again */
	STATE_FORWARDED = 4,	/* sendmail has it; deleting is left */
	STATE_QUARANTINED = 5,	/* what was found was moved; looking once more
				   is left */
	STATE_DONE = 6,		/* "Remediated" */
	STATE_FAILED = 7,	/* and reason */
	STATE_WITHDRAWN = 8,	/* the verdict was taken back before it was done */
	STATE_RESTORED = 9,	/* undone */
	STATE_PURGED = 10,	/* done, and the messages are gone for good */
	STATE_ELSEWHERE = 11,	/* the service has moved it itself, and reason
				   says where */
	STATE_STEPS
};

/* state_word - "remediated", "failed", ...; for people and programs. */
const char *state_word(enum state_step);

struct state_action {
	int64_t		 id;
	const char	*message;	/* API's id */
	const char	*recipient;	/* as our journal has it */
	uint64_t	 mid;		/* of the first copy; 0: none */
	const char	*queue_ids;	/* of all copies, separated by blanks */
	const char	*proof;		/* what proves the message: proof.h */
	int64_t		 accepted;	/* ms; first copy */
	int		 what;		/* enum conf_remediation_action */
	int64_t		 batch;
	enum state_step	 step;
	bool		 forwarded;	/* sendmail took it, or it was done for
					   another recipient of the message */
	unsigned	 attempts;	/* that the mail store made fail */
	unsigned	 searches;	/* that did not find it */
	int64_t		 due;		/* when it is tried, ms; 0: not.  Also
					   when STATE_FAILED: it may arrive yet */
	const char	*profile;	/* that did it; "" */
	const char	*reason;	/* of the step, or of the last attempt; "" */
	const char	*undoing;	/* an undo is under way: the reason that
					   its end will have; "" */
	int64_t		 made, changed;	/* ms; when it took this step */
};

/* state_act - make the action of this message and recipient, at the time made,
 * unless there is one: false in *out_made then, and *out_id is the old one's.  A
 * message that was forwarded for another recipient is so for this one. */
int	 state_act(struct state *, const struct state_action *,
	    int64_t *out_id, bool *out_made, struct err *);
/* state_step - take a step; text "" or the reason.  STATE_DUE is due now, as at
 * first, STATE_FORWARDED and STATE_QUARANTINED stay due, STATE_FAILED is when it
 * says so, the others are not.  STATE_RESTORED and STATE_WITHDRAWN are the end of
 * an undo, also for pieces that were returned. */
struct state_event {
	int64_t		 action, at;
	enum state_step	 step;
	const char	*text;
	int64_t		 due;		/* of STATE_FAILED; 0: not any more */
	bool		 searched;	/* it was not found */
	const char	*profile;	/* of STATE_DONE: that did it; NULL */
};
int	 state_step(struct state *, const struct state_event *, struct err *);
/* state_retry - it failed for now: why, when it is due again, and whether this
 * was an attempt that counts. */
struct state_delay {
	int64_t		 action, due;
	const char	*reason;
	bool		 counts;
	bool		 searched;	/* it was not found */
};
int	 state_retry(struct state *, const struct state_delay *,
	    struct err *);
/* state_forwarded - of a message, for all its actions. */
int	 state_forwarded(struct state *, const char *message, int64_t now,
	    struct err *);
/* state_undo - an undo begins, and reason is what its end will have; "": there was
 * nothing to undo. */
int	 state_undo(struct state *, int64_t action, const char *reason,
	    struct err *);

/* What is set must all be so; 0, NULL or -1 whatever it is. */
struct state_query {
	int64_t		 action, batch;
	const char	*message;	/* API's id */
	const char	*message_id;
	const char	*recipient;
	uint64_t	 mid;
	int		 step;		/* -1 */
	int64_t		 due;		/* at or before, and not 0 */
	bool		 unpaused;	/* its recipient is not (state_begun.h) */
	bool		 undoing;
	int64_t		 since, until;	/* of the last step */
	unsigned	 limit;
};
#define STATE_QUERY { .step = -1 }

/* state_each - in the order of their making; both live until it returns, and
 * each() must not change the state.  How many there were, or -1. */
typedef void state_action_each(void *arg, const struct state_action *,
	    const struct state_message *);
int	 state_each(struct state *, const struct state_query *,
	    state_action_each *, void *arg, struct err *);

/* state_events - the steps of an action as they came. */
typedef void state_event_each(void *arg, const struct state_event *);
int	 state_events(struct state *, int64_t action, state_event_each *,
	    void *arg, struct err *);

/* ---- pieces: messages that were moved, and can be moved back ---- */

enum state_piece_step {
	PIECE_INTENDED = 0,	/* about to be moved: after a crash nobody knows */
	PIECE_MOVED = 1,
	PIECE_RESTORED = 2,
	PIECE_PURGED = 3,
	PIECE_LOST = 4,		/* was not there any more */
	PIECE_RETURNING = 5,	/* about to be put back: nobody knows, either */
	PIECE_RETURNED = 6	/* is back, and its action does not say so yet */
};

struct state_piece {
	int64_t		 id, action;
	const char	*owner, *profile;
	const char	*folder, *key;	/* where and what it was */
	const char	*handle;	/* "": not moved yet */
	enum state_piece_step step;
	int64_t		 moved;		/* ms; when that was intended */
	int64_t		 lived;		/* the same, as state_lived() has it */
	unsigned	 tries;		/* how often purging has failed */
};

/* state_intend - before it is moved; *out: the piece. */
int	 state_intend(struct state *, const struct state_piece *, int64_t *out,
	    struct err *);
/* state_piece_step - handle NULL: as it was. */
int	 state_piece_step(struct state *, int64_t piece, enum state_piece_step,
	    const char *handle, struct err *);

/* state_piece_purged - it is gone: PIECE_PURGED, or PIECE_LOST.  *out_last: it was
 * the last of an action that was done, which is STATE_PURGED now. */
int	 state_piece_purged(struct state *, const struct state_piece *,
	    enum state_piece_step, int64_t now, bool *out_last, struct err *);
/* state_piece_later - purging has failed: not again before state_lived() is due. */
int	 state_piece_later(struct state *, int64_t piece, int64_t due,
	    struct err *);

struct state_piece_query {
	int64_t		 action;	/* 0: of all */
	int		 step;		/* -1: in any */
	bool		 purge;		/* moved at lived or before, due now, and
					   of no undo; the longest due first */
	int64_t		 lived, now;
	unsigned	 limit;
};
typedef void state_piece_each(void *arg, const struct state_piece *);
int	 state_pieces(struct state *, const struct state_piece_query *,
	    state_piece_each *, void *arg, struct err *);

/* ---- time, and what is forgotten ---- */

/* state_lived - how much time this database has seen pass, ms: a clock that a jump
 * of the time of day cannot move far.  No single span counts for more than most,
 * the time that nobody used it, too.  state_tick - the same, and begin the next
 * span; *out_lost: how much of this one is not counted. */
int	 state_lived(struct state *, int64_t now, int64_t most, int64_t *out,
	    struct err *);
int	 state_tick(struct state *, int64_t now, int64_t most, int64_t *out,
	    int64_t *out_lost, struct err *);

/* state_forget - messages with all that was done about them, and batches of which
 * nothing is left, when they were first seen by that time; at most so many, *out:
 * how many.  What waits, or can still be undone or purged, stays. */
struct state_age {
	int64_t		 lived;		/* as state_lived() has it */
	int64_t		 timestamp;	/* of the message, ms */
	unsigned	 most;
};
int	 state_forget(struct state *, const struct state_age *, unsigned *out,
	    struct err *);

/* ---- batches ---- */

struct state_batch {
	int64_t		 id;
	const char	*name;		/* "poll-20261126T103000Z", ... */
	const char	*by;		/* "tdc-remediator", or a user */
	const char	*source;	/* host name */
	int		 what;		/* enum conf_remediation_action */
	const char	*description;
	int64_t		 begun;
};
int	 state_batch(struct state *, const struct state_batch *, int64_t *out,
	    struct err *);
typedef void state_batch_each(void *arg, const struct state_batch *);
/* state_batches - the one of that name or number, or (NULL) all since then. */
int	 state_batches(struct state *, const char *name, int64_t since,
	    state_batch_each *, void *arg, struct err *);

/* ---- notes ---- */

/* state_note - keep a text under a name; state_noted - "" when there is none;
 * *out: new.  Names in use: STATE_NOTE_... */
int	 state_note(struct state *, const char *name, const char *text,
	    struct err *);
int	 state_noted(struct state *, const char *name, char **out,
	    struct err *);
#define STATE_NOTE_PAUSE	"pause"		/* why all stands still; "" */
#define STATE_NOTE_WINDOW	"window."	/* ... and its length */
#define STATE_NOTE_HEARD	"heard"		/* when verdicts last came, ms */
#define STATE_NOTE_REST		"rest."		/* ... and a profile: until, ms */
#define STATE_NOTE_RETURN	"return."	/* ... and API's id: return path */
#define STATE_NOTE_KNOWN	"known."	/* ... and a profile: an owner */
#define STATE_NOTE_CLOCK	"clock"		/* state_lived(), and at what time */
#define STATE_NOTE_FORWARDING	"forwarding"	/* API's id, before it is sent */

/* state_spend - one request of the day (UTC): false in *out when most are spent.
 * state_spent - how many of today. */
int	 state_spend(struct state *, int64_t now, unsigned most, bool *out,
	    struct err *);
int	 state_spent(struct state *, int64_t now, unsigned *out, struct err *);

#endif
