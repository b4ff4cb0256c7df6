/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_ticket - what names one message, in one line
 *
 *	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
 *
 *	if (imap_ticket_parse("key ...", &ticket))
 *		... ticket.folder.data, ticket.uid ...
 *	imap_ticket_print(&ticket, &line);
 *
 * A key says where a message is and how to know it again; a handle also where it
 * was, for the way back.  Words of imap_names.h:
 *
 *	key    = "key" validity uid size digest folder
 *	handle = ( "own" / "other" ) validity uid size digest folder
 *	         home flags date message-id
 *
 * Folders are as the wire has them.  The digest is of the header: a server that
 * gives numbers twice, or was restored from a backup, shows another message then.
 * Pure.
 */
#ifndef REMEDIATE_IMAP_TICKET_H
#define REMEDIATE_IMAP_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum imap_ticket_kind { IMAP_KEY, IMAP_OWN, IMAP_OTHER };
enum { IMAP_DIGEST = 33 };

struct imap_ticket {
	enum imap_ticket_kind kind;
	uint32_t	 validity, uid;
	int64_t		 size;
	char		 digest[IMAP_DIGEST];
	struct buf	 folder;	/* where it is; IMAP_OTHER: in the
					   quarantine account */
	/* of a handle */
	struct buf	 home;		/* where it was */
	struct buf	 flags, date;	/* as FETCH has them */
	struct buf	 id;		/* Message-ID, for people; "" when it has
					   not exactly one */
};
#define IMAP_TICKET { .folder = BUF, .home = BUF, .flags = BUF, .date = BUF, \
    .id = BUF }

/* imap_ticket_parse - false: it is none; the ticket must be new. */
bool	 imap_ticket_parse(const char *, struct imap_ticket *out);
void	 imap_ticket_print(const struct imap_ticket *, struct buf *out);
void	 imap_ticket_drop(struct imap_ticket *);

/* imap_digest - of a header. */
void	 imap_digest(const char *, size_t, char out[IMAP_DIGEST]);

/* imap_message_id - of the only Message-ID field of a header, without blanks
 * around it; false: there is none, or several. */
bool	 imap_message_id(const char *header, size_t, struct buf *out);

static inline void
own_imap_ticket(struct imap_ticket *ticket)
{
	imap_ticket_drop(ticket);
}

#endif
