/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/content.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/again.h"
#include "forward/smtp/dot.h"

enum { DOTTED = CONTENT_PIECE / 4 };	/* octets that are looked at in one go */

/* content_flush - write what is in out */
int
content_flush(struct buf *out, struct conn *conn, struct err *err)
{
	if (conn_write(conn, out->data, out->len, err) == -1)
		return -1;
	buf_cut(out, 0);
	return 0;
}

/* content_part - the same, where more follows without a wait */
int
content_part(struct buf *out, struct conn *conn, struct err *err)
{
	if (conn_write_part(conn, out->data, out->len, err) == -1)
		return -1;
	buf_cut(out, 0);
	return 0;
}

/* read_piece - bytes of the message, which were there when it was opened */
static ssize_t
read_piece(const struct letter *letter, uint64_t at, char *to, size_t n,
    struct err *err)
{
	ssize_t got;

	if (n > letter->length - at)
		n = (size_t)(letter->length - at);
	if (letter->bytes != NULL) {
		memcpy(to, letter->bytes + at, n);
		return (ssize_t)n;
	}
	got = AGAIN(pread(letter->fd, to, n, (off_t)at));
	if (got > 0)
		return got;
	if (got == 0)
		err_set(err, ERR_NEVER, "message cut short");
	else
		err_sys(err, "read message");
	err->sys = ECANCELED;
	return -1;
}

/* content_chunk - as it is */
int
content_chunk(const struct letter *letter, struct buf *out, struct conn *conn,
    struct err *err)
{
	ssize_t got;

	buf_bytes(out, letter->head->data, letter->head->len);
	for (uint64_t at = 0; at < letter->length; at += (uint64_t)got) {
		if (out->len >= CONTENT_PIECE &&
		    content_part(out, conn, err) == -1)
			return -1;
		got = read_piece(letter, at,
		    buf_room(out, CONTENT_PIECE - out->len),
		    CONTENT_PIECE - out->len, err);
		if (got == -1)
			return -1;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
	}
	buf_bytes(out, letter->tail->data, letter->tail->len);
	return 0;
}

/* UNFILLED - not even with zeros (-ftrivial-auto-var-init): it is large, and
 * only what was read into it is looked at */
#ifdef __has_attribute
#if __has_attribute(uninitialized)
#define UNFILLED __attribute__((uninitialized))
#endif
#endif
#ifndef UNFILLED
#define UNFILLED
#endif

/* add_dotted - the next n bytes, which stand where out ends, in its room: there
 * they stay up to a dot that may have to be doubled */
static void
add_dotted(struct dot *dot, size_t n, struct buf *out)
{
	char rest[DOTTED] UNFILLED;
	size_t plain = dot_plain(dot, out->data + out->len, n);

	n -= plain;
	memcpy(rest, out->data + out->len + plain, n);
	out->len += plain;
	out->data[out->len] = '\0';
	dot_stuff(dot, rest, n, out);
}

/* content_dotted - its dots doubled, and the end */
int
content_dotted(const struct letter *letter, struct buf *out,
    struct conn *conn, struct err *err)
{
	struct dot dot = DOT;
	ssize_t got;

	dot_stuff(&dot, letter->head->data, letter->head->len, out);
	for (uint64_t at = 0; at < letter->length; at += (uint64_t)got) {
		got = read_piece(letter, at, buf_room(out, DOTTED), DOTTED,
		    err);
		if (got == -1)
			return -1;
		add_dotted(&dot, (size_t)got, out);
		if (out->len >= CONTENT_PIECE &&
		    content_part(out, conn, err) == -1)
			return -1;
	}
	dot_stuff(&dot, letter->tail->data, letter->tail->len, out);
	dot_end(&dot, out);
	return 0;
}
