/* SPDX-License-Identifier: BSD-2-Clause */
/* Can alert_command be run, by the user of the programs? */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/daemon/daemon.h"
#include "base/words.h"
#include "control/doctor/doctor.h"

/* may_run - a file, and one that may be executed */
static int
may_run(void *arg, struct err *err)
{
	const char *path = arg;
	struct stat st;

	if (stat(path, &st) == -1)
		return err_sys(err, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_NEVER, "%s is no file", path);
	return access(path, X_OK) == 0 ? 0 : err_sys(err, "%s", path);
}

/* doctor_command - an alert that does not come is not missed */
void
doctor_command(const struct conf *conf, struct findings *findings)
{
	char **words;
	struct err err;

	if (words_split(conf->alert_command, &words, &err) == -1)
		return;			/* as tdc.cf was refused for */
	if (words[0] != NULL && daemon_may_try(conf) &&
	    daemon_try(conf, may_run, words[0], &err) == -1)
		finding_warn(findings, "%s: alert_command: %s: no alert will "
		    "be given to it", conf_where(conf, "alert_command"),
		    err.text);
	words_free(words);
}
