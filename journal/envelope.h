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
};

/* envelope_format - append one line of JSON, without its line end.  Bytes
 * that are not UTF-8 survive the way there and back (as U+DC80..U+DCFF
 * escapes of the single bytes, written \u005cxNN in the text). */
void	envelope_format(const struct envelope *, struct buf *);

/* envelope_parse - the other way; texts live in the arena. */
int	envelope_parse(const char *json, size_t, struct arena *,
	    struct envelope *out, struct err *);

#endif
