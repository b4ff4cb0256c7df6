/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story - what the history is to know of a copy that is being sent
 *
 *	story = story_begin(forwarder, item, &copy, header, size);
 *	...
 *	story = story_take(forwarder, item);	-- before its file goes
 *	... the file has gone ...
 *	story_end(forwarder, story, &fate);
 *
 * It is the item's, begun when the copy is open anyway, so that its end costs
 * no second look; a copy that ends without having been opened is looked at
 * then.  NULL while there is no history.
 */
#ifndef FORWARD_STORY_H
#define FORWARD_STORY_H

#include "forward/forwarder.h"
#include "history/row.h"
#include "journal/spool/copy.h"

struct story;

/* story_begin - new; header: the first size bytes of the message.  Sums of the
 * header are there when that is all of it. */
struct story *story_begin(const struct forwarder *, const struct item *,
	    const struct copy *, const char *header, size_t size);
struct story *story_free(struct story *);	/* NULL */

/* story_take - the item's, which is the caller's from now on; NULL: there is
 * none, or the file cannot be read. */
struct story *story_take(const struct forwarder *, struct item *);

/* story_end - a row of it; takes it.  The sums and the time of fate are filled
 * in here. */
void	story_end(const struct forwarder *, struct story *,
	    struct history_fate *);

#endif
