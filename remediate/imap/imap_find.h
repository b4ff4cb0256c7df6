/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_find - the folders of an owner, and what is found in them */
#ifndef REMEDIATE_IMAP_FIND_H
#define REMEDIATE_IMAP_FIND_H

#include "remediate/imap/imap_box_private.h"

struct folders {
	const struct imap_box *box;
	char		**names;	/* as the wire has them; INBOX first */
	size_t		 count;
};

/* folders_list - MAILBOX_NOBODY: there is none.  out is to be dropped, whatever
 * the result. */
enum mailbox_result folders_list(struct imap_box *, struct folders *out,
	    struct err *);
void	 folders_drop(struct folders *);

struct find_wish {
	const char	*message_id;
	int64_t		 since;
	mailbox_each	*each;
	void		*arg;
};

/* find_all - as find() of mailbox.h. */
enum mailbox_result find_all(struct imap_box *, const struct find_wish *,
	    struct err *);

#endif
