/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api_addresses - the addresses that a message of the API names
 *
 *	api_addresses(&arena, message, &mailboxes, &count);
 *
 * Each field may be a text, a list of texts, or of objects that hold one; a text
 * may hold several addresses, names and angle brackets.  Pure.
 */
#ifndef REMEDIATE_API_ADDRESSES_H
#define REMEDIATE_API_ADDRESSES_H

#include <stddef.h>

#include "base/mem.h"

struct json_t;

/* api_addresses - bare ones; the arena's. */
void	api_addresses(struct arena *, const struct json_t *message,
	    const char *const **out, size_t *out_count);

#endif
