/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strength - which of two keys of a table a lookup tries first
 *
 *	if (strength_of(KEY_SENDER, "example.com", "+") >
 *	    strength_of(KEY_SENDER, "abuse@", "+"))
 *		puts("example.com decides about abuse@example.com");
 *
 * The order is that of keys.h.  It says nothing of keys that no address has in
 * common, and the two forms of an internationalized domain are equal.  Pure.
 */
#ifndef POLICY_STRENGTH_H
#define POLICY_STRENGTH_H

#include <stdint.h>

#include "policy/keyform.h"

/* strength_of - the greater one is tried first; delimiters are those of
 * recipient_delimiter. */
uint32_t strength_of(enum key_kind, const char *key, const char *delimiters);

#endif
