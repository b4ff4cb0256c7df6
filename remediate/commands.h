/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands - what a person asks tdc-remediator to do
 *
 *	if (commands_find(self.argc, self.argv, &err) == NULL)
 *		... err: wrong words ...
 *	return command->run(&loop, argc, argv);		-- an exit code
 */
#ifndef REMEDIATE_COMMANDS_H
#define REMEDIATE_COMMANDS_H

#include "remediate/loop.h"

struct command {
	const char	*name, *arguments;
	int		 least, most;	/* arguments */
	bool		 needs_state;
	int		(*run)(struct loop *, int argc, char **argv);
};

#define COMMANDS_USAGE " [undo ID|BATCH|MID | resume | once | " \
	"find MESSAGE-ID [MINUTES]]"

/* commands_find - the one that the first word names, with as many arguments as it
 * takes; NULL: there is none. */
const struct command *commands_find(int argc, char **argv);

/* commands_search - "find": each message of the API with that Message-ID, a line of
 * JSON each; EX_OK also when there is none. */
int	 commands_search(struct loop *, int argc, char **argv);

/* commands_by - who asks, for the log; new. */
char	*commands_by(void);

#endif
