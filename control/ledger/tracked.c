/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/ledger/tracked.h"

#include <inttypes.h>

#include "base/escape.h"

/* tracked_begun - the line remediation_begun */
bool
tracked_begun(const struct ledger *ledger, const struct ledger_action *action,
    struct buf *out)
{
	const struct ledger_batch *batch = ledger_batch(ledger, action->batch);

	if (batch == NULL)
		return false;
	buf_format(out, "Message %" PRIu64 " was initiated for '%s' remedial "
	    "action by '%s' from source '%s' in batch '%s'.", action->mid,
	    ledger_what(action->what), ESCAPE_INSIDE(batch->by, '\''),
	    ESCAPE_INSIDE(batch->source, '\''),
	    ESCAPE_INSIDE(batch->name, '\''));
	return true;
}

/* add_processed - the lines remediation_done and remediation_failed */
static void
add_processed(const struct ledger *ledger, const struct ledger_action *action,
    struct buf *out)
{
	const struct ledger_batch *batch = ledger_batch(ledger, action->batch);

	buf_format(out, "Message %" PRIu64 " was processed with '%s' remedial "
	    "action for recipient '%s' in batch '%s'. Remediation status: ",
	    action->mid, ledger_what(action->what),
	    ESCAPE_INSIDE(action->recipient, '\''), batch != NULL ?
	    ESCAPE_INSIDE(batch->name, '\'') : "");
	if (action->step == STATE_FAILED)
		buf_texts(out, "Failed. Reason: ", ESCAPE(action->reason));
	else
		buf_text(out, "Remediated.");
}

/* tracked_ended - and what the gateway does not have */
bool
tracked_ended(const struct ledger *ledger, const struct ledger_action *action,
    struct buf *out)
{
	const char *recipient = ESCAPE_INSIDE(action->recipient, '\'');

	switch (action->step) {
	case STATE_DONE:
	case STATE_PURGED:
	case STATE_FAILED:
		add_processed(ledger, action, out);
		return true;
	case STATE_RESTORED:
		buf_format(out, "TDC: Message %" PRIu64 " was restored for "
		    "recipient '%s'.", action->mid, recipient);
		return true;
	case STATE_WITHDRAWN:
		buf_format(out, "TDC: Message %" PRIu64 " was not remediated "
		    "for recipient '%s': its verdict was withdrawn.",
		    action->mid, recipient);
		return true;
	case STATE_REPORTED:
		buf_format(out, "TDC: Message %" PRIu64 " would be remediated "
		    "for recipient '%s': verdict %s.", action->mid, recipient,
		    ESCAPE(action->verdict));
		return true;
	case STATE_SEEN:
	case STATE_IGNORED:
	case STATE_DUE:
	case STATE_FORWARDED:
	case STATE_QUARANTINED:
	case STATE_STEPS:
		break;
	}
	return false;
}
