/* SPDX-License-Identifier: BSD-2-Clause */
#include <sysexits.h>

#include "base/daemon/daemon.h"
#include "base/log/log.h"
#include "base/thread.h"

/* daemon_confine - before there is any thread */
void
daemon_confine(struct daemon *daemon, enum sandbox_program program,
    const char *tables)
{
	const struct sandbox sandbox = { .program = program,
		.conf_file = daemon->conf_file, .conf = daemon->conf,
		.tables = tables };
	struct err err;
	int lacks = sandbox_enter(&sandbox, &err);

	if (thread_release() != 0)
		daemon_refuse(daemon, EX_OSERR, "cannot make a thread");
	if (lacks == -1)
		log_event(sandbox_lacks, err.text);
}
