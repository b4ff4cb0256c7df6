/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/mem.h"
#include "base/secret.h"

enum {
	LIKELY = 80,		/* what most formats make of their arguments */
	FEW = 128,		/* what a buf begins with */
	SECRET = 4096		/* the same of a secret one: whole pages */
};

char buf_nothing[1];

/* move_secret - without a trace where it was */
static void
move_secret(struct buf *buf, size_t size)
{
	char *data = secret_pages(size);

	if (data == NULL)
		mem_none();
	memcpy(data, buf->data, buf->len);
	if (buf->size > 0)
		secret_unmap(buf->data, buf->size);
	buf->data = data;
}

/* buf_room - room for n bytes and a NUL after len */
char *
buf_room(struct buf *buf, size_t n)
{
	size_t need = buf->len + n + 1;
	size_t size = buf->size > 0 ? buf->size : buf->secret ? SECRET : FEW;

	if (need <= buf->size)
		return buf->data + buf->len;
	while (size < need)
		size *= 2;
	if (buf->secret)
		move_secret(buf, size);
	else
		buf->data = mem_grow(buf->size > 0 ? buf->data : NULL, size, 1);
	buf->size = size;
	buf->data[buf->len] = '\0';
	return buf->data + buf->len;
}

/* buf_bytes - add n bytes */
void
buf_bytes(struct buf *buf, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_room(buf, n), bytes, n);
	buf->len += n;
	buf->data[buf->len] = '\0';
}

/* buf_text - add a string */
void
buf_text(struct buf *buf, const char *text)
{
	buf_bytes(buf, text, strlen(text));
}

/* buf_strings - add all up to a NULL */
void
buf_strings(struct buf *buf, ...)
{
	const char *text;
	va_list args;

	va_start(args, buf);
	while ((text = va_arg(args, const char *)) != NULL)
		buf_text(buf, text);
	va_end(args);
}

/* buf_byte - add one byte */
void
buf_byte(struct buf *buf, char byte)
{
	buf_room(buf, 1)[0] = byte;
	buf->data[++buf->len] = '\0';
}

/* buf_number - add digits */
void
buf_number(struct buf *buf, uint64_t number)
{
	char *to = buf_room(buf, DIGITS_MAX);
	char *end = digits_decimal(to, number);

	*end = '\0';
	buf->len += (size_t)(end - to);
}

/* buf_format - add what printf makes of it */
void
buf_format(struct buf *buf, const char *format, ...)
{
	va_list args;
	char *to = buf_room(buf, LIKELY);
	size_t room = buf->size - buf->len;
	int n;

	va_start(args, format);
	n = vsnprintf(to, room, format, args);
	va_end(args);
	if (n >= 0 && (size_t)n >= room) {
		to = buf_room(buf, (size_t)n);
		va_start(args, format);
		vsnprintf(to, (size_t)n + 1, format, args);
		va_end(args);
	}
	if (n > 0)
		buf->len += (size_t)n;
	buf->data[buf->len] = '\0';
}

/* buf_cut - keep the first n bytes */
void
buf_cut(struct buf *buf, size_t n)
{
	if (n >= buf->len)
		return;
	buf->len = n;
	buf->data[n] = '\0';
}

/* buf_shift - forget the first n bytes */
void
buf_shift(struct buf *buf, size_t n)
{
	if (n == 0)
		return;
	if (n >= buf->len) {
		buf_cut(buf, 0);
		return;
	}
	memmove(buf->data, buf->data + n, buf->len - n + 1);
	buf->len -= n;
}

/* buf_give - the bytes, on the heap, with a NUL after them; new */
char *
buf_give(struct buf *buf)
{
	char *data;

	assert(!buf->secret);
	buf_room(buf, 0);
	data = buf->data;
	*buf = (struct buf)BUF;
	return data;
}

/* buf_drop - free, and empty */
void
buf_drop(struct buf *buf)
{
	if (buf->size > 0 && buf->secret)
		secret_unmap(buf->data, buf->size);
	else if (buf->size > 0)
		free(buf->data);
	*buf = (struct buf){ .data = buf_nothing, .secret = buf->secret };
}
