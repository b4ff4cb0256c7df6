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
 * literals, folding, obsolete blanks around dots, UTF-8.  The local part
 * comes unquoted where it needs no quotes, so one mailbox has one form.  What
 * cannot be read is passed over up to the next comma; a quote, comment or
 * literal that is never closed takes the rest.  Pure, in linear time.
 */
#ifndef JOURNAL_ADDRESS_H
#define JOURNAL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* address_next - the next mailbox in place of what out holds; no control
 * characters in it.  false: there are no more. */
bool	address_next(const char *value, size_t, size_t *at, struct buf *out);

#endif
