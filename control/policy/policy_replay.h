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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "control/control.h"
#include "control/policy/policy_again.h"

/* Mail that was accepted in this time, in ms since 1970; until 0: now. */
struct replay_from {
	int64_t		 since, until;
	const char	*const *files;	/* logs; none: the usual ones */
	size_t		 file_count;
};

/* The message and its texts live until it returns. */
typedef void replay_each(void *arg, const struct past_message *);

/* replay_history - every message of which there is a copy in the history; -1
 * when it cannot be asked. */
int	replay_history(const struct conf *, const struct replay_from *,
	    replay_each *, void *arg, struct err *);

/* replay_logs_open - logs, of which nothing is read yet; the conf and what from
 * has live as long.
 * replay_logs_read - every message that came by SMTP while they were written.
 * What cannot be read is complained of, and the rest is read. */
struct replay_logs;

struct replay_seen {
	int64_t		 oldest, newest;	/* line; 0: there were none */
	uint64_t	 parts;		/* messages that are not told to their end,
					   or from their begin */
	uint64_t	 late;		/* messages of which tdc-milter told when
					   what Postfix said was forgotten */
	bool		 unread;	/* not all could be read */
};

struct replay_logs *replay_logs_open(const struct conf *,
	    const struct replay_from *);
const char *replay_logs_where(const struct replay_logs *);
void	replay_logs_read(struct replay_logs *, replay_each *, void *arg,
	    struct replay_seen *out);
struct replay_logs *replay_logs_close(struct replay_logs *);	/* NULL */

/* policy_replay - the verb, with the arguments of "policy"; an exit code. */
int	policy_replay(struct control *, int argc, char **argv);

#endif
