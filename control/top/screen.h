/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen - what tdcctl top shows of one moment
 *
 *	struct screen screen = { .conf = &control->conf };
 *
 *	if (screen_look(&screen, &err) == 0)
 *		screen_draw(&screen);	-- as often as is wanted
 *	screen_drop(&screen);
 */
#ifndef CONTROL_TOP_SCREEN_H
#define CONTROL_TOP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "control/queue/census.h"
#include "control/top/rates.h"

/* An intake domain. */
struct screen_row {
	char		*text;		/* what is known of it, and its name */
	char		*reason;	/* of the last attempt; NULL: none failed */
	bool		 down;
};

enum { SCREEN_HEAD = 4 };

struct screen {
	const struct conf *conf;	/* borrowed */
	struct census	 census;
	struct rates	 rates;
	char		*head[SCREEN_HEAD];
	struct screen_row *rows;	/* the most copies first */
	size_t		 count;
};

/* screen_look - how it is now; on -1 the screen is as it was.
 * screen_draw - on the terminal.
 * screen_drop - after either. */
int	screen_look(struct screen *, struct err *);
void	screen_draw(const struct screen *);
void	screen_drop(struct screen *);

#endif
