/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pieces - what was moved out of mailboxes: put back, purged, or looked for
 *
 *	switch (pieces_settle(rem, box, &piece, message_id, &err)) {
 *	case MAILBOX_DONE:	... it was moved, and the state has its handle ...
 *	case MAILBOX_GONE:	... it was not, or is not there any more ...
 *	default:		... nobody can tell now ...
 *	}
 */
#ifndef REMEDIATE_PIECES_H
#define REMEDIATE_PIECES_H

#include "remediate/mailbox/mailbox.h"
#include "remediate/remediator.h"

/* pieces_open - the mailbox of a piece by its profile; MAILBOX_LATER while that
 * rests, MAILBOX_NEVER when there is no such profile any more. */
enum mailbox_result pieces_open(const struct remediator *,
	    const struct state_piece *, struct mailbox **out, struct err *);

/* pieces_settle - of one that was intended, when nobody knows whether it was
 * moved; the state has the answer when it returns. */
enum mailbox_result pieces_settle(const struct remediator *,
	    struct mailbox *, const struct state_piece *,
	    const char *message_id, struct err *);

/* pieces_restore - where it was; PIECE_RETURNED in the state.  pieces_purge - for
 * good; *out_last: it was the last of its action, which the state has as purged.
 * MAILBOX_GONE: it is not there any more, which the state has, too. */
enum mailbox_result pieces_restore(const struct remediator *,
	    const struct state_piece *, const char *message_id, struct err *);
enum mailbox_result pieces_purge(const struct remediator *,
	    const struct state_piece *, bool *out_last, struct err *);

#endif
