/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * block - a message with all that is told with it, for output
 *
 *	struct block block = { .story = &story, .name = conf->intake_name };
 *
 *	block_gather(&block, story.messages[0]);
 *	for (size_t i = 0; i < block.copy_count; i++) {
 *		block_end(&block, block.copies[i], &line, &at);
 *		puts(line.data);
 *	}
 *	block_drop(&block);
 *
 * Texts of logs were escaped by whoever wrote them: block_text() leaves a
 * backslash alone, and lets no byte through that is not printable ASCII.
 */
#ifndef CONTROL_BLOCK_H
#define CONTROL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "control/ledger/ledger.h"
#include "control/track/story.h"

struct block {
	const struct story *story;
	const struct word *word;	/* what was asked for */
	const char	*name;		/* intake_name */
	bool		 all;		/* also what makes it long */
	const struct ledger *ledger;	/* what was remediated */
	/* Results: the first stay, and all that are told with it. */
	struct message	**stays;
	size_t		 stay_count;
	struct copied	**copies;	/* of all of them */
	size_t		 copy_count;
};

/* block_gather - what belongs to a message that is its own .first; again for
 * the next one. */
void	block_gather(struct block *, struct message *first);
void	block_drop(struct block *);

/* block_end - the line that tells what became of a copy, as Message Tracking and
 * the log have it: how it ended, or that it is enqueued. */
void	block_end(const struct block *, const struct copied *, struct buf *line,
	    int64_t *out_at);
/* block_no_copy - the line that says that there is none, and why; NULL: no line
 * does. */
const struct said *block_no_copy(const struct block *);

/* block_remedies - what was remediated of its copies, in the order of its making:
 * how many; *out: new. */
size_t	block_remedies(const struct block *, const struct ledger_action ***out);

/* block_attempts - how many were made to deliver a copy that ended.
 * block_delay - seconds from acceptance to its end; -1: not known, or it did not
 * end. */
unsigned block_attempts(const struct copied *);
double	block_delay(const struct copied *);

/* block_is_attempt - does a line tell how an attempt failed, that the copy went
 * to another intake, or that it waits again? */
bool	block_is_attempt(const struct said *);

/* block_is_asked - was that address asked for? */
bool	block_is_asked(const struct block *, const char *address);

void	block_text(struct buf *, const char *);

/* ---- output ---- */

/* block_print - for people, on standard output.
 * block_print_json - an object of JSON in one line. */
void	block_print(const struct block *);
void	block_print_json(const struct block *);

#endif
