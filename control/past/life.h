/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * life - one copy, as far as a log has told of it
 *
 *	struct life *life = life_new(&enqueued, at);
 *
 *	life_tell(life, &told, at);		-- each line with its MID
 *	if (life->fate.verdict != NULL)
 *		puts(life->fate.verdict);
 *	life_free(life);
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
	bool		 known;		/* its line "queue-id" was there */
	bool		 ended;		/* it has a row, and may be kept still */
	unsigned	 delays;	/* since it began to wait */
	unsigned	 failed;	/* attempts, when it ended */
	struct history_fate fate;	/* verdict NULL: not yet */
};

/* life_new - of a line TOLD_ENQUEUED. */
struct life *life_new(const struct told *, int64_t at);
struct life *life_free(struct life *);		/* NULL */

/* life_client - "mx.client.example[192.0.2.1]", as smtpd(8) logs it. */
void	life_client(struct life *, const char *client);

/* life_tell - what any other line says of it. */
void	life_tell(struct life *, const struct told *, int64_t at);

/* life_wait - an end is over, and it waits again: diverted or requeued; intake:
 * NULL is the one that the policy gave it. */
void	life_wait(struct life *, const char *intake);

#endif
