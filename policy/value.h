/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * value - what stands to the right of a key in a policy table
 *
 *	value	= ( "NO" / "DEFAULT" / "DUNNO" / mailbox ) [ "name=" word ]
 *	mailbox	= local-part "@" ( domain / address-literal )	; RFC 5321 4.1.2
 *	word	= 1*64( printable ASCII )
 *
 * The three words in any case, blanks between the two parts.  Pure.
 *
 * In tables of patterns $n may stand for a part of it: then what it is can
 * be told when something was found, and not before.
 */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

enum action {
	ACTION_DUNNO,		/* ask the next table */
	ACTION_NO,		/* no copy */
	ACTION_DEFAULT,		/* to intake_address */
	ACTION_ADDRESS,		/* to this address */
	ACTION_LATER,		/* $n is not known yet */
};

struct value {
	enum action	 action;
	const char	*intake;	/* of ACTION_ADDRESS, else NULL */
	const char	*name;		/* name=WORD, or NULL */
};

/* value_parse - texts of out live in the arena. */
int	 value_parse(const char *, struct arena *, struct value *out,
	    struct err *);

/* value_check - of a value with $n: can it become a good one at all? */
int	 value_check(const char *, struct err *);

/* value_leads_to - could a value with $n come to be this address?  Only if at
 * least its domain is known. */
bool	 value_leads_to(const char *, const char *address);

/* value_is_mailbox - a plausible user@domain of at most 254 bytes. */
bool	 value_is_mailbox(const char *);

#endif
