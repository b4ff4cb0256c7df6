/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_link - octets to a server and back, with TLS, and no wait without end
 *
 *	struct imap_link *link;
 *
 *	imap_link_open(&to, &link, &err);	-- connected, in the clear
 *	imap_link_tls(link, &err);
 *	imap_link_write(link, "a NOOP\r\n", 8, &err);
 *	imap_link_fill(link, &err);
 *	... link->in[link->start] .. link->in[link->end - 1] ...
 *	link = imap_link_close(link);
 *
 * Each wait ends after to.timeout, when *to.stopped becomes true, and at
 * link->deadline.  The certificate must be trusted and name the host; TLS 1.2 at
 * least.  Looking up the host's name takes as long as the system's resolver
 * takes.  SIGPIPE must be ignored.
 *
 * Errors name the host and the stage: ERR_LATER for the network, ERR_NEVER for a
 * certificate that is not accepted and for files that cannot be used.
 */
#ifndef REMEDIATE_IMAP_LINK_H
#define REMEDIATE_IMAP_LINK_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* All borrowed until imap_link_close(). */
struct imap_peer {
	const char	*host;
	const char	*port;			/* digits */
	const char	*ca_file, *ca_path;	/* both "": the system's */
	int64_t		 timeout;		/* ms */
	const atomic_bool *stopped;		/* or NULL */
	void		(*alive)(void);		/* called in each wait; or NULL */
};

struct imap_link {
	struct imap_peer peer;
	int		 fd;
	SSL_CTX		*context;
	SSL		*ssl;		/* NULL: in the clear */
	int64_t		 deadline;	/* of clock_now(); INT64_MAX: none */
	size_t		 start, end;	/* what was read and not yet used */
	char		 in[16384];
};

int	 imap_link_open(const struct imap_peer *, struct imap_link **out,
	    struct err *);
/* imap_link_tls - from now on.  What was read before is an error: somebody may
 * have put it there. */
int	 imap_link_tls(struct imap_link *, struct err *);
int	 imap_link_write(struct imap_link *, const void *, size_t, struct err *);
/* imap_link_fill - wait for octets; all that was read must have been used. */
int	 imap_link_fill(struct imap_link *, struct err *);
struct imap_link *imap_link_close(struct imap_link *);	/* NULL */

#endif
