/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe - "Test Connection": is all in place, and can the API and each mail store
 * be reached?
 *
 *	int code = probe_all(settings, verdicts, "bob@corp.example");
 *
 * One line each on standard output; nothing is touched.
 */
#ifndef REMEDIATE_PROBE_H
#define REMEDIATE_PROBE_H

#include "remediate/remediator.h"

/* probe_all - address: of a mailbox to log in for; NULL: profiles are not tried.
 * An exit code: EX_OK; that of ready_look(), which a person has to mend first; or
 * EX_UNAVAILABLE when one did not work, or the address has no profile. */
int	probe_all(const struct settings *, const struct verdict_source *,
	    const char *address);

/* probe_local - of this machine alone; an exit code. */
int	probe_local(const struct settings *);

#endif
