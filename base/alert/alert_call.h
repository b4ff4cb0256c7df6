/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alert_call - give an alert to a command, in its environment
 *
 *	alert_call("tdc-milter", "/usr/local/sbin/page", &entry, &stop_by, &end);
 *
 * All variables are there for each event, empty where there is nothing to say.
 */
#ifndef BASE_ALERT_CALL_H
#define BASE_ALERT_CALL_H

#include "base/alert/alert_limit.h"
#include "base/alert/alert_run.h"

/* alert_call - until it has ended; as alert_run(). */
void	alert_call(const char *program, const char *command,
	    const struct alert_entry *, const _Atomic int64_t *deadline,
	    struct alert_end *out);

#endif
