/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tracked - what was remediated, in the words of the gateway's Message Tracking
 *
 *	own(buf) struct buf line = BUF;
 *
 *	if (tracked_begun(&ledger, action, &line))
 *		puts(line.data);
 *	-- Message 170 was initiated for 'Delete' remedial action by ...
 *
 * The lines are appended, without a date, and are printable ASCII.  Those that
 * the gateway has are its own, byte for byte (log_events_remediation.h).
 */
#ifndef CONTROL_TRACKED_H
#define CONTROL_TRACKED_H

#include "base/buf.h"
#include "control/ledger/ledger.h"

/* tracked_begun - how the remediation of its message began; false: it did not,
 * as there is no batch.
 * tracked_ended - how it ended for this recipient; false: it did not yet. */
bool	tracked_begun(const struct ledger *, const struct ledger_action *,
	    struct buf *out);
bool	tracked_ended(const struct ledger *, const struct ledger_action *,
	    struct buf *out);

#endif
