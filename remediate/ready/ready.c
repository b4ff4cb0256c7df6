/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ready/ready_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "history/find.h"
#include "remediate/state/state.h"

#define DAY INT64_C(86400000)		/* ms */

/* ready_wrong - who may not read it needs other rights than who names nothing */
int
ready_wrong(const char *parameter, const struct err *err)
{
	printf("%s: %s\n", parameter, ESCAPE(err->text));
	return err->sys == EACCES || err->sys == EPERM ? EX_NOPERM :
	    EX_CONFIG;
}

/* worse - of two exit codes; what has to be corrected comes first */
static int
worse(int one, int other)
{
	return one > other ? one : other;
}
_Static_assert((int)EX_CONFIG > (int)EX_NOPERM && (int)EX_NOPERM > EX_OK,
    "in this order");

/* look_at_history - without it nothing is proved to be ours */
static int
look_at_history(const struct conf *conf)
{
	static const char name[] = "history_database";
	int64_t now = clock_wall();
	uint64_t count;
	struct err err;

	if (*conf->history_database == '\0')
		(void)err_set(&err, ERR_NEVER, "empty: without the history "
		    "nothing is proved to be ours, and nothing is remediated");
	else if (history_count(conf->history_database, now - DAY, now, &count,
	    &err) == 0) {
		printf("%s: ok: %" PRIu64 " message%s journaled in the last "
		    "day\n", name, count, count == 1 ? "" : "s");
		return EX_OK;
	}
	return ready_wrong(name, &err);
}

/* may_make - the directory is made at the first start, if its own is there */
static int
may_make(const char *path, struct err *err)
{
	own(str) char *dir = mem_text(path);
	char *slash = strrchr(dir, '/');

	for (int up = 0; slash != NULL && slash != dir && up < 2; up++) {
		*slash = '\0';
		if (access(dir, F_OK) == 0)
			return up > 0 || access(dir, W_OK | X_OK) == 0 ? 0 :
			    err_sys(err, "%s", dir);
		slash = strrchr(dir, '/');
	}
	return slash == NULL || slash == dir ? 0 : err_sys(err, "%s", dir);
}

/* try_state - is it one of ours, and may we write it, and beside it? */
static int
try_state(const char *path, struct err *err)
{
	own(str) char *dir = mem_text(path);
	struct state *state;

	*(strrchr(dir, '/') + 1) = '\0';
	if (access(dir, W_OK | X_OK) == -1)
		return err_sys(err, "%s", dir);
	if (access(path, R_OK | W_OK) == -1)
		return err_sys(err, "%s", path);
	if (state_open(path, STATE_READ, &state, err) == -1)
		return -1;
	state_close(state);
	return 0;
}

static int
look_at_state(const struct conf *conf)
{
	static const char name[] = "remediation_database";
	const char *path = conf->remediation_database;
	bool there = access(path, F_OK) == 0 || errno != ENOENT;
	struct err err;

	if ((there ? try_state(path, &err) : may_make(path, &err)) == -1)
		return ready_wrong(name, &err);
	printf("%s: ok%s\n", name, there ? "" :
	    ": it is made at the first start");
	return EX_OK;
}

/* try_sendmail - a program that we may run? */
static int
try_sendmail(const char *path, struct err *err)
{
	struct stat st;

	if (*path == '\0')
		return err_set(err, ERR_NEVER, "there is none, and Postfix's "
		    "sendmail_path is not known");
	if (stat(path, &st) == -1)
		return err_sys(err, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_NEVER, "%s: not a program", path);
	return access(path, X_OK) == 0 ? 0 : err_sys(err, "%s", path);
}

/* look_at_sendmail - where there is something to send */
static int
look_at_sendmail(const struct ready *ready)
{
	static const char name[] = "remediation_sendmail";
	const struct conf *conf = ready->conf;
	struct err err;

	if (conf->remediation_action == CONF_REMEDIATE_DELETE &&
	    *conf->remediation_notify == '\0') {
		printf("%s: not needed: nothing is forwarded, and there is no "
		    "remediation_notify\n", name);
		return EX_OK;
	}
	if (try_sendmail(ready->sendmail, &err) == -1)
		return ready_wrong(name, &err);
	printf("%s: ok: %s\n", name, ESCAPE(ready->sendmail));
	return EX_OK;
}

/* ready_look - one line each */
int
ready_look(const struct ready *ready)
{
	int history = look_at_history(ready->conf);
	int code = worse(history, look_at_state(ready->conf));

	code = worse(code, look_at_sendmail(ready));
	if (*ready->conf->mailbox_maps != '\0')
		puts("mailbox_maps: ok");	/* or it would be refused */
	code = worse(code, ready_domains(ready));
	if (history == EX_OK)
		ready_history(ready);
	return code;
}
