/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sums - what a message is recognised by
 *
 *	char sum[HISTORY_SUM];
 *
 *	sums_header(header, size, sum);		-- as the gateway received it
 *	sums_fields(header, size, sum);		-- in whatever mailbox it is
 *
 * SHA-256 in hex digits; "" when OpenSSL has none to give.  The second one is of
 * the first From, Date, To and Message-ID, unfolded, each with a LF after it,
 * which is there also without the field: what is left alone wherever a message
 * goes.  Any thread.
 */
#ifndef HISTORY_SUMS_H
#define HISTORY_SUMS_H

#include <stddef.h>

#include "history/row.h"

void	sums_header(const char *header, size_t, char out[HISTORY_SUM]);
void	sums_fields(const char *header, size_t, char out[HISTORY_SUM]);

#endif
