/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * template - a value with $n in it, of a row of patterns
 *
 *	if (template_parse("$1-copy@intake.example name=$2", &arena,
 *	    &template, &err) == -1)
 *		return -1;
 *	if (template_fill(&template, &taken, &arena, &value, &err) == -1)
 *		return -1;
 *
 * The text that replaces $n was written by a sender: it may be anything.  So a
 * template is parsed once, when its table is loaded, and each of its parts is
 * filled by itself, later.  The action, the number of words, and where the
 * local part ends are all settled before anything is filled in:
 *
 *	$n in		may be replaced with
 *
 *	a local part	letters, digits, !#$%&'*+-/=?^_`{|}~ and dots, if the
 *			result is a dot-string (RFC 5321 4.1.2); within
 *			quotation marks no other characters either
 *	a domain	letters, digits, hyphens and dots, no dot at either
 *			end, if the result is a domain
 *	name=		anything; what a name cannot have becomes '?', and a
 *			name that is too long ends in "..."
 *
 * It is allowed nowhere else, and not in an address literal.  Pure.
 */
#ifndef POLICY_TEMPLATE_H
#define POLICY_TEMPLATE_H

#include "base/buf.h"
#include "policy/value.h"

struct template {
	const char	*text;		/* as it is in the table */
	enum action	 action;
	const char	*local, *domain; /* of ACTION_ADDRESS, else NULL */
	const char	*name;		/* or NULL */
};

/* template_parse - the texts of out are in the arena. */
int	 template_parse(const char *, struct arena *, struct template *out,
	    struct err *);

/* template_fill - the value for what the groups matched, see expand_taken();
 * its texts are in the arena.  -1: a text is not allowed where it would go. */
int	 template_fill(const struct template *, const struct buf *taken,
	    struct arena *, struct value *out, struct err *);

/* template_leads_to - could it become this address?  Never with $n in its
 * domain. */
bool	 template_leads_to(const struct template *, const char *address);

/* template_is_open - is there a $n in its domain? */
bool	 template_is_open(const struct template *);

#endif
