/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * isolate_private - what the parent and the child agree on
 */
#ifndef POLICY_TABLE_ISOLATE_PRIVATE_H
#define POLICY_TABLE_ISOLATE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "policy/table/source.h"

/*
 * What goes through the pipe: a frame, then key and value (FRAME_PAIR) or a
 * struct err (FRAME_ERROR).  FRAME_END or FRAME_ERROR is the last; when the
 * pipe ends without one, the child has crashed.
 */
enum frame_kind { FRAME_LOCKED, FRAME_PAIR, FRAME_END, FRAME_ERROR };

struct frame {
	uint32_t	kind;
	uint32_t	key_length;
	uint32_t	value_length;
};

enum {
	FRAME_TEXT_MAX = 1 << 20,	/* bytes of one key or value */
	ISOLATE_FD = 3,			/* where the child finds the pipe: the last of
					   struct start */
};

/* What has come out of the pipe. */
struct frames {
	struct source	*source;	/* gets the pairs */
	struct buf	 in;		/* not handed on yet */
	bool		 locked;	/* the child has begun to read */
	bool		 ended;
};

/* frames_unpack - hand on the complete frames; -1: the child's err, or the
 * source's, or bytes that no sound child sends. */
int	 frames_unpack(struct frames *, struct err *);

/* The names of the readers, for both sides. */
struct isolate_reader {
	const char	*name;
	source_read	*read;
};
extern const struct isolate_reader isolate_readers[];	/* last: name NULL */

/* The child's argv: title, reader, path, one of the two words. */
extern char isolate_title[], isolate_wait[], isolate_at_once[];

#endif
