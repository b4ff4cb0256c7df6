/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * relay - the client behind a trusted relay, as a Received: field tells it
 *
 *	Received: from mail.example (mx1.example [192.0.2.7])
 *		by gateway.example (Postfix) with ESMTP id ...
 *
 * Behind an after-queue content filter Postfix sees 127.0.0.1.  The true
 * client stands in the newest Received: field whose client is none of
 * trusted_relays.  (RFC 5321 4.4, the From-domain with its TCP-info)
 *
 * In such a field stands what the client said of itself, too, and not every
 * relay takes brackets, parentheses and blanks out of that.  So a field is read
 * only when one address in it can be the client's, and no other: the TCP-info
 * in parentheses; or, where what the client said stands behind, in parentheses
 * that say so, what is in front of them.  The forms of many programs are the
 * table of tests/unit/test_relay.c.
 */
#ifndef MILTER_RELAY_H
#define MILTER_RELAY_H

#include "base/mem.h"

struct relay_client {
	const char	*address;	/* "192.0.2.7", "2001:db8::7": never an
					   IPv4-mapped one, nor with a zone */
	const char	*name;		/* "unknown" when there is none */
	const char	*helo;
};

enum relay_said {
	RELAY_CLIENT,		/* that client */
	RELAY_HANDED,		/* one part of a relay gave the message to
				   another: the field below is the relay's too */
	RELAY_NOTHING,		/* no client that could be trusted to be it */
};

/* relay_parse - what the value of a Received: field says; out is filled in for
 * RELAY_CLIENT alone, texts live in the arena. */
enum relay_said relay_parse(const char *value, struct arena *,
	    struct relay_client *out);

#endif
