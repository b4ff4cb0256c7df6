/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lease - which of several gateways polls, and what it heard (etcd)
 *
 *	struct lease *lease;
 *	bool mine;
 *
 *	lease_open(&options, &lease, &err);
 *	if (lease_mine(lease, &mine, &err) == 0 && mine) {
 *		... poll, and for each verdict ...
 *		lease_publish(lease, id, text, strlen(text), &err);
 *	}
 *	lease_read(lease, on_verdict, arg, &err);	-- every gateway
 *	lease_leave(lease);
 *	lease = lease_close(lease);
 *
 * PREFIXpoller is the key of the one that polls; it goes with a lease that its
 * holder keeps alive.  PREFIXverdicts/ID are what it heard, each for
 * LEASE_KEPT seconds, so that a gateway that was down for weeks misses none.
 *
 * Nobody can make sure that there is never a second holder: a process may stand
 * still at any moment.  So the lease spares requests to the API; it is not
 * safety.  What is done in mailboxes must bear to be asked for twice.  But the
 * holder goes by a deadline of its own, by clock_boot(), counted from before
 * the request, and what it publishes is written only as long as its key stands,
 * in the same transaction.
 *
 * One thread at a time.
 */
#ifndef REMEDIATE_LEASE_LEASE_H
#define REMEDIATE_LEASE_LEASE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct lease;

/* All borrowed until lease_close(). */
struct lease_options {
	const char	*urls;			/* separated by blanks */
	const char	*prefix;		/* "/tdc/" */
	const char	*credentials_file;	/* "": no login */
	const char	*ca_file;		/* "": the system's */
	int64_t		 ttl;			/* ms: when silence is over */
	const char	*name;			/* ours, for people */
	const atomic_bool *stopped;		/* or NULL */
};

enum {
	LEASE_KEPT = 90 * 86400,	/* s */
	LEASE_ID_MAX = 512,		/* octets */
	LEASE_TEXT_MAX = 1 << 19,
	LEASE_PREFIX_MAX = 256
};

/* lease_open - nobody is asked yet.  ERR_NEVER: what is in the options, or in
 * the file of credentials, cannot be used. */
int	 lease_open(const struct lease_options *, struct lease **out,
	    struct err *);
struct lease *lease_close(struct lease *);	/* NULL; what we hold runs out */

/* lease_test - whether etcd lets us in, to read and to write below the prefix;
 * nothing is changed. */
int	 lease_test(struct lease *, struct err *);

/* lease_mine - are we the one that polls?  To be called every second or so, and
 * during long work: it takes, keeps and renews when that is due, and asks
 * nobody in between.  -1: we are not, and etcd cannot be asked; err comes once
 * for each try. */
int	 lease_mine(struct lease *, bool *out, struct err *);
/* lease_is_mine - asks nobody. */
bool	 lease_is_mine(const struct lease *);
/* lease_reached - did etcd answer lease_mine() when it was last asked? */
bool	 lease_reached(const struct lease *);
/* lease_holder - who was the holder when we last asked; "": nobody, or not
 * known. */
const char *lease_holder(const struct lease *);
/* lease_leave - give it up, so that another need not wait; best effort. */
void	 lease_leave(struct lease *);

/* lease_publish - what the holder heard about id, 1 when that is new or has
 * changed, 0 when it stands there already.  -1: it is not written.  ERR_NEVER:
 * this text cannot be. */
int	 lease_publish(struct lease *, const char *id, const char *text,
	    size_t, struct err *);

/* lease_read - all that was published and not read yet by this struct lease, in
 * the order of time.  -1 also when each() returns -1, with its err: then that
 * one comes again. */
typedef int lease_each(void *arg, const char *id, const char *text, size_t,
    struct err *);
int	 lease_read(struct lease *, lease_each *, void *arg, struct err *);

/* lease_again - all of it was not read yet. */
void	 lease_again(struct lease *);

/* lease_get - what stands there now about id, appended to out: 1; 0: nothing.
 * lease_replace - with another text, unless it has changed since that revision:
 * 1 done, 0 it has.  Any gateway may. */
int	 lease_get(struct lease *, const char *id, struct buf *out,
	    int64_t *out_revision, struct err *);
int	 lease_replace(struct lease *, const char *id, int64_t revision,
	    const struct buf *text, struct err *);

#endif
