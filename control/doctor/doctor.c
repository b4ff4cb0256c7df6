/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/doctor.h"

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
	doctor_socket(conf, &postfix, findings);
	doctor_networks(conf, &postfix, findings);
	doctor_spool(conf, &postfix, findings);
	doctor_clock(findings);
}
