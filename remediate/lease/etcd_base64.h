/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etcd_base64 - keys and values as etcd's JSON has them (RFC 4648 4)
 *
 *	own(buf) struct buf text = BUF;
 *
 *	etcd_base64_add("/tdc/poller", 11, &text);
 *	bytes = etcd_base64_read(&arena, text.data, text.len, &length);
 */
#ifndef REMEDIATE_LEASE_ETCD_BASE64_H
#define REMEDIATE_LEASE_ETCD_BASE64_H

#include <stddef.h>

#include "base/buf.h"
#include "base/mem.h"

void	 etcd_base64_add(const char *, size_t, struct buf *out);

/* etcd_base64_read - with a NUL at the end, which does not count; the arena's.
 * NULL: it is no base64, or not all of it. */
const char *etcd_base64_read(struct arena *, const char *, size_t,
	    size_t *out_length);

#endif
