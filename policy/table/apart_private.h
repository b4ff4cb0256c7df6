/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apart_private - what the parent and the child agree on
 */
#ifndef POLICY_TABLE_APART_PRIVATE_H
#define POLICY_TABLE_APART_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "policy/table/source.h"

/*
 * What goes through the pipe: a frame, then key and value (PAIR) or a struct
 * err (ERROR).  END or ERROR is the last; a pipe that ends without was the
 * child's crash.
 */
enum frame_kind { LOCKED, PAIR, END, ERROR };

struct frame {
	uint32_t	kind;
	uint32_t	key_length;
	uint32_t	value_length;
};

enum {
	STRING_MAX = 1 << 20,		/* of one key or value */
	PIPE_FD = 3,			/* where the child finds the pipe */
};

/* What came out of the pipe. */
struct frames {
	struct source	*source;	/* that gets the pairs */
	struct buf	 in;		/* what is not handed on yet */
	bool		 locked;	/* the child got as far as reading */
	bool		 ended;
};

/* frames_unpack - hand on those that are whole; -1: the child's err, or the
 * source's, or what no child in its right mind says. */
int	 frames_unpack(struct frames *, struct err *);

/* What both sides call the readers. */
struct apart_reader {
	const char	*name;
	source_read	*read;
};
extern const struct apart_reader apart_readers[];	/* ends with name NULL */

/* The child's argv: title, reader, path, one of the two words. */
extern char apart_title[], apart_waits[], apart_hurries[];

#endif
