/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial_private - what the files of trial share
 */
#ifndef FORWARD_TRIAL_PRIVATE_H
#define FORWARD_TRIAL_PRIVATE_H

#include <jansson.h>

#include "base/buf.h"
#include "forward/trial/trial.h"
#include "forward/worker.h"
#include "journal/report/report.h"

struct trial {
	const struct trial_order *order;
	const char	*sender;	/* of the message inside */
	int64_t		 began;		/* clock_now() */
	int64_t		 usable;	/* when the connection was; 0: never */
	struct worker	*worker;
	const struct tls_policy *policy; /* of the host that is tried */
};

/* The message and the report around it. */
struct trial_message {
	char		*id;		/* "<...>", of the message inside */
	struct buf	 bytes;
	struct report	 report;
};

/* trial_compose - new; trial_message_drop() it. */
void	trial_compose(const struct trial *, struct trial_message *out);
void	trial_message_drop(struct trial_message *);

/* trial_show - print a stage, at that time; more: further members, which it
 * takes, or NULL.
 * trial_stage - the same, now, of one that went well. */
void	trial_show(const struct trial *, const char *name, int64_t now,
	    bool ok, json_t *more, const char *text);
void	trial_stage(const struct trial *, const char *name, json_t *more,
	    const char *, ...) __attribute__((format(printf, 4, 5)));

/* trial_text - a text as it may be printed: new, of printable ASCII, and
 * without the login. */
char	*trial_text(const struct trial *, const char *);
json_t	*trial_json(const struct trial *, const char *);	/* the same */

/* trial_peer - with whom it was last: an address, or before there was one the
 * intake domain. */
const char *trial_peer(const struct trial *);

/* trial_print - one line of standard output; takes the object. */
void	trial_print(json_t *);

/* What struct smtp_trace calls. */
void	trial_on_line(void *arg, enum smtp_side, const char *);
void	trial_on_reply(void *arg, enum step, const struct reply *);
void	trial_on_secured(void *arg, const struct err *);

/* trial_watch - prints the stages. */
struct watch trial_watch(struct trial *);

/* trial_began - the first stage: what is in force here. */
void	trial_began(const struct trial *);

#endif
