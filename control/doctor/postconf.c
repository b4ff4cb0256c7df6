/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/postconf.h"

#include "control/doctor/program.h"

enum {
	PATIENCE = 10,		/* seconds; it waits two for a main.cf that was
				   just written */
	ARGUMENTS = 15
};

/* postconf_run - what it prints */
int
postconf_run(const char *const *arguments, struct buf *out, struct err *err)
{
	const char *argv[ARGUMENTS + 2] = { "postconf" };

	for (size_t i = 0; i < ARGUMENTS && arguments[i] != NULL; i++)
		argv[i + 1] = arguments[i];
	return program_run(argv, PATIENCE, false, out, err);
}
