/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_talk_private - what imap_talk.c and imap_login.c share */
#ifndef REMEDIATE_IMAP_TALK_PRIVATE_H
#define REMEDIATE_IMAP_TALK_PRIVATE_H

#include "remediate/imap/imap_frame.h"
#include "remediate/imap/imap_talk.h"

struct imap_talk {
	const struct imap_login	*login;
	struct imap_link	*link;
	struct imap_frame	 frame;
	struct imap_can		 can;
	unsigned		 number;	/* of the last tag */
	size_t			 octets;	/* answered to this command */
	unsigned		 answers;
	bool			 dead;
	char			 tag[32];
};

/* talk_answer - the next answer of any kind; it lives until the one after. */
int	 talk_answer(struct imap_talk *, struct imap_answer *, struct err *);
/* talk_broken - what the server says is no IMAP: -1. */
int	 talk_broken(const struct imap_talk *, const char *why, struct err *);
void	 talk_capabilities(struct imap_talk *, struct imap_cursor);
/* talk_login - greeting, STARTTLS, AUTHENTICATE. */
int	 talk_login(struct imap_talk *, enum imap_refusal *out_refused, struct err *);

#endif
