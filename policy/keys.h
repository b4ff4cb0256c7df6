/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys - what access(5) looks up for a mail address, in its order
 *
 *	own(keys) struct keys keys = KEYS;
 *	struct key key;
 *
 *	keys_of_address(&keys, "User+Ext@Sub.Dom.Tld", &options);
 *	while (keys_next(&keys, &key))
 *		... key.text ...
 *
 *	user+ext@sub.dom.tld
 *	user@sub.dom.tld
 *	sub.dom.tld
 *	dom.tld, tld		or .dom.tld, .tld without parents_match
 *	user+ext@
 *	user@
 *
 * All in lower case (ASCII), as postmap(1) folds the keys of its tables.  The
 * null address has one key, "<>"; an address without a domain has no keys
 * of domains.  An address literal has no parents.
 *
 * An address comes as it stood in MAIL FROM or RCPT TO: a local part may be
 * quoted.  As in Postfix, a key with a local part is tried in the quoted
 * form, if the local part needs quotes, and then without quotes.  A source
 * route and a final dot of the domain are left out.
 *
 * The extension begins at the first of the delimiters in the local part,
 * unless nothing stands before it.  postmaster, mailer-daemon and
 * double-bounce have none; and with '-' among the delimiters neither has
 * owner-x or x-request.
 */
#ifndef POLICY_KEYS_H
#define POLICY_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct keys_options {
	const char	*delimiters;	/* recipient_delimiter */
	bool		 parents_match;	/* parent_domain_matches_subdomains */
};

struct key {
	const char	*text;		/* borrowed while the keys live */
	bool		 whole;		/* the whole address: pattern tables
					   see no other key */
};

struct keys {
	struct buf	 texts;		/* keys with a local part, with NULs */
	size_t		 at;		/* the next of them */
	size_t		 parted;	/* keys of domains come here */
	size_t		 wholes;	/* keys before it are the whole address */
	const char	*domain;	/* the next one, or NULL */
	bool		 parents_match;
};
#define KEYS { .texts = BUF }

void	keys_of_address(struct keys *, const char *,
	    const struct keys_options *);
bool	keys_next(struct keys *, struct key *out);
void	keys_drop(struct keys *);

static inline void
own_keys(struct keys *keys)
{
	keys_drop(keys);
}

#endif
