/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sts_disk - where policies outlive the process: spool_directory/sts/DOMAIN
 *
 * What cannot be read is done without: a policy can be got again.
 */
#ifndef FORWARD_STS_DISK_H
#define FORWARD_STS_DISK_H

#include "base/buf.h"
#include "base/err.h"

/* sts_disk_load - into an empty buf, which stays empty when there is none. */
void	sts_disk_load(const char *spool, const char *domain, struct buf *out);
int	sts_disk_save(const char *spool, const char *domain,
	    const struct buf *, struct err *);

#endif
