/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ending - the end of a copy, in the spool, in the counters and in the log
 *
 *	struct end end;
 *
 *	if (ending_give_up(forwarder, item, class, &end)) {
 *		ending_log_reason(&end);
 *		ending_log(&end);
 *	}
 *	ending_drop(&end);
 *
 * For outcome.h.  A copy that is given up goes to alternate_intake_address, if
 * there is one and it did not come from there: then it is not finished, for it
 * arrives in the queue again, under its MID, with that address.  Else it ends as
 * undelivered has it.
 */
#ifndef FORWARD_ENDING_H
#define FORWARD_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "forward/forwarder.h"
#include "forward/verdict.h"

/* An end without delivery. */
struct end {
	uint64_t	 mid;
	enum verdict_class class;
	char		*alternate;	/* where it goes now; NULL: nowhere */
	struct site	*site;		/* where it did not go */
	struct story	*story;		/* for the history; NULL: none */
	unsigned	 attempts;	/* that have failed */
};

/* ending_count - of all, and of the copy's site. */
void	ending_count(struct forwarder *, struct site *, enum counter);

/* ending_delivered - of a copy that its intake took by that connection, with
 * these words, on one line; takes both.  Its file goes at once or in a moment
 * (removals.h), and only when it has is all of that told: until then an operator
 * may delete it, and that is its fate. */
void	ending_delivered(struct forwarder *, struct item *, char *said,
	    uint64_t dcid);

/* ending_settle - nothing more is to be done; takes the item.  false: an
 * operator deleted it meanwhile, and that is its fate. */
bool	ending_settle(struct forwarder *, struct item *, struct ending);

/* ending_give_up - the same of a copy that was not delivered, which is counted;
 * out is filled in whatever it returns. */
bool	ending_give_up(struct forwarder *, struct item *, enum verdict_class,
	    struct end *out);
/* ending_tell - the history, and alert_command, get it, with what was said at
 * last, not escaped; takes the story. */
void	ending_tell(struct forwarder *, struct end *, uint64_t dcid,
	    const char *reply);
void	ending_log_reason(const struct end *);
void	ending_log(const struct end *);
void	ending_drop(struct end *);

#endif
