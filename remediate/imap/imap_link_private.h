/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_link_private - what imap_link*.c share */
#ifndef REMEDIATE_IMAP_LINK_PRIVATE_H
#define REMEDIATE_IMAP_LINK_PRIVATE_H

#include <stdbool.h>

#include "remediate/imap/imap_link.h"

int	 link_wait(const struct imap_link *, short events, int64_t until,
	    struct err *);

/* imap_tls.c: what all connections ask of TLS, and this one */
int	 link_context(struct imap_link *, struct err *);
int	 link_ssl(struct imap_link *, struct err *);
/* link_tls_failed - what the library says; -1.  A certificate that is not
 * accepted is ERR_NEVER. */
int	 link_tls_failed(const struct imap_link *, struct err *);

#endif
