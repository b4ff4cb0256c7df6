/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known - an owner as whom a profile got into a mailbox
 *
 *	own(str) char *known = NULL;
 *
 *	known_note("courier", "alice@corp.example");	-- we are in
 *
 *	known = known_owner("courier");
 *	if (known != NULL)
 *		... try as that one ...
 *
 * Many servers answer a login for an owner whom they do not know as they answer
 * one with a wrong password.  Who can still get in as somebody else has no wrong
 * password.  One owner is kept for each profile, the last one.  Safe in threads.
 */
#ifndef REMEDIATE_KNOWN_H
#define REMEDIATE_KNOWN_H

void	 known_note(const char *profile, const char *owner);
char	*known_owner(const char *profile);	/* new; NULL: nobody is known */
/* known_forget - that one, if it is still he. */
void	 known_forget(const char *profile, const char *owner);

#endif
