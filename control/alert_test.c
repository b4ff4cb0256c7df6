/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl alert-test: run alert_command, as the daemons would */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/alert/alert.h"
#include "base/daemon/daemon.h"
#include "base/json_put.h"
#include "base/own.h"
#include "control/control.h"

/* tell - that it went well */
static void
tell(bool json, const char *result)
{
	own(buf) struct buf out = BUF;

	if (!json) {
		printf("alert_command: %s\n", result);
		return;
	}
	json_put_begin(&out);
	json_put_text(&out, "done", "alert-test");
	json_put_text(&out, "result", result);
	json_put_end(&out);
	puts(out.data);
}

/* do_alert_test - by the daemons' user, and in its stead alone: what a service
 * unit forbids them is not forbidden here */
int
do_alert_test(struct control *control, int argc, char **argv)
{
	char text[ALERT_END_TEXT];
	struct alert_end end;
	struct err err;

	(void)argv;
	if (argc > 0)
		return complain_usage("alert-test");
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
	tell(control->json, alert_end_text(&end, text));
	return EX_OK;
}
