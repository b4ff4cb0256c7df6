/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * received_piece - pieces of a Received: field, and what they can be
 *
 * No piece has blanks at its ends.  Pure.
 */
#ifndef POLICY_CLIENT_RECEIVED_PIECE_H
#define POLICY_CLIENT_RECEIVED_PIECE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define RECEIVED_BLANKS " \t\r\n"

/* Borrowed from the field's value; text NULL: none. */
struct piece {
	const char	*text;
	size_t		 length;
};

/* piece_cut - from one place to another, without the blanks at both ends. */
struct piece piece_cut(const char *start, const char *end);
bool	 piece_is(struct piece, const char *word);	/* in any case */
bool	 piece_is_host(struct piece);	/* "name [address]" */

typedef char received_address[INET6_ADDRSTRLEN];

/* received_address_parse - "192.0.2.7", "192.0.2.7:25", "2001:db8::7",
 * "IPv6:2001:db8::7", "fe80::7%eth0", written in the one way that every address
 * has here: no port, no zone, and what is mapped to IPv6 as IPv4. */
bool	 received_address_parse(struct piece, received_address out);

/* received_literal_parse - "[address]"; *out_after: what follows it. */
bool	 received_literal_parse(struct piece, received_address out,
	    struct piece *out_after);

/* What stands in parentheses: */
enum received_comment {
	RECEIVED_OTHER,		/* nothing for us */
	RECEIVED_SAID,		/* what the client said in HELO */
	RECEIVED_TCP		/* TCP-info: the client that the relay saw */
};

struct received_tcp {
	received_address	 address;	/* "": it did not tell */
	struct piece	 name;		/* that the relay found for it, or none */
	struct piece	 said;		/* in HELO; or none */
};

/* received_comment_read - of what stands between the parentheses. */
enum received_comment received_comment_read(struct piece,
	    struct received_tcp *out);

#endif
