/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest - profiles that are left alone for a while
 *
 *	if (rest_until(rem, "exchange") > rem_now(rem))
 *		... not now ...
 *	rest_begin(rem, "exchange", MAILBOX_LOCKED_OUT, "401");
 *
 *	result = rest_open(rem, profile, owner, &box, &err);
 *
 * A login that is refused again and again locks the account; a server that is
 * down costs its time-out for each recipient.  Kept in the state, so a restart
 * is no way around it.  So is an owner as whom each profile gets in
 * (mailbox/known.h), by which one who is not there is told from a login that is
 * refused.
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
/* rest_open - as backend->open().  Whether the profile rests is for who calls to
 * ask before, and to say after it. */
enum mailbox_result rest_open(const struct remediator *,
	    const struct profile *, const char *owner, struct mailbox **out,
	    struct err *);

#endif
