/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * todo - what the state has to do, as a list that stands while it changes
 *
 *	struct todo_list list;
 *
 *	if (todo_find(state, &query, &list, &err) == -1)
 *		...
 *	for (size_t i = 0; i < list.count; i++)
 *		puts(list.items[i].action.recipient);
 *	todo_drop(&list);
 */
#ifndef REMEDIATE_TODO_H
#define REMEDIATE_TODO_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "remediate/state/state.h"

struct todo {
	struct state_action	action;
	struct state_message	message;
};

struct todo_list {
	struct todo	*items;		/* heap; their texts are in the arena */
	size_t		 count, room;
	struct arena	 arena;
};

int	todo_find(struct state *, const struct state_query *,
	    struct todo_list *out, struct err *);
/* todo_named - of the message that the API calls so, of a batch of that name or
 * number, or of a MID; 0 also when there is none. */
int	todo_named(struct state *, const char *, struct todo_list *out,
	    struct err *);
/* todo_messages - messages alone; their actions are empty. */
int	todo_messages(struct state *, const struct state_message_query *,
	    struct todo_list *out, struct err *);
void	todo_drop(struct todo_list *);

/* todo_batch - the name of that batch; "": there is none. */
int	todo_batch(struct state *, int64_t batch, char *out, size_t size,
	    struct err *);

/* The same for pieces. */
struct piece_list {
	struct state_piece	*items;
	size_t		 count, room;
	struct arena	 arena;
};
int	piece_find(struct state *, const struct state_piece_query *,
	    struct piece_list *out, struct err *);
void	piece_drop(struct piece_list *);

#endif
