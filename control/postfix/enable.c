/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl postfix-enable - make Postfix use tdc-milter */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "control/doctor/doctor.h"
#include "control/doctor/sockname.h"
#include "control/postfix/postfix_verbs.h"
#include "control/postfix/reach.h"
#include "control/postfix/wiring_socket.h"

/* is_enabled - for job_install(): nothing is left to change, also not in
 * tdc.cf, which is read again for it */
static int
is_enabled(struct job *job, struct err *err)
{
	own(wiring) struct wiring left = WIRING;
	struct conf *conf = &job->control->conf;

	conf_drop(conf);
	*conf = (struct conf){ .private = NULL };
	if (conf_load(job->control->conf_file, conf, err) == -1 ||
	    wiring_plan(conf, &job->instance.postfix, &left, err) == -1)
		return -1;
	return wiring_changes(&left) ? err_set(err, ERR_NEVER, "%s is not what "
	    "it should have become: change it by hand", left.count > 0 ?
	    left.edits[0].where : "milter_socket") : 0;
}

/* recover - from a call that was broken off: as if it had not been.  out_was:
 * whether there was one. */
static int
recover(struct job *job, bool *out_was)
{
	struct record *record = &job->record;
	struct err err;

	*out_was = record->state == RECORD_BEGUN ||
	    record->state == RECORD_LEAVING;
	if (!*out_was)
		return EX_OK;
	printf("note: an earlier call was broken off: its changes are "
	    "undone first\n");
	if (job->dry)
		return EX_OK;
	if (changes_undo(&record->changes, &err) == -1)
		return complain(EX_CANTCREAT, err.text);
	record_remove(record, job->instance.directory);
	record_drop(record);
	return instance_ask(&job->instance, &err) == 0 ? EX_OK :
	    complain(EX_CONFIG, err.text);
}

/* may_move - the socket, of which another Postfix may make use */
static int
may_move(const struct job *job, const struct wiring *wiring)
{
	own(str) char *other = NULL, *text = NULL;

	if (wiring->socket == NULL)
		return EX_OK;
	other = instance_sharing(&job->instance, &job->control->conf);
	if (other == NULL)
		return EX_OK;
	text = mem_format("smtpd of %s is chrooted, and that of %s uses "
	    "milter_socket = %s: set milter_socket = inet:8891, which both can "
	    "reach, and call postfix-enable for both",
	    job->instance.directory, ESCAPE(other),
	    job->control->conf.milter_socket);
	return complain(EX_CONFIG, text);
}

