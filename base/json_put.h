/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_put - one object of JSON, member by member, in one line
 *
 *	own(buf) struct buf out = BUF;
 *
 *	json_put_begin(&out);
 *	json_put_number(&out, "mid", mid);
 *	json_put_text(&out, "sender", envelope->sender);
 *	json_put_end(&out);
 *	puts(out.data);
 *
 * Keys are ours, and plain.  Objects and arrays may lie within others.
 */
#ifndef BASE_JSON_PUT_H
#define BASE_JSON_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* json_put_begin, json_put_end - of an object.
 * json_put_key - what follows is its value: json_put_begin() or
 * json_put_array(). */
void	json_put_begin(struct buf *);
void	json_put_end(struct buf *);
void	json_put_key(struct buf *, const char *key);

/* json_put_array, json_put_array_end - of an array, of objects or of
 * json_put_item(), which is as json_put_text(). */
void	json_put_array(struct buf *);
void	json_put_array_end(struct buf *);
void	json_put_item(struct buf *, const char *text);

/* json_put_text - as json_text_add_bytes() has it; NULL is null.
 * json_put_bytes - so many.
 * json_put_shown - as json_text_add_shown() has it.
 * json_put_time - ms since 1970, as seconds with three decimals. */
void	json_put_text(struct buf *, const char *key, const char *text);
void	json_put_shown(struct buf *, const char *key, const char *text);
void	json_put_bytes(struct buf *, const char *key, const char *, size_t);
void	json_put_number(struct buf *, const char *key, uint64_t);
void	json_put_time(struct buf *, const char *key, int64_t wall);
void	json_put_bool(struct buf *, const char *key, bool);
void	json_put_null(struct buf *, const char *key);

#endif
