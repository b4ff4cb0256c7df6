/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * life - one copy, as far as a log has told of it
 *
 *	struct life *life = life_new(told.mid);
 *
 *	life_tell(life, &told, at);		-- each line with its MID
 *	if (life->fate.verdict != NULL)
 *		puts(life->fate.verdict);
 *	life_free(life);
 *
 * Two programs write the log, so lines of the forwarder may stand before those
 * with which the milter says whose copy it is: they are kept until then.
 */
#ifndef CONTROL_LIFE_H
#define CONTROL_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "control/past/told.h"
#include "history/row.h"

/* Texts live in its arena. */
struct life {
	struct arena	 arena;
	struct envelope	 envelope;	/* intake: that it goes to now */
	const char	*intake;	/* that the policy gave it */
	bool		 begun;		/* its line "enqueued" was there */
	bool		 known;		/* and "queue-id", so that it can be a row */
	bool		 ended;		/* it has a row, and may be kept still */
	unsigned	 delays;	/* since it began to wait */
	unsigned	 failed;	/* attempts, when it ended */
	struct history_fate fate;	/* verdict NULL: not yet */
	struct life_line *early;	/* before it was known */
	unsigned	 early_ends;	/* of these */
};

struct life_line {
	struct life_line *next;
	int64_t		 at;
	const char	*text;
};

struct life *life_new(uint64_t mid);
struct life *life_free(struct life *);		/* NULL */

/* life_client - "mx.client.example[192.0.2.1]", as smtpd(8) logs it. */
void	life_client(struct life *, const char *client);

/* life_keep - a line that came before the copy was known, with its text for
 * told_parse(). */
void	life_keep(struct life *, enum told_what, const char *text, int64_t at);

/* life_tell - what a line with its MID says of it. */
void	life_tell(struct life *, const struct told *, int64_t at);

/* life_wait - an end is over, and it waits again: diverted or requeued; intake:
 * NULL is the one that the policy gave it. */
void	life_wait(struct life *, const char *intake);

#endif
