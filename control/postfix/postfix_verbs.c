/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/postfix_verbs.h"

#include <getopt.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"

/* take - the arguments */
static int
take(struct job *job, const char *verb, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		own(str) char *reason = NULL;

		if (strcmp(argv[i], "--dry-run") == 0 ||
		    strcmp(argv[i], "-n") == 0) {
			job->dry = true;
		} else if (strncmp(argv[i], "--config-dir=", 13) == 0) {
			job->directory = argv[i] + 13;
		} else if (strcmp(argv[i], "--config-dir") != 0) {
			reason = mem_format("unexpected argument '%s'",
			    ESCAPE(argv[i]));
			return complain_arguments(verb, reason);
		} else if (++i == argc) {
			return complain_arguments(verb,
			    "--config-dir needs a directory");
		} else {
			job->directory = argv[i];
		}
	}
	return EX_OK;
}

/* open_all - Postfix, the lock, the record */
static int
open_all(struct job *job)
{
	struct instance *instance = &job->instance;
	struct err err;

	if (instance_open(instance, job->directory, &err) == -1)
		return complain(instance->directory != NULL ||
		    err.kind == ERR_NEVER ? EX_CONFIG : job->directory != NULL ?
		    EX_NOINPUT : EX_UNAVAILABLE, err.text);
	if (!job->dry &&
	    instance_lock(instance, job->control->conf_file, &err) == -1)
		return complain(err.sys == 0 ? EX_TEMPFAIL : EX_NOINPUT,
		    err.text);
	if ((!job->dry || geteuid() == 0) &&
	    record_load(&job->record, instance->directory, &err) == -1)
		return complain(EX_DATAERR, err.text);
	return EX_OK;
}

/* job_begin - whoever may read the files may ask what would be */
int
job_begin(struct job *job, const char *verb, int argc, char **argv)
{
	own(str) char *reason = mem_format("%s changes files of root and "
	    "Postfix: be root, or ask with --dry-run", verb);
	int result = take(job, verb, argc, argv);

	if (result != EX_OK)
		return result;
	if (!job->dry && geteuid() != 0)
		return complain(EX_NOPERM, reason);
	return open_all(job);
}

/* job_load - as postfix_enable needs it: all of it */
int
job_load(struct job *job)
{
	struct control *control = job->control;
	struct err err;

	if (control->conf.private != NULL)
		conf_drop(&control->conf);
	control->conf.private = NULL;
	return conf_load(control->conf_file, &control->conf, &err) == 0 ?
	    EX_OK : complain(EX_CONFIG, err.text);
}

/* take_back - all that was installed */
static int
take_back(const struct job *job, int code, const struct err *why)
{
	own(str) char *text = NULL;
	struct err err;

	if (changes_undo(&job->changes, &err) == 0)
		text = mem_format("%s; all is as it was", why->text);
	else
		text = mem_format("%s; not undone: %s: see %s/tdc-enable",
		    why->text, err.text, job->instance.directory);
	return complain(code, text);
}

/* job_install - one step after the other */
int
job_install(struct job *job, job_verify *verify, bool *out_ran)
{
	struct err err;

	if (changes_install(&job->changes, &err) == -1)
		return take_back(job, err.sys == 0 ? EX_TEMPFAIL :
		    EX_CANTCREAT, &err);
	if (instance_check(&job->instance, &err) == -1 ||
	    instance_ask(&job->instance, &err) == -1 ||
	    verify(job, &err) == -1)
		return take_back(job, EX_CONFIG, &err);
	if (instance_reload(&job->instance, out_ran, &err) == -1)
		return take_back(job, EX_UNAVAILABLE, &err);
	return EX_OK;
}

/* job_end - the lock, too */
void
job_end(struct job *job)
{
	instance_close(&job->instance);
	record_drop(&job->record);
	changes_drop(&job->changes);
}
