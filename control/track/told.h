/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * told - a message with all that is told with it, for output
 *
 *	struct told told = { .story = &story, .name = conf->intake_name };
 *
 *	told_gather(&told, story.messages[0]);
 *	for (size_t i = 0; i < told.copy_count; i++) {
 *		told_end(&told, told.copies[i], &line, &at);
 *		puts(line.data);
 *	}
 *	told_drop(&told);
 *
 * Texts of logs were escaped by whoever wrote them: told_text() leaves a
 * backslash alone, and lets no byte through that is not printable ASCII.
 */
#ifndef CONTROL_TOLD_H
#define CONTROL_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "control/track/story.h"

struct told {
	const struct story *story;
	const struct word *word;	/* what was asked for */
	const char	*name;		/* intake_name */
	bool		 all;		/* also what makes it long */
	/* Results: the first stay, and all that are told with it. */
	struct message	**stays;
	size_t		 stay_count;
	struct copied	**copies;	/* of all of them */
	size_t		 copy_count;
};

/* told_gather - what belongs to a message that is its own .first; again for
 * the next one. */
void	told_gather(struct told *, struct message *first);
void	told_drop(struct told *);

/* told_end - the line that tells what became of a copy, as Message Tracking and
 * the log have it: how it ended, or that it is enqueued. */
void	told_end(const struct told *, const struct copied *, struct buf *line,
	    int64_t *out_at);
/* told_no_copy - the line that says that there is none, and why; NULL: no line
 * does. */
const struct said *told_no_copy(const struct told *);

/* told_attempts - how many were made to deliver a copy that ended.
 * told_delay - seconds from acceptance to its end. */
unsigned told_attempts(const struct copied *);
double	told_delay(const struct copied *);

/* told_is_attempt - does a line tell how an attempt failed, that the copy went
 * to another intake, or that it waits again? */
bool	told_is_attempt(const struct said *);

/* told_is_asked - was that address asked for? */
bool	told_is_asked(const struct told *, const char *address);

void	told_text(struct buf *, const char *);

/* ---- output ---- */

/* told_print - for people, on standard output.
 * told_print_json - an object of JSON in one line. */
void	told_print(const struct told *);
void	told_print_json(const struct told *);

#endif
