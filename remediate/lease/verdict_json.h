/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict_json - what the API said of a message, as one gateway tells others
 *
 *	own(buf) struct buf text = BUF;
 *	struct arena arena = { 0 };
 *	struct api_message again;
 *
 *	verdict_json_write(&message, &text, &err);
 *	verdict_json_read(text.data, text.len, &arena, &again, &err);
 *	arena_drop(&arena);
 *
 * Pure.  An object with the keys that find of tdc-remediator(8) has, and retro
 * and action; a key that is unknown, of a later version, is passed over, one
 * that is missing is as if the API had not told it.
 */
#ifndef REMEDIATE_LEASE_VERDICT_JSON_H
#define REMEDIATE_LEASE_VERDICT_JSON_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/api/api.h"

/* verdict_json_write - -1: a text in it is not UTF-8. */
int	verdict_json_write(const struct api_message *, struct buf *out,
	    struct err *);

/* verdict_json_read - its texts are the arena's.  -1 (ERR_NEVER): it is no such
 * object, or has no id. */
int	verdict_json_read(const char *, size_t, struct arena *,
	    struct api_message *out, struct err *);

#endif
