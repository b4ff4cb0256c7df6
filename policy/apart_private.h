/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apart_private - what the parent and the child agree on
 */
#ifndef POLICY_APART_PRIVATE_H
#define POLICY_APART_PRIVATE_H

#include <stdint.h>

#include "policy/source.h"

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

/* What both sides call the readers. */
struct apart_reader {
	const char	*name;
	source_read	*read;
};
extern const struct apart_reader apart_readers[];	/* ends with name NULL */

extern char apart_title[];	/* the child's argv[0]; its reader and the path
				   are the arguments */

#endif
