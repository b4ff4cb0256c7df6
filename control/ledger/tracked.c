/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/ledger/tracked.h"

#include <inttypes.h>

#include "base/escape.h"
#include "base/log/log.h"

/* tracked_begun - the line remediation_begun */
bool
tracked_begun(const struct ledger *ledger, const struct ledger_action *action,
    struct buf *out)
{
	const struct ledger_batch *batch = ledger_batch(ledger, action->batch);

	if (batch == NULL)
		return false;
	buf_format(out, log_format_remediation_begun,
	    (unsigned long long)action->mid,
	    conf_remedial_action(action->what), ESCAPE_INSIDE(batch->by, '\''),
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
	const char *name = batch != NULL ? ESCAPE_INSIDE(batch->name, '\'') : "";
	const char *recipient = ESCAPE_INSIDE(action->recipient, '\'');

	if (action->step == STATE_FAILED)
		buf_format(out, log_format_remediation_failed,
		    (unsigned long long)action->mid,
		    conf_remedial_action(action->what), recipient, name,
		    ESCAPE(action->reason));
	else
		buf_format(out, log_format_remediation_done,
		    (unsigned long long)action->mid,
		    conf_remedial_action(action->what), recipient, name);
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
	case STATE_ELSEWHERE:
		buf_format(out, "TDC: Message %" PRIu64 " was left alone for "
		    "recipient '%s': Secure Email Threat Defense did '%s' "
		    "itself.", action->mid, recipient,
		    ESCAPE_INSIDE(action->reason, '\''));
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
