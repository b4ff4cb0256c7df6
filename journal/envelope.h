/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * envelope - what travels with a copy besides the message
 *
 * Plain data.  Texts are borrowed from whoever filled it in (an arena, or
 * the copy that it was loaded with); none is NULL but where it says so.
 * Addresses are as in RFC 5321 without the angle brackets; "" is the null
 * reverse-path.
 */
#ifndef JOURNAL_ENVELOPE_H
#define JOURNAL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct envelope {
	uint64_t	 mid;
	const char	*intake;	/* message intake address */
	const char	*sender;
	const char	**recipients;	/* those that led to this intake */
	size_t		 recipient_count;
	const char	*queue_id;	/* Postfix's; "" when unknown */
	const char	*message_id;	/* with its <>; "" when there is none */
	const char	*client_addr;	/* "192.0.2.1", "2001:db8::1", "" */
	const char	*client_name;	/* verified name or "unknown" */
	const char	*helo;		/* "" when there was none */
	const char	*protocol;	/* "SMTP", "ESMTP", "ESMTPS", ... RFC 3848 */
	const char	*gateway;	/* Postfix's myhostname, for Received: */
	const char	*policy;	/* name=WORD of the deciding entry, or its key */
	int64_t		 accepted;	/* ms since 1970 */
	uint64_t	 length;	/* of the message */
	uint64_t	 header_length;	/* up to and with the empty line */
	uint64_t	 longest_line;	/* octets without CRLF */
	bool		 eight_bit;	/* bytes over 127 in the message */
	bool		 smtputf8;	/* addresses over 127 in the envelope */
	bool		 binary;	/* NUL, or CR or LF that ends no line */
	int64_t		 booted;	/* when it was accepted, by clock_boot();
					   0: unknown */
	bool		 outgoing;	/* from one of our own clients */
};

/* envelope_format - append one line of JSON, without its line end; keys are
 * the names above, in that order.  Texts need not be UTF-8: a byte that is
 * not part of a UTF-8 character stands there as \xNN (two lower-case hex
 * digits), a backslash as two; so every text survives the way there and back.
 * Numbers go up to 2^63 - 1. */
void	envelope_format(const struct envelope *, struct buf *);

/* envelope_parse - the other way; texts live in the arena.  Keys that it
 * does not know are passed over, one that is missing is an error (always
 * ERR_NEVER); but for those after smtputf8, which copies from before an
 * upgrade do not have: zero then. */
int	envelope_parse(const char *json, size_t, struct arena *,
	    struct envelope *out, struct err *);

#endif
