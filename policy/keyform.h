/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keyform - the form of a key: can a lookup ever ask for it?
 *
 *	why = keyform_fault(KEY_RECIPIENT, "@example.com", true, &arena);
 *	-- "virtual(5) has keys like this: write example.com"
 *
 * postmap(1) takes any text for a key.  Many a habit of other tables and
 * programs makes one that nothing asks for, see keys.h for what does.  Pure.
 */
#ifndef POLICY_KEYFORM_H
#define POLICY_KEYFORM_H

#include <stdbool.h>

#include "base/mem.h"

/* What a check looks up. */
enum key_kind { KEY_CLIENT, KEY_HELO, KEY_PAIR, KEY_RECIPIENT, KEY_SENDER };

/* keyform_fault - what is wrong with it, and what to write instead; static or
 * in the arena.  NULL: nothing that would be plain to see. */
const char *keyform_fault(enum key_kind, const char *key, bool parents_match,
	    struct arena *);

/* keyform_is_network - an address, or the numbers that one begins with? */
bool	 keyform_is_network(const char *key);

#endif
