/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * value - the value of a key in a policy table
 *
 *	value	= ( "NO" / "DEFAULT" / "DUNNO" / mailbox ) [ "name=" word ]
 *	mailbox	= local-part "@" ( domain / address-literal )	; RFC 5321 4.1.2
 *	word	= 1*64( printable ASCII )
 *
 * The three words in any case, the two parts separated by blanks.  Pure.
 *
 * A value with $n in it, in a pattern table, is a template (template.h).
 */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

enum action {
	ACTION_DUNNO,		/* ask the next table */
	ACTION_NO,		/* no copy */
	ACTION_DEFAULT,		/* to intake_address */
	ACTION_ADDRESS,		/* to this address */
};

struct value {
	enum action	 action;
	const char	*intake;	/* of ACTION_ADDRESS, else NULL */
	const char	*name;		/* name=WORD, or NULL */
};

/* value_parse - the texts of out are in the arena. */
int	 value_parse(const char *, struct arena *, struct value *out,
	    struct err *);

/* value_text - a value as it would be written in a table; in the arena. */
char	*value_text(const struct value *, struct arena *);

/* value_is_mailbox - a plausible user@domain of at most 254 bytes. */
bool	 value_is_mailbox(const char *);

/* ---- what values and templates are made of ---- */

#define VALUE_LETDIG "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "0123456789"
#define VALUE_ATEXT VALUE_LETDIG "!#$%&'*+-/=?^_`{|}~"
enum { VALUE_NAME_MAX = 64 };

/* value_words - the first word of a text, in which a quoted local part may
 * have blanks, and what follows it; both in the arena. */
void	 value_words(const char *, struct arena *, char **out_word,
	    char **out_rest);
/* value_keyword - NO, DEFAULT or DUNNO?  *out is written only then. */
bool	 value_keyword(const char *, enum action *out);
/* value_local_length - of the local part, valid or not, at the start. */
size_t	 value_local_length(const char *);
bool	 value_is_domain(const char *);
bool	 value_is_name(const char *);

#endif
