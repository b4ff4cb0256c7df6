/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy_replay - tdcctl policy --replay: where mail that was comes from
 *
 *	struct replay_from from = { .since = when_parse("7d") };
 *
 *	if (replay_history(&conf, &from, message, arg, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 */
#ifndef CONTROL_POLICY_REPLAY_H
#define CONTROL_POLICY_REPLAY_H

#include <stdint.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "control/control.h"
#include "control/policy/policy_again.h"

/* Mail that was accepted in this time, in ms since 1970; until 0: now. */
struct replay_from {
	int64_t		 since, until;
};

/* The message and its texts live until it returns. */
typedef void replay_each(void *arg, const struct past_message *);

/* replay_history - every message of which there is a copy in the history; -1
 * when it cannot be asked. */
int	replay_history(const struct conf *, const struct replay_from *,
	    replay_each *, void *arg, struct err *);

/* policy_replay - the verb, with the arguments of "policy"; an exit code. */
int	policy_replay(struct control *, int argc, char **argv);

#endif
