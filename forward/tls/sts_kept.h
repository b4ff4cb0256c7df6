/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sts_kept - a policy that was got, with what must be known of it later
 *
 *	sts_kept_parse(bytes, n, &kept);
 *	sts_kept_format(&kept, &out);
 *
 * In a file, one line stands before the policy:
 *
 *	STS 20240216T211923 1708118363000
 *	    its id          when it was got, ms since 1970
 *
 * Pure.
 */
#ifndef FORWARD_STS_KEPT_H
#define FORWARD_STS_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "forward/tls/sts_policy.h"

#define STS_KEPT_MAX (STS_POLICY_MAX + 128)	/* octets of a file */

struct sts_kept {
	char		 id[STS_ID];
	int64_t		 got;		/* ms since 1970 */
	struct sts_policy policy;	/* its text is borrowed */
};

void	sts_kept_format(const struct sts_kept *, struct buf *);
bool	sts_kept_parse(const char *, size_t, struct sts_kept *out);

/* sts_kept_good - at this hour (ms since 1970) it is still in force. */
bool	sts_kept_good(const struct sts_kept *, int64_t now);

/* sts_kept_old - it is, but had better be got again before it ends. */
bool	sts_kept_old(const struct sts_kept *, int64_t now);

#endif
