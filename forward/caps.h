/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * caps - what a server offers in its reply to EHLO
 *
 *	caps_parse(&reply, &caps);
 *	if (caps.pipelining && caps.chunking) ...
 *
 *	ehlo-line = keyword *( SP parameter )	; each line but the first
 *
 * Keywords without regard to case; unknown ones are passed over.  Pure.
 */
#ifndef FORWARD_CAPS_H
#define FORWARD_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "forward/reply.h"

struct caps {
	bool		pipelining;	/* RFC 2920 */
	bool		chunking;	/* RFC 3030 */
	bool		binarymime;	/* RFC 3030; only with chunking */
	bool		eightbitmime;	/* RFC 6152 */
	bool		smtputf8;	/* RFC 6531 */
	bool		starttls;	/* RFC 3207 */
	bool		size;		/* RFC 1870 */
	uint64_t	size_limit;	/* 0: none announced */
};

void	caps_parse(const struct reply *, struct caps *out);

#endif
