/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dot - a message made fit for DATA (RFC 5321 4.5.2), piece by piece
 *
 *	struct dot dot = DOT;
 *
 *	while (... a piece of any size ...)
 *		dot_stuff(&dot, piece, n, &out);
 *	dot_end(&dot, &out);
 *
 * A dot at the start of a line is doubled.  A line starts after CRLF.  Some
 * servers also take a bare CR or LF for a line end, or drop NULs, and so a
 * lone dot between such for the end of the message (SMTP smuggling): that dot
 * is doubled too.  Then, and only then, a strict server sees one dot more than
 * was there.  Nothing else is changed.  Pure.
 */
#ifndef FORWARD_DOT_H
#define FORWARD_DOT_H

#include <stddef.h>

#include "base/buf.h"

struct dot {
	enum {
		DOT_LINE,	/* at the start of a line */
		DOT_TEXT,	/* inside one */
		DOT_CR,		/* after a CR */
		DOT_LF,		/* after an LF that had no CR, or NULs where
				   a line may have started */
		DOT_HELD,	/* after a dot that follows one of these: it
				   is held back until we see whether it
				   stands alone */
	} state;
};
#define DOT { .state = DOT_LINE }

void	dot_stuff(struct dot *, const char *, size_t, struct buf *out);

/* dot_plain - how many bytes, from the first on, go as they are; that those did
 * is then known.  The next one, if there is one, needs dot_stuff(). */
size_t	dot_plain(struct dot *, const char *, size_t);

/* dot_end - end the last line if the message did not, then the lone dot. */
void	dot_end(struct dot *, struct buf *out);

#endif
