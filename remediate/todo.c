/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/todo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"

#include "base/own.h"

static struct todo *
room(struct todo_list *list)
{
	if (list->count == list->room) {
		list->room = list->room > 0 ? 2 * list->room : 16;
		list->items = mem_grow(list->items, list->room,
		    sizeof(*list->items));
	}
	list->items[list->count] = (struct todo){ 0 };
	return &list->items[list->count++];
}

static void
keep_message(struct arena *arena, const struct state_message *from,
    struct state_message *out)
{
	*out = *from;
	out->id = arena_text(arena, from->id);
	out->message_id = arena_text(arena, from->message_id);
	out->word = arena_text(arena, from->word);
	out->direction = arena_text(arena, from->direction);
	out->sender = arena_text(arena, from->sender);
	out->subject = arena_text(arena, from->subject);
	out->client = arena_text(arena, from->client);
	out->mailboxes = arena_text(arena, from->mailboxes);
	out->action = arena_text(arena, from->action);
	out->reason = arena_text(arena, from->reason);
}

static void
keep_action(struct arena *arena, const struct state_action *from,
    struct state_action *out)
{
	*out = *from;
	out->message = arena_text(arena, from->message);
	out->recipient = arena_text(arena, from->recipient);
	out->queue_ids = arena_text(arena, from->queue_ids);
	out->proof = arena_text(arena, from->proof);
	out->profile = arena_text(arena, from->profile);
	out->reason = arena_text(arena, from->reason);
	out->undoing = arena_text(arena, from->undoing);
}

static void
add(void *arg, const struct state_action *action,
    const struct state_message *message)
{
	struct todo_list *list = arg;
	struct todo *todo = room(list);

	keep_action(&list->arena, action, &todo->action);
	keep_message(&list->arena, message, &todo->message);
}

static void
add_message(void *arg, const struct state_message *message)
{
	struct todo_list *list = arg;

	keep_message(&list->arena, message, &room(list)->message);
}

/* todo_find - actions with their messages */
int
todo_find(struct state *state, const struct state_query *query,
    struct todo_list *out, struct err *err)
{
	*out = (struct todo_list){ 0 };
	if (state_each(state, query, add, out, err) != -1)
		return 0;
	todo_drop(out);
	return -1;
}

/* todo_messages - messages alone */
int
todo_messages(struct state *state, const struct state_message_query *query,
    struct todo_list *out, struct err *err)
{
	*out = (struct todo_list){ 0 };
	if (state_messages(state, query, add_message, out, err) != -1)
		return 0;
	todo_drop(out);
	return -1;
}

void
todo_drop(struct todo_list *list)
{
	free(list->items);
	arena_drop(&list->arena);
	*list = (struct todo_list){ 0 };
}

/* A name, and where it goes. */
struct name {
	char		*out;
	size_t		 size;
};

static void
copy_name(void *arg, const struct state_batch *batch)
{
	const struct name *name = arg;

	(void)snprintf(name->out, name->size, "%s", batch->name);
}

/* todo_batch - its name */
int
todo_batch(struct state *state, int64_t batch, char *out, size_t size,
    struct err *err)
{
	own(str) char *number = mem_format("%lld", (long long)batch);
	struct name name = { out, size };

	*out = '\0';
	return state_batches(state, number, 0, copy_name, &name, err) == -1 ?
	    -1 : 0;
}

static void
note_batch(void *arg, const struct state_batch *batch)
{
	*(int64_t *)arg = batch->id;
}

/* todo_named - what an ID of the API, the name of a batch, or a MID stands for */
int
todo_named(struct state *state, const char *what, struct todo_list *out,
    struct err *err)
{
	struct state_query query = STATE_QUERY;
	int64_t batch = 0;
	bool number = digits_parse(what, strlen(what), INT64_MAX, &query.mid);

	query.mid = 0;
	query.message = what;
	if (todo_find(state, &query, out, err) == -1)
		return -1;
	if (out->count > 0)
		return 0;
	todo_drop(out);
	query.message = NULL;
	if (number) {
		(void)digits_parse(what, strlen(what), INT64_MAX, &query.mid);
		if (query.mid == 0)
			return 0;
		return todo_find(state, &query, out, err);
	}
	if (state_batches(state, what, 0, note_batch, &batch, err) == -1)
		return -1;
	query.batch = batch;
	return batch == 0 ? 0 : todo_find(state, &query, out, err);
}

static void
add_piece(void *arg, const struct state_piece *piece)
{
	struct piece_list *list = arg;
	struct state_piece *kept;

	if (list->count == list->room) {
		list->room = list->room > 0 ? 2 * list->room : 16;
		list->items = mem_grow(list->items, list->room,
		    sizeof(*list->items));
	}
	kept = &list->items[list->count++];
	*kept = *piece;
	kept->owner = arena_text(&list->arena, piece->owner);
	kept->profile = arena_text(&list->arena, piece->profile);
	kept->folder = arena_text(&list->arena, piece->folder);
	kept->key = arena_text(&list->arena, piece->key);
	kept->handle = arena_text(&list->arena, piece->handle);
}

/* piece_find - those to which all applies */
int
piece_find(struct state *state, const struct state_piece_query *query,
    struct piece_list *out, struct err *err)
{
	*out = (struct piece_list){ 0 };
	if (state_pieces(state, query, add_piece, out, err) != -1)
		return 0;
	piece_drop(out);
	return -1;
}

void
piece_drop(struct piece_list *list)
{
	free(list->items);
	arena_drop(&list->arena);
	*list = (struct piece_list){ 0 };
}
