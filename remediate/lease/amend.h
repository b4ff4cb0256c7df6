/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amend - what is published of a message gets another verdict
 *
 *	if (amend_verdict(lease, "0b5c", API_NEUTRAL, &err) == -1)
 *		... ask for it again later ...
 *
 * The holder searches for bad verdicts, and does not hear that one was taken
 * back; whoever asks about that one message does.  Unless it told the others,
 * the old verdict would be read again after each start.
 */
#ifndef REMEDIATE_LEASE_AMEND_H
#define REMEDIATE_LEASE_AMEND_H

#include "base/err.h"
#include "remediate/api/api.h"
#include "remediate/lease/lease.h"

/* amend_verdict - nothing is changed where nothing is published, or the same
 * verdict; nor for API_UNKNOWN. */
int	amend_verdict(struct lease *, const char *id, enum api_verdict,
	    struct err *);

#endif
