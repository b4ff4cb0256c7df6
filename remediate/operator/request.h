/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request - a person wants what was reported, or has failed, to be remediated
 *
 *	return request_run(&loop, argc, argv);		-- an exit code
 *
 * The arguments are "remediate", what todo_named() knows, and perhaps "-n",
 * which only prints.  What only was reported, or has failed, becomes due in a
 * batch of that person, and is done at once, with the same proof as always;
 * what cannot be done now is tried again by the daemon.  The caps are for what
 * nobody has looked at: they do not count it, and what they have stopped is done
 * if a person names it.
 */
#ifndef REMEDIATE_OPERATOR_REQUEST_H
#define REMEDIATE_OPERATOR_REQUEST_H

#include "remediate/loop.h"

int	request_run(struct loop *, int argc, char **argv);

#endif
