/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl postfix-disable - have Postfix no longer use tdc-milter */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "control/postfix/postfix_verbs.h"

/* load - what tells which milter is ours; without a tdc.cf, the defaults do */
static int
load(struct job *job)
{
	struct control *control = job->control;
	struct err err;

	if (access(control->conf_file, F_OK) == -1 && errno == ENOENT)
		return conf_parse(control->conf_file, "", &control->conf,
		    &err) == 0 ? EX_OK : complain(EX_CONFIG, err.text);
	switch (conf_salvage(control->conf_file, "milter_socket",
	    &control->conf, &err)) {
	case -1:
		return complain(EX_CONFIG, err.text);
	case 1:
		fprintf(stderr, "tdcctl: warning: %s: going on with "
		    "milter_socket = %s\n", err.text,
		    control->conf.milter_socket);
	}
	return EX_OK;
}

/* is_disabled - for job_install() */
static int
is_disabled(struct job *job, struct err *err)
{
	return wiring_names(&job->control->conf, &job->instance.postfix) ?
	    err_set(err, ERR_NEVER, "Postfix still names tdc-milter: take "
	    "it out by hand") : 0;
}

static void
copy(struct buf *to, const struct buf *from)
{
	buf_cut(to, 0);
	buf_bytes(to, from->data, from->len);
}

static bool
equal(const struct buf *one, const struct buf *other)
{
	return one->len == other->len &&
	    memcmp(one->data, other->data, one->len) == 0;
}

/* restore - one file, to what it was; false: somebody changed it since */
static bool
restore(const struct record *record, struct change *now, int which)
{
	const struct change *then = &record->changes.files[which];

	if (then->path == NULL || now->path == NULL ||
	    strcmp(then->path, now->path) != 0 || equal(&now->was, &then->was))
		return true;
	if (!equal(&now->was, &then->is))
		return false;
	copy(&now->is, &then->was);
	now->back = &then->like;
	return true;
}

/* restore_tdc - unless somebody else needs the socket where it is */
static void
restore_tdc(struct job *job)
{
	own(str) char *other = instance_sharing(&job->instance,
	    &job->control->conf);
	struct change *now = &job->changes.files[CHANGE_TDC];

	if (other != NULL)
		printf("note: %s stays as it is, for the Postfix of %s\n",
		    ESCAPE(now->path), ESCAPE(other));
	else if (!restore(&job->record, now, CHANGE_TDC))
		printf("note: %s was changed since, and stays as it is\n",
		    ESCAPE(now->path));
}

/* restore_all - to the byte, where that can be */
static void
restore_all(struct job *job)
{
	const struct record *record = &job->record;

	if (record->changes.files[CHANGE_TDC].path != NULL)
		restore_tdc(job);
	for (int i = CHANGE_MAIN; i <= CHANGE_MASTER; i++)
		if (!record->named &&
		    !restore(record, &job->changes.files[i], i))
			printf("note: %s was changed since: tdc-milter alone "
			    "is taken out\n", ESCAPE(job->changes.files[i].path));
}

/* prepare - restore what can be, then take tdc-milter out of what is left */
static int
prepare(struct job *job, struct wiring *wiring)
{
	struct instance *instance = &job->instance;
	const char *conf_file = job->control->conf_file;
	struct err err;

	if (changes_read(&job->changes, instance->directory,
	    access(conf_file, F_OK) == 0 ? conf_file : NULL, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	restore_all(job);
	if (wiring_removal(&job->control->conf, &instance->postfix, wiring,
	    &err) == -1)
		return complain(EX_CONFIG, err.text);
	wiring_keep(wiring, job->changes.files[CHANGE_MAIN].back == NULL,
	    job->changes.files[CHANGE_MASTER].back == NULL);
	if (changes_stage(&job->changes, wiring, &err) == -1)
		return complain(err.sys == 0 ? EX_CONFIG : EX_CANTCREAT,
		    err.text);
	return changes_show(&job->changes, &err) == 0 ? EX_OK :
	    complain(EX_UNAVAILABLE, err.text);
}

/* install - the record stays until all is done */
static int
install(struct job *job, bool *out_ran)
{
	enum record_state before = job->record.state;
	const char *directory = job->instance.directory;
	struct err err;
	int result;

	if (record_state(&job->record, directory, RECORD_LEAVING, &err) == -1)
		return complain(EX_CANTCREAT, err.text);
	result = job_install(job, is_disabled, out_ran);
	changes_tidy(&job->record.changes);
	if (result == EX_OK || before == RECORD_NONE)
		record_remove(&job->record, directory);
	else
		(void)record_state(&job->record, directory, before, &err);
	return result;
}

/* disable - once all is known */
static int
disable(struct job *job)
{
	own(wiring) struct wiring wiring = WIRING;
	int result = prepare(job, &wiring);
	bool ran = false, any = changes_any(&job->changes) ||
	    job->record.state != RECORD_NONE;

	if (result != EX_OK)
		return result;
	if (any && job->dry) {
		printf("dry run: nothing was changed\n");
		return EX_OK;
	}
	if (any)
		result = install(job, &ran);
	else if (!job->dry)
		record_remove(&job->record, job->instance.directory);
	if (result == EX_OK)
		printf("%s: %sPostfix does not use tdc-milter%s\n",
		    job->instance.directory, any ? "" : "nothing to do: ",
		    ran ? ", and was reloaded" : any ?
		    "; it does not run now" : "");
	return result;
}

/* do_postfix_disable - see postfix_verbs.h */
int
do_postfix_disable(struct control *control, int argc, char **argv)
{
	own(job) struct job job = JOB(control);
	int result = job_begin(&job, "postfix-disable", argc, argv);

	if (result == EX_OK)
		result = load(&job);
	return result == EX_OK ? disable(&job) : result;
}
