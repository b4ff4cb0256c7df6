/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/pieces.h"

#include <string.h>

#include "base/escape.h"
#include "base/own.h"
#include "remediate/rest.h"

/* pieces_open - by the profile that moved it */
enum mailbox_result
pieces_open(const struct remediator *rem, const struct state_piece *piece,
    struct mailbox **out, struct err *err)
{
	const struct profile *const *list;
	enum mailbox_result result;

	if (profiles_chain(rem->settings->profiles, piece->profile,
	    &list) == 0) {
		err_set(err, ERR_NEVER, "profile '%s', by which it was moved, "
		    "is there no more", ESCAPE(piece->profile));
		return MAILBOX_NEVER;
	}
	if (rest_until(rem, piece->profile) > rem_now(rem)) {
		err_set(err, ERR_LATER, "profile '%s' rests",
		    ESCAPE(piece->profile));
		return MAILBOX_LATER;
	}
	result = rest_open(rem, list[0], piece->owner, out, err);
	/* when we stop it is not the server that fails */
	if ((result == MAILBOX_LOCKED_OUT || result == MAILBOX_LATER) &&
	    !rem_stops(rem))
		rest_begin(rem, piece->profile, result, err->text);
	return result;
}

/* pieces_settle - was it moved? */
enum mailbox_result
pieces_settle(const struct remediator *rem, struct mailbox *box,
    const struct state_piece *piece, const char *message_id, struct err *err)
{
	const struct found found = { .folder = (char *)piece->folder,
		.key = (char *)piece->key, .size = -1 };
	own(buf) struct buf handle = BUF;
	enum mailbox_result result = box->backend->moved(box, message_id,
	    &found, &handle, err);

	if (result == MAILBOX_DONE && state_piece_step(rem->state, piece->id,
	    PIECE_MOVED, handle.data, err) == -1)
		return MAILBOX_LATER;
	if (result == MAILBOX_GONE && state_piece_step(rem->state, piece->id,
	    PIECE_LOST, NULL, err) == -1)
		return MAILBOX_LATER;
	return result;
}

/* put_back - one with a handle.  That it is not in quarantine any more says that it
 * was put back when that had been begun before. */
static enum mailbox_result
put_back(const struct remediator *rem, struct mailbox *box,
    const struct state_piece *piece, struct err *err)
{
	bool begun = piece->step == PIECE_RETURNING;
	enum mailbox_result result;

	if (!begun && state_piece_step(rem->state, piece->id, PIECE_RETURNING,
	    NULL, err) == -1)
		return MAILBOX_LATER;
	result = box->backend->restore(box, piece->handle, err);
	if (result == MAILBOX_GONE && begun)
		result = MAILBOX_DONE;
	if ((result == MAILBOX_DONE || result == MAILBOX_GONE) &&
	    state_piece_step(rem->state, piece->id, result == MAILBOX_DONE ?
	    PIECE_RETURNED : PIECE_LOST, NULL, err) == -1)
		return MAILBOX_LATER;
	return result;
}

/* A piece, and its handle. */
struct wanted {
	int64_t		 id;
	struct buf	*handle;
};

static void
keep_handle(void *arg, const struct state_piece *piece)
{
	const struct wanted *wanted = arg;

	if (piece->id == wanted->id)
		buf_text(wanted->handle, piece->handle);
}

/* settle_first - of one that may have been moved, its handle */
static enum mailbox_result
settle_first(const struct remediator *rem, struct mailbox *box,
    const struct state_piece *piece, const char *message_id, struct err *err)
{
	const struct state_piece_query query = { .action = piece->action,
		.step = PIECE_MOVED };
	own(buf) struct buf handle = BUF;
	struct wanted wanted = { piece->id, &handle };
	struct state_piece whole = *piece;
	enum mailbox_result result = pieces_settle(rem, box, piece,
	    message_id, err);

	if (result != MAILBOX_DONE)
		return result;
	if (state_pieces(rem->state, &query, keep_handle, &wanted, err) == -1)
		return MAILBOX_LATER;
	whole.handle = handle.data;
	return put_back(rem, box, &whole, err);
}

/* pieces_restore - where it was */
enum mailbox_result
pieces_restore(const struct remediator *rem, const struct state_piece *piece,
    const char *message_id, struct err *err)
{
	struct mailbox *box;
	enum mailbox_result result = pieces_open(rem, piece, &box, err);

	if (result != MAILBOX_DONE)
		return result;
	result = piece->step == PIECE_INTENDED ?
	    settle_first(rem, box, piece, message_id, err) :
	    put_back(rem, box, piece, err);
	box->backend->close(box);
	return result;
}

/* pieces_purge - for good */
enum mailbox_result
pieces_purge(const struct remediator *rem, const struct state_piece *piece,
    bool *out_last, struct err *err)
{
	struct mailbox *box;
	enum mailbox_result result = pieces_open(rem, piece, &box, err);

	if (result != MAILBOX_DONE)
		return result;
	result = box->backend->purge(box, piece->handle, err);
	box->backend->close(box);
	if ((result == MAILBOX_DONE || result == MAILBOX_GONE) &&
	    state_piece_purged(rem->state, piece, result == MAILBOX_DONE ?
	    PIECE_PURGED : PIECE_LOST, rem_now(rem), out_last, err) == -1)
		return MAILBOX_LATER;
	return result;
}
