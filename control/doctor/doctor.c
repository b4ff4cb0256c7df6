/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/doctor.h"

#include "base/daemon/daemon.h"
#include "base/log/log.h"

/* look_at_logs - without a directory for them nothing starts, of which the
 * programs have warned */
static void
look_at_logs(const struct conf *conf, struct findings *findings)
{
	struct err err;

	if (daemon_may_try(conf) && log_look(conf, false, &err) == -1)
		findings->no_copies = true;
}

/* doctor_look - at all that surrounds us */
void
doctor_look(const struct conf *conf, struct findings *findings)
{
	own(postfix) struct postfix postfix = { .known = false };
	struct err err;

	if (postfix_ask(&postfix, &err) == -1)
		finding_note(findings, "%s: Postfix is not looked at",
		    err.text);
	else
		doctor_milters(conf, &postfix, findings);
	doctor_local(conf, &postfix, findings);
	doctor_socket(conf, &postfix, findings);
	doctor_networks(conf, &postfix, findings);
	look_at_logs(conf, findings);
	doctor_spool(conf, &postfix, findings);
	doctor_history(conf, findings);
	doctor_command(conf, findings);
	doctor_running(conf, &postfix, findings);
	doctor_units(findings);
	doctor_clock(findings);
}
