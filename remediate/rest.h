/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest - profiles that are left alone for a while
 *
 *	if (rest_until(rem, "exchange") > rem_now(rem))
 *		... not now ...
 *	rest_begin(rem, "exchange", MAILBOX_LOCKED_OUT, "401");
 *
 * A login that is refused again and again locks the account; a server that is
 * down costs its time-out for each recipient.  Kept in the state, so a restart
 * is no way around it.
 */
#ifndef REMEDIATE_REST_H
#define REMEDIATE_REST_H

#include <stdint.h>

#include "remediate/mailbox/mailbox.h"
#include "remediate/remediator.h"

#define REST_LOCKED_OUT	INT64_C(900000)	/* ms */
#define REST_LATER	INT64_C(60000)

int64_t	rest_until(const struct remediator *, const char *profile);
void	rest_begin(const struct remediator *, const char *profile,
	    enum mailbox_result, const char *why);

#endif
