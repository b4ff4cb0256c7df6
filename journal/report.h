/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report - the journal report around a message
 *
 *	header of the report		From, To, Subject of the original, ...
 *	--boundary
 *	text/plain			Sender:, Subject:, Message-Id:, To:/Cc:/
 *					Recipient: lines ([MS-XJRNL] 2.1)
 *	--boundary
 *	message/rfc822			X-IronPort-RemoteIP:, Received:, then the
 *					message, byte for byte
 *	--boundary--
 *
 * What stands before and after the message is composed here, from the
 * envelope and the message's own header; the message itself is never copied.
 * Pure: no I/O, no clock.
 */
#ifndef JOURNAL_REPORT_H
#define JOURNAL_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "journal/envelope.h"

struct report_options {
	const char	*from;		/* journal_from: an address */
	const char	*remote_ip_header; /* name without colon; "": none */
	const char	*host;		/* helo_name, for Message-ID */
};

struct report {
	struct buf	head;		/* before the message */
	struct buf	tail;		/* after it; begins with CRLF when the
					   message does not end in one */
	bool		eight_bit;	/* needs BODY=8BITMIME */
	bool		binary;		/* lines over 998: BINARYMIME if offered */
};

/* report_compose - header: the first envelope->header_length bytes of the
 * message; ends_in_newline: whether the message ends in CRLF. */
void	report_compose(const struct envelope *, const struct report_options *,
	    const char *header, bool ends_in_newline, struct report *out);
void	report_drop(struct report *);

#endif
