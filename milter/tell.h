/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tell - the lines that say why a message has no copy, or not one for each of
 * its recipients
 *
 *	tell_skipped(&conf, &message, SKIP_POLICY, &doubts, NULL);
 *	tell_failure(service, &message, true, err.text);
 *
 * One line a message, or two when its copies could not all be made, whatever
 * it is that a peer does: so none of them is limited.  What neither log_skipped
 * nor -v asks for is not written.
 */
#ifndef MILTER_TELL_H
#define MILTER_TELL_H

#include <stdbool.h>

#include "base/conf/conf.h"
#include "milter/enqueue.h"
#include "milter/message.h"
#include "milter/service.h"
#include "policy/inbound.h"

/* tell_skipped - the message is not journaled.  doubts: for SKIP_POLICY;
 * unclean: the field, for SKIP_UNCLEAN. */
void	tell_skipped(const struct conf *, const struct message *, enum skip,
	    const struct doubts *, const char *unclean);

/* tell_left_out - it is, but not for all of its recipients, if that is so. */
void	tell_left_out(const struct conf *, const struct message *,
	    const struct doubts *);

/* tell_failure - it should be, and cannot; open: it was accepted, otherwise
 * deferred. */
void	tell_failure(struct service *, const struct message *, bool open,
	    const char *why);

/* tell_unclear - nobody knows whose address one of its paths is, if that is
 * so. */
void	tell_unclear(const struct message *);

#endif
