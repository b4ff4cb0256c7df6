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
 */
#ifndef MILTER_RELAY_H
#define MILTER_RELAY_H

#include <stdbool.h>

#include "base/mem.h"

struct relay_client {
	const char	*address;	/* "192.0.2.7", "2001:db8::7" */
	const char	*name;		/* "unknown" when there is none */
	const char	*helo;
};

/* relay_parse - the client in the value of a Received: field; texts live in
 * the arena.  What the client said of itself (HELO) is never taken for its
 * address when TCP-info stands beside it.  False: no address there. */
bool	relay_parse(const char *value, struct arena *,
	    struct relay_client *out);

#endif
