/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story_private - what the parts of a story share
 */
#ifndef CONTROL_STORY_PRIVATE_H
#define CONTROL_STORY_PRIVATE_H

#include "control/track/story.h"

/* lines_add - one more. */
void	lines_add(struct lines *, struct said *);

/* story_text - n bytes, or what value_of() has of a line; "" when there is
 * none. */
const char *story_text(struct story *, const char *, size_t n);
const char *story_value(struct story *, const char *line, const char *key);

/* ---- stays in Postfix's queue: message.c ---- */

/* message_at - the stay of that queue id then; NULL: none is known.
 * message_for - the same, or a new one. */
struct message *message_at(const struct story *, const char *queue_id,
	    int64_t at);
struct message *message_for(struct story *, const char *queue_id, int64_t at);
/* message_take - a line of Postfix. */
void	message_take(struct story *, struct said *);
/* message_take_other - of another program, which names it somewhere. */
void	message_take_other(struct story *, struct said *);

/* ---- copies: copied.c ---- */

/* copied_take - a line with a MID. */
void	copied_take(struct story *, struct said *);
void	connection_take(struct story *, const struct said *);
/* copied_attach - each to the stay in which it was made, with what is kept. */
void	copied_attach(struct story *, const struct kept *);

/* ---- which belong together: related.c ---- */

void	related_find(struct story *, const struct search *);

#endif
