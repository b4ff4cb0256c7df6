/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ready_private - between the files of ready
 *
 *	return ready_wrong("history_database", &err);
 */
#ifndef REMEDIATE_READY_PRIVATE_H
#define REMEDIATE_READY_PRIVATE_H

#include "base/err.h"
#include "remediate/ready/ready.h"

/* ready_wrong - print what is wrong with a parameter; an exit code. */
int	ready_wrong(const char *parameter, const struct err *);

/* ready_domains - does each name of remediation_domain_map lead to a profile, and
 * is there a name for each profile?  ready_history - and a profile for the domains
 * that mail came for lately?  An exit code, and none. */
int	ready_domains(const struct ready *);
void	ready_history(const struct ready *);

#endif
