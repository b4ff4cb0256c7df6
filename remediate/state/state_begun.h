/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state_begun - how much was begun, and who has to wait for that
 *
 *	const struct state_begun hour = { .since = now - 3600000,
 *	    .after = 4711 };
 *	unsigned count;
 *
 *	state_begun(state, &hour, &count, &err);
 *	if (count > most)
 *		...
 *
 * A remediation is begun when its action becomes due.  That is an event of the
 * action, and its number grows whatever the clock does, over restarts, too.
 * Each time counts, so also when a verdict was withdrawn and came back.  What
 * does not count: what a person asked for by name, what is of a recipient who is
 * paused, since it is not done, and what was begun before a person resumed that
 * recipient.
 *
 * A pause and the approval of a person are notes; a recipient's address is in
 * lower case there (ASCII), as it is compared everywhere.
 */
#ifndef REMEDIATE_STATE_BEGUN_H
#define REMEDIATE_STATE_BEGUN_H

#include "remediate/state/state.h"

struct state_begun {
	int64_t		 since;		/* ms */
	int64_t		 after;		/* the number of an event */
};

/* state_last_event - its number; 0: there is none. */
int	 state_last_event(struct state *, int64_t *out, struct err *);

/* state_begun - how many remediations; state_begun_messages - of how many
 * messages; state_begun_each - each recipient who has more than most of them,
 * and something that is still to be done. */
typedef void state_recipient_each(void *arg, const char *recipient,
	    unsigned count);
int	 state_begun(struct state *, const struct state_begun *,
	    unsigned *out, struct err *);
int	 state_begun_messages(struct state *, const struct state_begun *,
	    unsigned *out, struct err *);
int	 state_begun_each(struct state *, const struct state_begun *,
	    unsigned most, state_recipient_each *, void *arg, struct err *);

/* state_request - a person wants what was only reported, has failed, or waits, to
 * be done: it is due, in the batch of that person, with no attempt made yet.
 * Another step is left as it is: false in *out. */
struct state_request {
	int64_t		 action, at, batch;
	int		 what;		/* enum conf_remediation_action */
	const char	*text;		/* "asked for by alice" */
};
int	 state_request(struct state *, const struct state_request *, bool *out,
	    struct err *);

/* ---- pauses ---- */

#define STATE_NOTE_APPROVED	"approved"	/* up to this event; also "." and
						   a recipient */
#define STATE_NOTE_JUDGED	"judged"	/* up to this event it was not
						   too much */
#define STATE_NOTE_PAUSED	"pause."	/* ... and a recipient: why */

/* state_pause - a recipient.  state_paused - why, "" when it is not; *out: new.
 * state_pauses - each, by name; how many, or -1. */
typedef void state_pause_each(void *arg, const char *recipient,
	    const char *why);
int	 state_pause(struct state *, const char *recipient, const char *why,
	    struct err *);
int	 state_paused(struct state *, const char *recipient, char **out,
	    struct err *);
int	 state_pauses(struct state *, state_pause_each *, void *arg,
	    struct err *);

/* state_resume - a recipient, or (NULL) all of them and everything: what was
 * begun until now is approved. */
int	 state_resume(struct state *, const char *recipient, struct err *);

#endif
