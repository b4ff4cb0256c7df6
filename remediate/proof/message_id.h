/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * message_id - whether a Message-ID may be looked for
 *
 *	const char *why = message_id_fault("<1@x.example>");
 *
 *	if (why != NULL)
 *		printf("not looked for: %s\n", why);
 *
 * It is the sender's word.  One that is empty, or nothing but brackets, may
 * stand for every message in a search; one with control characters may end the
 * search's command; and mail stores have ideas of their own of one with blanks in
 * it.  A message whose Message-ID is so is looked for by its queue id.  Pure.
 */
#ifndef REMEDIATE_MESSAGE_ID_H
#define REMEDIATE_MESSAGE_ID_H

enum { MESSAGE_ID_MAX = 998 };

/* message_id_fault - NULL: it is one, with its <>; else a few words. */
const char *message_id_fault(const char *);

#endif
