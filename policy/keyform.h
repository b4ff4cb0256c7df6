/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keyform - the form of a key: can a lookup ever ask for it?
 *
 *	why = keyform_fault(KEY_RECIPIENT, "@example.com", true, &arena);
 *	-- "keys like this are for virtual(5): write example.com"
 *
 * postmap(1) takes any text as a key.  Many habits from other tables and
 * programs lead to keys that nothing ever asks for; see keys.h for what is
 * looked up.  Pure.
 */
#ifndef POLICY_KEYFORM_H
#define POLICY_KEYFORM_H

#include <stdbool.h>

#include "base/mem.h"

/* What a check looks up. */
enum key_kind { KEY_CLIENT, KEY_HELO, KEY_PAIR, KEY_RECIPIENT, KEY_SENDER };

/* keyform_fault - what is wrong with the key, and what to write instead;
 * static or in the arena.  NULL: nothing obvious. */
const char *keyform_fault(enum key_kind, const char *key, bool parents_match,
	    struct arena *);

/* keyform_blank - the blank between the halves of a pair that has no quotation
 * marks around it; NULL: there is none. */
const char *keyform_blank(const char *pair);

/* keyform_is_network - is it an IP address, or the first numbers of one? */
bool	 keyform_is_network(const char *key);

#endif
