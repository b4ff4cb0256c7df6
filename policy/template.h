/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * template - a value with $n in it, of a row of patterns
 *
 *	template_parse("$1-copy@intake.example name=$2", &arena, &template,
 *	    &err);
 *	template_fill(&template, &taken, &arena, &value, &err);
 *
 * What stands for $n was written by whoever sends mail: it may be anything.
 * So a template is understood once, when its table is loaded, and each of its
 * parts is filled by itself, later.  What the value asks for, how many words
 * it has, and where the local part ends, is settled before anything is put in:
 *
 *	$n in		may stand for
 *
 *	a local part	letters, digits, !#$%&'*+-/=?^_`{|}~ and dots, such
 *			that a dot-string comes of it (RFC 5321 4.1.2); in
 *			quotation marks no other characters either
 *	a domain	letters, digits, hyphens and dots, no dot at either
 *			end, such that a domain comes of it
 *	name=		anything; what no name has becomes '?', and one that
 *			is too long ends in "..."
 *
 * It stands nowhere else; in an address literal neither.  Pure.
 */
#ifndef POLICY_TEMPLATE_H
#define POLICY_TEMPLATE_H

#include "base/buf.h"
#include "policy/value.h"

struct template {
	const char	*text;		/* as it stands in the table */
	enum action	 action;
	const char	*local, *domain; /* of ACTION_ADDRESS, else NULL */
	const char	*name;		/* or NULL */
};

/* template_parse - texts of out live in the arena. */
int	 template_parse(const char *, struct arena *, struct template *out,
	    struct err *);

/* template_fill - the value for what the groups took, see expand_taken(); its
 * texts live in the arena.  -1: one of them cannot stand where it should. */
int	 template_fill(const struct template *, const struct buf *taken,
	    struct arena *, struct value *out, struct err *);

/* template_leads_to - could it come to be this address?  Only when there is no
 * $n in its domain. */
bool	 template_leads_to(const struct template *, const char *address);

/* template_is_open - is there a $n in the domain? */
bool	 template_is_open(const struct template *);

#endif
