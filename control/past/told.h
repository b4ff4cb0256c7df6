/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * told - what a line of our own programs says of a copy or a message
 *
 *	struct arena arena = { 0 };
 *	struct told told;
 *
 *	if (told_parse("Delivery start DCID 3 MID 7", &arena, &told))
 *		printf("%llu\n", (unsigned long long)told.mid);
 *	arena_drop(&arena);
 *
 * The forms are those of base/log/log_events.h.  Each word is looked for where
 * the form has it, so what a sender wrote cannot be taken for it; and what was
 * escaped there is as it was.  Pure.
 */
#ifndef CONTROL_TOLD_H
#define CONTROL_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "control/logs/logline.h"

enum told_what {
	TOLD_ENQUEUED,		/* mid, message_id, intake */
	TOLD_ORIGIN,		/* mid, queue_id, sender, recipients, policy,
				   number: size */
	TOLD_START,		/* mid, dcid */
	TOLD_DELAYED,		/* mid, dcid */
	TOLD_DELIVERED,		/* mid */
	TOLD_RESPONSE,		/* mid, reply */
	TOLD_LAST_ATTEMPT,	/* mid, dcid, reply */
	TOLD_NOT_IN_TIME,	/* mid, number: attempts */
	TOLD_GIVEN_UP,		/* mid, verdict */
	TOLD_BOUNCED,		/* mid, dcid, reply */
	TOLD_DIVERTED,		/* mid, intake */
	TOLD_FINISHED,		/* mid, done */
	TOLD_DELETED,		/* mid, number: uid */
	TOLD_REQUEUED,		/* mid, number: uid */
	TOLD_SKIPPED,		/* queue_id, why; recipients, if it names them */
	TOLD_LEFT_OUT,		/* queue_id, recipients */
	TOLD_LOST,		/* queue_id; something of ours failed */
};

/* Texts live in the arena; what the line does not have is 0, NULL, or empty. */
struct told {
	enum told_what	 what;
	uint64_t	 mid, dcid, number;
	const char	*queue_id, *message_id, *intake, *sender, *policy;
	const char	*verdict, *reply;	/* as the history has them */
	const char	*why;
	const char	**recipients;
	size_t		 recipient_count;
	bool		 done;		/* delivered, and not given up */
	uint64_t	 more;		/* recipients that the line leaves out */
};

/* told_by_us - whether tdc-milter, tdc-forwarder or tdcctl wrote the line, as
 * syslog_name has them ("": by their own names): the text, or NULL. */
const char *told_by_us(const struct logline *, const char *syslog_name);

/* told_parse - false: it says something else; the text after "TDC: ". */
bool	told_parse(const char *text, struct arena *, struct told *out);

#endif
