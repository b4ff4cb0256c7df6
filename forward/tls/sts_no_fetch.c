/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of sts_fetch.c in a build without libcurl: no policy is to be had.
 * Nobody asks for one there either (tls_policy_wants_sts()). */
#include "forward/tls/sts_fetch.h"

/* sts_fetch - the policy of a domain */
int
sts_fetch(const struct sts_source *source, const char *domain,
    int64_t deadline, struct buf *out, struct err *err)
{
	(void)source, (void)domain, (void)deadline, (void)out;
	return err_set(err, ERR_LATER, "built without MTA-STS");
}

/* sts_fetch_version - of no library */
const char *
sts_fetch_version(void)
{
	return "libcurl left out: no MTA-STS";
}
