/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>

#include "control/track/event_private.h"

/* How our lines begin: # is a MID, @ a DCID, ~ a queue id. */
static const struct {
	const char	*form;
	enum event_kind	 kind;
} rows[] = {
	{ "MID # with Message-ID '", EVENT_ENQUEUED },
	{ "MID # queue-id ~ from ", EVENT_ORIGIN },
	{ "MID # queue-id ~ not journaled: ", EVENT_SKIPPED },
	{ "queue-id ~ not journaled for some recipients: ", EVENT_LEFT_OUT },
	{ "Warning: queue-id ~ accepted without a copy: ", EVENT_NO_COPY },
	{ "Warning: queue-id ~ deferred: ", EVENT_DEFERRED },
	{ "Warning: queue-id ~: ", EVENT_WARNING },
	{ "Delivery start DCID @ MID #", EVENT_START },
	{ "MID # successfully delivered for scanning with ", EVENT_DELIVERED },
	{ "MID # RID [0] Response '", EVENT_RESPONSE },
	{ "Delayed: DCID @ MID # to RID 0 - ", EVENT_DELAYED },
	{ "MID # delivery failed to ", EVENT_GIVEN_UP },
	{ "MID # goes to the alternate message intake address ",
	    EVENT_DIVERTED },
	{ "MID # deleted by ", EVENT_DELETED },
	{ "MID # requeued by ", EVENT_REQUEUED },
	{ "MID # last attempt failed: DCID @ to ", EVENT_COPY },
	{ "Bounced: DCID @ MID # to RID 0 - ", EVENT_COPY },
	{ "Message finished MID # ", EVENT_COPY },
	{ "MID # ", EVENT_COPY },
	{ "New SMTP DCID @ interface ", EVENT_CONNECTED },
	{ "DCID @ TLS trust: ", EVENT_TRUST },
	{ "DCID @ TLS success protocol ", EVENT_TLS },
	{ "Connection Error: DCID @ ", EVENT_CONNECTION },
	{ "DCID @ ", EVENT_CONNECTION },
};

/* number - NULL: there is none, or it has too many digits */
static const char *
number(const char *text, uint64_t *out)
{
	const char *begin = text;

	for (*out = 0; isdigit((unsigned char)*text); text++)
		*out = *out * 10 + (uint64_t)(*text - '0');
	return text > begin && text - begin < 20 ? text : NULL;
}

/* follow - the form with the text; where it ends, or NULL: it has another */
static const char *
follow(const char *form, const char *text, struct event *out)
{
	for (; *form != '\0' && text != NULL; form++)
		switch (*form) {
		case '#':
			text = number(text, &out->mid);
			break;
		case '@':
			text = number(text, &out->dcid);
			break;
		case '~':
			out->queue_id = text;
			out->queue_id_n = event_id_length(text);
			text = out->queue_id_n > 0 ? text + out->queue_id_n :
			    NULL;
			break;
		default:
			text = *text == *form ? text + 1 : NULL;
		}
	return text;
}

/* event_read_ours - the first form that fits */
void
event_read_ours(const char *text, struct event *out)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct event event = { .kind = rows[i].kind };

		event.rest = follow(rows[i].form, text, &event);
		if (event.rest != NULL) {
			*out = event;
			return;
		}
	}
	*out = (struct event){ .kind = EVENT_OTHER, .rest = text };
}
