/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys - what access(5) looks up, in its order
 *
 *	own(keys) struct keys keys = KEYS;
 *	struct key key;
 *
 *	keys_of_address(&keys, "User+Ext@Sub.Dom.Tld", &options);
 *	while (keys_next(&keys, &key))
 *		puts(key.text);
 *
 * Of a mail address:		Of a client:
 *
 *	user+ext@sub.dom.tld		host.dom.tld
 *	user@sub.dom.tld		dom.tld, tld	(or with a leading dot)
 *	sub.dom.tld			192.0.2.1
 *	dom.tld, tld			192.0.2
 *	user+ext@			192.0
 *	user@				192
 *
 * Parents are .dom.tld, .tld without parents_match.  Of a HELO name: as for
 * the name of a client.  Of a pair: "sender recipient" for each key of the
 * sender, in their order, with each key of the recipient, in their order; each
 * of them first without and then with quotation marks around it, because
 * postmap(1) takes a key with a blank in it only in these, and keeps them.
 *
 * All are folded to lower case, as postmap(1) folds the keys of its tables;
 * but patterns see the name of a client or a HELO as it came, as in Postfix.
 * The null address has one key, "<>"; an address without a domain has no keys
 * for domains.  An address literal has no parents.
 *
 * An address comes as it was in MAIL FROM or RCPT TO: its local part may be
 * quoted.  As in Postfix, a key with a local part is tried in the quoted
 * form, if the local part needs quotes, and then without quotes.  A source
 * route and a final dot of the domain are dropped.
 *
 * The extension begins at the first of the delimiters in the local part,
 * unless that is its first character.  postmaster, mailer-daemon and
 * double-bounce have no extension; and with '-' among the delimiters neither
 * has owner-x or x-request.
 *
 * A domain with letters beyond ASCII, or with A-labels ("xn--"), is tried as
 * it came and then in the other form (IDNA 2008), at each step.
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

/* Both borrowed while the keys live. */
struct key {
	const char	*text;
	const char	*pattern;	/* what pattern tables see instead: the
					   complete address or name that it is
					   a key of; NULL: nothing */
};

struct keys {
	struct buf	 texts;		/* each with a NUL */
	struct buf	 entries;	/* of struct keys_entry, in order */
	size_t		 at;		/* of the next entry */
};
#define KEYS { .texts = BUF, .entries = BUF }

void	keys_of_address(struct keys *, const char *,
	    const struct keys_options *);
void	keys_of_client(struct keys *, const char *name, const char *address,
	    const struct keys_options *);	/* name may be "" */
void	keys_of_helo(struct keys *, const char *, const struct keys_options *);
void	keys_of_pair(struct keys *, const char *sender, const char *recipient,
	    const struct keys_options *);
bool	keys_next(struct keys *, struct key *out);
void	keys_drop(struct keys *);

static inline void
own_keys(struct keys *keys)
{
	keys_drop(keys);
}

#endif