/* prepare - what has to change, shown */
static int
prepare(struct job *job, struct wiring *wiring)
{
	struct instance *instance = &job->instance;
	struct err err;
	int result;

	if (wiring_plan(&job->control->conf, &instance->postfix, wiring,
	    &err) == -1)
		return complain(EX_CONFIG, err.text);
	result = may_move(job, wiring);
	if (result != EX_OK)
		return result;
	if (changes_read(&job->changes, instance->directory,
	    job->control->conf_file, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (changes_stage(&job->changes, wiring, &err) == -1)
		return complain(err.sys == 0 ? EX_CONFIG : EX_CANTCREAT,
		    err.text);
	if (changes_show(&job->changes, &err) == -1)
		return complain(EX_UNAVAILABLE, err.text);
	printf("%s", wiring->notes.data);
	return EX_OK;
}

/* remember - what will have been there before, and then make the directory,
 * of which the record tells */
static int
remember(struct job *job, const struct wiring *wiring, struct err *err)
{
	const struct conf *conf = &job->control->conf;
	const struct postfix *postfix = &job->instance.postfix;
	struct record *record = &job->record;
	own(str) char *dir = wiring_directory(conf, postfix, wiring);

	record_add(record, &job->changes, wiring->named > 0);
	record->state = RECORD_BEGUN;
	if (dir != NULL) {
		free(record->made);
		record->made = mem_text(dir);
	}
	if (record_save(record, job->instance.directory, err) == -1)
		return -1;
	return dir == NULL ? 0 : wiring_make(conf, postfix, dir, err);
}

/* forget - the call failed, and leaves no trace: what an earlier one remembers
 * stays */
static void
forget(struct job *job, struct record *earlier)
{
	struct err unused;

	if (earlier->state == RECORD_NONE)
		record_remove(&job->record, job->instance.directory);
	else
		(void)record_save(earlier, job->instance.directory, &unused);
}

/* install - with a record from before the first change on */
static int
install(struct job *job, const struct wiring *wiring, bool *out_ran)
{
	own(record) struct record earlier = RECORD;
	struct err err;
	int result;

	if (record_load(&earlier, job->instance.directory, &err) == -1)
		return complain(EX_DATAERR, err.text);
	if (remember(job, wiring, &err) == -1) {
		forget(job, &earlier);
		(void)err_wrap(&err, "nothing was changed");
		return complain(EX_CANTCREAT, err.text);
	}
	result = job_install(job, is_enabled, out_ran);
	if (result != EX_OK) {
		forget(job, &earlier);
		return result;
	}
	if (record_state(&job->record, job->instance.directory, RECORD_DONE,
	    &err) == 0)
		return EX_OK;
	(void)err_wrap(&err, "Postfix has tdc-milter last, but %s/tdc-enable "
	    "cannot tell that all is done: call postfix-enable again",
	    job->instance.directory);
	return complain(EX_CANTCREAT, err.text);
}

/* tell_others - that are left as they are */
static void
tell_others(const struct instance *instance)
{
	own(str) char *others = instance_others(instance);

	if (*others != '\0')
		printf("note: other instances of Postfix are left as they "
		    "are; --config-dir names one: %s\n", ESCAPE(others));
}

/* tell_reach - does it answer now?  The doctor says why it could not be
 * reached. */
static void
tell_reach(const struct job *job, bool moved)
{
	own(findings) struct findings findings = FINDINGS;
	const struct conf *conf = &job->control->conf;
	struct err err;

	doctor_socket(conf, &job->instance.postfix, &findings);
	if (reach(conf, &job->instance.postfix, &err) == 0)
		printf("tdc-milter answers at %s\n", conf->milter_socket);
	else
		printf("no copies yet, mail passes: %s: %s\n", err.text,
		    err.sys == EACCES ? "see the warning above" : moved ?
		    "restart tdc-milter (systemctl restart tdc-milter)" :
		    "start tdc-milter (systemctl enable --now tdc-milter "
		    "tdc-forwarder)");
}

/* tell_done - what is so now */
static void
tell_done(const struct job *job, bool changed, bool ran)
{
	printf("%s: %s tdc-milter last%s\n", job->instance.directory,
	    changed ? "Postfix has" : "nothing to do: Postfix has",
	    ran ? ", and was reloaded" : changed ?
	    "; it does not run now" : "");
}

/* enable - once the configuration is known */
static int
enable(struct job *job, bool recovered)
{
	own(wiring) struct wiring wiring = WIRING;
	int result = prepare(job, &wiring);
	bool changed = changes_any(&job->changes), ran = false;
	bool moved = change_any(&job->changes.files[CHANGE_TDC]);
	struct err err;

	if (result == EX_OK && !job->dry && changed)
		result = install(job, &wiring, &ran);
	if (result != EX_OK)
		return result;
	if (!changed && recovered && !job->dry &&
	    instance_reload(&job->instance, &ran, &err) == -1)
		return complain(EX_UNAVAILABLE, err.text);
	tell_others(&job->instance);
	if (job->dry && changed) {
		printf("dry run: nothing was changed\n");
		return EX_OK;
	}
	tell_done(job, changed, ran);
	if (!job->dry)
		tell_reach(job, moved);
	return EX_OK;
}

/* do_postfix_enable - see postfix_verbs.h */
int
do_postfix_enable(struct control *control, int argc, char **argv)
{
	own(job) struct job job = JOB(control);
	bool recovered = false;
	int result = job_begin(&job, "postfix-enable", argc, argv);

	if (result == EX_OK)
		result = recover(&job, &recovered);
	if (result == EX_OK)
		result = job_load(&job);
	return result == EX_OK ? enable(&job, recovered) : result;
}
