/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smtp_private - what the files of smtp share: how it speaks and hears
 *
 * All that return int return 0, or -1 with *out filled in.
 */
#ifndef FORWARD_SMTP_PRIVATE_H
#define FORWARD_SMTP_PRIVATE_H

#include "base/err.h"
#include "forward/smtp/smtp.h"

static inline bool
smtp_mute(const struct smtp *smtp)
{
	return smtp->state == SMTP_MUTE || smtp->state == SMTP_DEAF_MUTE;
}

static inline bool
smtp_deaf(const struct smtp *smtp)
{
	return smtp->state == SMTP_DEAF || smtp->state == SMTP_DEAF_MUTE;
}

/* smtp_gag - something could not be said; the peer may have said why.
 * smtp_deafen - whatever comes now would not be understood. */
void	smtp_gag(struct smtp *, const struct failure *why);
void	smtp_deafen(struct smtp *);

/* smtp_broke - the connection, or TLS, gave way.  -1. */
int	smtp_broke(struct smtp *, enum step, const struct err *,
	    struct failure *out);

/* smtp_hear - the reply to one step, into out->reply; 0: it is as wanted. */
int	smtp_hear(struct smtp *, enum step, struct failure *out);
int	smtp_hear_until(struct smtp *, enum step, int64_t deadline,
	    struct failure *out);

/* For smtp->trace, which is there.  smtp_trace_said - the command of a step, without
 * secrets.  smtp_trace_heard - bytes of a reply; and
 * smtp_trace_end - that was all of it.  smtp_trace_note - a line of ours. */
void	smtp_trace_said(const struct smtp *, const struct talk *, enum step);
void	smtp_trace_heard(struct smtp *, const char *bytes, size_t n);
void	smtp_trace_end(struct smtp *);
void	smtp_trace_note(const struct smtp *, enum smtp_side,
	    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* smtp_gather - add a step to smtp->out, and what follows the command. */
int	smtp_gather(struct smtp *, const struct talk *, enum step,
	    struct err *);

/* smtp_say - steps, in as few writes as their size allows. */
int	smtp_say(struct smtp *, const struct talk *, const enum step *,
	    size_t count, struct failure *out);
int	smtp_ask(struct smtp *, enum step, struct failure *out); /* and hear */

#endif
