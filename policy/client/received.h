/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * received - the client before a trusted relay, from a Received: field
 *
 *	Received: from mail.example (mx1.example [192.0.2.7])
 *		by gateway.example (Postfix) with ESMTP id ...
 *
 * After a content filter Postfix sees 127.0.0.1.  The true client stands in
 * the newest Received: field whose client is none of trusted_relays.  (RFC
 * 5321 4.4, the From-domain with its TCP-info)
 *
 * Such a field also has what the client said of itself, and not every relay
 * removes brackets, parentheses and blanks from that.  So a field counts only
 * when exactly one address in it can be the client's: the TCP-info in
 * parentheses; or, where the client's words follow in parentheses that are
 * marked as such, what is before them.  The forms of many programs are the
 * table of tests/unit/policy/client/test_received.c.
 */
#ifndef POLICY_CLIENT_RECEIVED_H
#define POLICY_CLIENT_RECEIVED_H

#include "base/mem.h"
#include "policy/client/client.h"

enum received_said {
	RECEIVED_CLIENT,	/* that client */
	RECEIVED_HANDED,	/* one part of a relay gave the message to
				   another: the field below is the relay's too */
	RECEIVED_NOTHING,	/* no client that can be trusted */
};

/* received_parse - what the value of a Received: field says; out is filled in
 * for RECEIVED_CLIENT alone, texts live in the arena.  The address is never an
 * IPv4-mapped one, nor has it a zone; the name is "unknown" when there is
 * none. */
enum received_said received_parse(const char *value, struct arena *,
	    struct client *out);

#endif
