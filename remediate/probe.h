/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe - "Test Connection": can the API and each mail store be reached?
 *
 *	int code = probe_all(settings, verdicts, "bob@corp.example");
 *
 * One line each on standard output; nothing is touched.
 */
#ifndef REMEDIATE_PROBE_H
#define REMEDIATE_PROBE_H

#include "remediate/remediator.h"

/* probe_all - address: of a mailbox to log in for; NULL: profiles are not tried.
 * An exit code: EX_OK, or EX_UNAVAILABLE when one did not work, or the address
 * has no profile. */
int	probe_all(const struct settings *, const struct verdict_source *,
	    const char *address);

#endif
