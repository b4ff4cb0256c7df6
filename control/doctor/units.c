/* SPDX-License-Identifier: BSD-2-Clause */
/* What systemd(1) starts is what it has read, not what its files say now. */
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/own.h"
#include "control/doctor/doctor.h"
#include "control/doctor/program.h"

enum { SECONDS = 5 };

/* is_changed - of the properties of one unit; *out_name: its Id */
static bool
is_changed(char *block, const char **out_name)
{
	bool changed = false;
	char *line;

	*out_name = "?";
	while ((line = strsep(&block, "\n")) != NULL) {
		if (strncmp(line, "Id=", 3) == 0)
			*out_name = line + 3;
		changed |= strcmp(line, "NeedDaemonReload=yes") == 0;
	}
	return changed;
}

/* next_block - one unit's, which ends with an empty line; NULL: the end */
static char *
next_block(char **rest)
{
	char *block = *rest, *end;

	if (block == NULL)
		return NULL;
	end = strstr(block, "\n\n");
	*rest = end == NULL ? NULL : end + 2;
	if (end != NULL)
		*end = '\0';
	return block;
}

/* doctor_units - of the two programs */
void
doctor_units(struct findings *findings)
{
	static const char *const show[] = { "systemctl", "show", "-p", "Id",
		"-p", "NeedDaemonReload", "tdc-milter.service",
		"tdc-forwarder.service", NULL };
	own(buf) struct buf out = BUF;
	char *rest, *block;
	struct err err;

	if (access("/run/systemd/system", F_OK) == -1)	/* sd_booted(3) */
		return;
	if (program_run(show, SECONDS, false, &out, &err) == -1) {
		finding_note(findings, "%s: units are not looked at", err.text);
		return;
	}
	rest = out.data;
	while ((block = next_block(&rest)) != NULL) {
		const char *name;

		if (is_changed(block, &name))
			finding_warn(findings, "%s was changed since systemd "
			    "read it: systemctl daemon-reload, then systemctl "
			    "restart %s", ESCAPE(name), ESCAPE(name));
	}
}
