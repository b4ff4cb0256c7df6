/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report - the journal report around a message
 *
 *	report_nonce(nonce);
 *	report_compose(&envelope, &options, header, header_size, &report);
 *	... send report.head, the message, report.tail ...
 *	report_drop(&report);
 *
 *	header of the report		Subject, Cc, To, From of the original, ...
 *	--boundary
 *	text/plain			Sender:, Subject:, Message-Id:, Recipient:
 *					lines ([MS-XJRNL] 2.1)
 *	--boundary
 *	message/rfc822			Return-Path:, X-IronPort-RemoteIP:,
 *					Received:, then the message, byte for byte
 *	--boundary--
 *
 * What stands before and after the message is composed here, from the
 * envelope and the message's own header; the message itself is never copied.
 * Pure but for report_nonce(): no I/O, no clock.
 *
 * What goes to another intake than its own has, at the end of the header,
 *
 *	X-TDC-Undelivered: 5xx; <journal@intake.example>
 *
 * The form is that of Exchange's reports, which intakes and archives know.
 * What they do not show, or what readers differ about:
 *
 *	null sender	"Sender: <>" ([MS-XJRNL] 2.1.2, a reverse-path), unless
 *			null_sender says otherwise; Return-Path: is <> always
 *	no Message-ID	"Message-Id: " and nothing: the line is not optional,
 *			and Exchange's "Unknown Message-ID" is no msg-id
 *	subject		decoded (RFC 2047) and in UTF-8, quoted-printable where
 *			that is not ASCII; words that cannot be decoded stay,
 *			and control characters become "?"
 *	recipients	each in a line of its own, in the envelope's order,
 *			however many; a quoted local part that needs no quotes
 *			loses them (RFC 5321 4.1.2)
 *	addresses with	UTF-8 (SMTPUTF8) as they are.  Other bytes, which no
 *	8-bit bytes	RFC allows and Postfix may take, as they are too: then
 *			the part is windows-1252, and the subject stays raw
 *	no header, or	the attachment is the lines put on top of it, an empty
 *	no bytes at all	line, and what there is
 *	whose report	Sender: and Message-ID: tell.  The field X-MS-Exchange-
 *			Generated-Message-Source names a role, "Journal Agent"
 */
#ifndef JOURNAL_REPORT_H
#define JOURNAL_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "journal/envelope.h"

struct report_options {
	const char	*from;		/* journal_from: an address */
	const char	*null_sender;	/* journal_null_sender: <> or an address */
	const char	*remote_ip_header; /* name without colon; "": none */
	const char	*host;		/* helo_name, for Message-ID */
	const char	*nonce;		/* of report_nonce(), for this report */
	const char	*undelivered;	/* why its own intake did not get it, a
					   word; NULL: it is for that one */
	bool		 bcc;		/* journal_format = bcc: no report, the
					   plain message below X-CSE- fields */
};

struct report {
	struct buf	head;		/* before the message */
	struct buf	tail;		/* after it; its first CRLF belongs to
					   the boundary (RFC 2046 5.1.1), so a
					   final CRLF of the message stays */
	bool		eight_bit;	/* needs BODY=8BITMIME */
	bool		binary;		/* BODY=BINARYMIME if offered: lines over
					   998, NUL, stray CR or LF */
};

/* report_nonce - fresh random letters, for one report.  The boundary is made
 * of it: nobody who wrote a message can have put its boundary there. */
#define REPORT_NONCE 33
char	*report_nonce(char out[REPORT_NONCE]);

/* report_compose - header: the first bytes of the message, its header or as
 * much of it as is to be looked at.  Message-ID is the same for each attempt
 * at one copy, so a copy sent twice can be told. */
void	report_compose(const struct envelope *, const struct report_options *,
	    const char *header, size_t, struct report *out);
void	report_drop(struct report *);

#endif
