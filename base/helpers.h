/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * helpers - threads for calls that may take for ever
 *
 *	static void run(struct errand *errand) { ... may stand at the disk ... }
 *	static void drop(struct errand *errand) { ... nobody waited any more ... }
 *
 *	errand = (struct errand)ERRAND(run, drop);
 *	switch (helpers_run(helpers, &errand, &left)) {
 *	case HELPERS_DONE:	... as if run() had been called here ...
 *	case HELPERS_LATE:	... it is the helper's now: touch nothing of it ...
 *	case HELPERS_NONE:	... nothing was begun ...
 *	}
 *
 * A thread in a system call cannot be called back.  So a caller that must
 * answer in time hands the call to a helper and waits as long as it can; when
 * the time is over the errand, and all that belongs to it, is the helper's,
 * which calls drop() once the call has come back.
 *
 * Then the disk, or whatever it was, is known to be stuck: nothing more is
 * begun until one of those that came too late is back.  So there are no more
 * threads than had an errand at that moment, and nobody else waits.
 *
 * There are as many helpers as were ever busy at once, up to a most; the one
 * that became idle last gets the next errand, and one that is idle for long
 * ends.
 */
#ifndef BASE_HELPERS_H
#define BASE_HELPERS_H

#include <stdbool.h>
#include <stdint.h>

struct helpers;

struct errand {
	void		(*run)(struct errand *);
	void		(*drop)(struct errand *);
	/* the rest is theirs */
	struct errand	*next;
	struct waiter	*caller;
	int		 state;
};
#define ERRAND(run_, drop_) { .run = (run_), .drop = (drop_) }

enum helpers_end { HELPERS_DONE, HELPERS_LATE, HELPERS_NONE };

/* helpers_new - new; none is there before it is needed.
 * helpers_keep - so many from now on, and for ever: with them errands are done
 * also when there are no threads to be had any more.  -1: not even now. */
struct helpers *helpers_new(unsigned most);
int	 helpers_keep(struct helpers *, unsigned least);
/* helpers_free - NULL; waits for all that they are at. */
struct helpers *helpers_free(struct helpers *);

/* helpers_run - wait for it up to *left ms, from which the time is taken. */
enum helpers_end helpers_run(struct helpers *, struct errand *,
	    int64_t *left);
/* helpers_give - and do not wait: drop() is called after run(), always. */
void	 helpers_give(struct helpers *, struct errand *);

bool	 helpers_stuck(struct helpers *);
unsigned helpers_count(struct helpers *);	/* threads, for tests */

#endif
