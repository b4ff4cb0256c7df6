/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands - what a person asks tdc-remediator to do
 *
 *	command = commands_find(argc, argv);
 *	if (command == NULL)
 *		...					-- it was told
 *	return command->run(&loop, argc, argv);		-- an exit code
 */
#ifndef REMEDIATE_COMMANDS_H
#define REMEDIATE_COMMANDS_H

#include "remediate/loop.h"

struct command {
	const char	*name, *arguments; /* with a blank before them */
	int		 least, most;	/* arguments */
	int		(*run)(struct loop *, int argc, char **argv);
};

#define COMMANDS_USAGE "\n" \
	"       tdc-remediator [-c FILE] -n ADDRESS | local\n" \
	"       tdc-remediator [-c FILE] undo ID|BATCH|MID\n" \
	"       tdc-remediator [-c FILE] remediate ID|BATCH|MID [-n]\n" \
	"       tdc-remediator [-c FILE] resume [ADDRESS]\n" \
	"       tdc-remediator [-c FILE] once\n" \
	"       tdc-remediator [-c FILE] find MESSAGE-ID [MINUTES]"
#define COMMANDS_CHECK "check the configuration and log in to the API; with " \
	"ADDRESS also to\n           its mailboxes; with local ask nobody"

/* commands_find - the one that the first word names, with as many arguments as it
 * takes; NULL: wrong words, and standard error says which are right. */
const struct command *commands_find(int argc, char **argv);

/* commands_search - "find": each message of the API with that Message-ID, a line of
 * JSON each; EX_OK also when there is none. */
int	 commands_search(struct loop *, int argc, char **argv);

/* commands_by - who asks, for the log; new. */
char	*commands_by(void);

#endif
