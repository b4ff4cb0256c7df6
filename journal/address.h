/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address - the addresses in a To: or Cc: field (RFC 5322 3.4)
 *
 *	own(buf) struct buf address = BUF;
 *	size_t at = 0;
 *
 *	while (address_next(value, size, &at, &address))
 *		... address.data is "local@domain" ...
 *
 * Knows display names, quoted strings, comments, groups, routes, domain
 * literals, folding, obsolete blanks around dots.  The local part comes
 * unquoted where it needs no quotes.  What cannot be read is passed over up
 * to the next comma.  Pure.
 */
#ifndef JOURNAL_ADDRESS_H
#define JOURNAL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

bool	address_next(const char *value, size_t, size_t *at, struct buf *out);

/* address_same - the same mailbox: domains without regard to case, local
 * parts too (as nearly every site has it; it only chooses the word To:, Cc:
 * or Recipient: in a report). */
bool	address_same(const char *, const char *);

#endif
