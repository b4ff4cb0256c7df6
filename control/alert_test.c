/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl alert-test: run alert_command, as the daemons would */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/alert/alert.h"
#include "base/daemon/daemon.h"
#include "control/control.h"

/* do_alert_test - by the daemons' user, and in its stead alone: what a service
 * unit forbids them is not forbidden here */
int
do_alert_test(struct control *control, int argc, char **argv)
{
	char text[ALERT_END_TEXT];
	struct alert_end end;
	struct err err;

	(void)argc, (void)argv;
	if (geteuid() == 0 && daemon_drop(&control->conf, &err) == -1)
		return complain(EX_NOPERM, err.text);
	if (chdir("/") == -1 ||
	    alert_try("tdcctl", &control->conf, &end, &err) == -1)
		return complain(EX_CONFIG, err.text);
	if (!alert_end_well(&end)) {
		fprintf(stderr, "tdcctl: alert_command: %s\n",
		    alert_end_text(&end, text));
		return EX_UNAVAILABLE;
	}
	printf("alert_command: %s\n", alert_end_text(&end, text));
	return EX_OK;
}
