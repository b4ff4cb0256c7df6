/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buf - bytes that grow
 *
 *	own(buf) struct buf buf = BUF;
 *
 *	buf_text(&buf, "Subject: ");
 *	buf_bytes(&buf, value, length);
 *	buf_texts(&buf, "To: <", to, ">\r\n");	-- ten times faster than
 *	buf_format(&buf, " (%zu bytes)\r\n", length);
 *
 * Invariants: data is never NULL and data[len] is a NUL that does not count,
 * so data is a string as long as no NUL was added.  Adding never fails (see
 * mem.h).
 *
 * A BUF_SECRET lies in pages of its own, which no core dump has, and which are
 * wiped when it grows out of them or is dropped.  It cannot be given.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/own.h"

struct buf {
	char	*data;
	size_t	 len;
	size_t	 size;		/* 0: data is not on the heap */
	bool	 secret;
};

extern char buf_nothing[1];
#define BUF { .data = buf_nothing }
#define BUF_SECRET { .data = buf_nothing, .secret = true }

void	 buf_bytes(struct buf *, const void *, size_t);
void	 buf_text(struct buf *, const char *);
/* one string after the other */
#define buf_texts(buf, ...) buf_strings((buf), __VA_ARGS__, (char *)NULL)
void	 buf_strings(struct buf *, ...) __attribute__((sentinel));
void	 buf_byte(struct buf *, char);
void	 buf_number(struct buf *, uint64_t);	/* in decimal */
void	 buf_format(struct buf *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
char	*buf_room(struct buf *, size_t);  /* borrowed: len unchanged, room for n */
void	 buf_cut(struct buf *, size_t);		/* shorten to n bytes */
void	 buf_shift(struct buf *, size_t);	/* forget the first n bytes */
char	*buf_give(struct buf *);	/* new; the buf is empty after */
void	 buf_drop(struct buf *);	/* as before the first byte */

static inline void
own_buf(struct buf *buf)
{
	buf_drop(buf);
}

#endif
