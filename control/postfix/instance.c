/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "control/doctor/postconf.h"
#include "control/doctor/program.h"
#include "control/postfix/wiring.h"

enum { PATIENCE = 120 };	/* seconds for postfix(1), which looks at every
				   file of its queue, and may wait a minute for
				   postlogd(8) after that has failed */

/* value - of one parameter; new; NULL */
static char *
value(const char *flags, const char *name, struct err *err)
{
	const char *const arguments[] = { flags, name, NULL };
	own(buf) struct buf out = BUF;

	if (postconf_run(arguments, &out, err) == -1)
		return NULL;
	out.data[strcspn(out.data, "\n")] = '\0';
	return buf_give(&out);
}

/* explain - why postconf(1) does not answer, in its own words */
static int
explain(const struct instance *instance, struct err *err)
{
	static const char *const argv[] = { "postconf", "-x", "smtpd_milters",
		NULL };
	own(buf) struct buf said = BUF;
	struct err unused;

	if (program_run(argv, PATIENCE, true, &said, &unused) == 0 ||
	    said.len == 0)
		return instance->directory == NULL ? -1 :
		    err_wrap(err, "%s", instance->directory);
	said.data[strcspn(said.data, "\n")] = '\0';
	return err_set(err, ERR_NEVER, "%s", ESCAPE(said.data));
}

/* instance_ask - all that concerns us */
int
instance_ask(struct instance *instance, struct err *err)
{
	postfix_drop(&instance->postfix);
	instance->postfix = (struct postfix){ .known = false };
	return postfix_ask(&instance->postfix, err) == 0 ? 0 :
	    explain(instance, err);
}

/* check_version - a milter has terms of its own since 3.0 */
static int
check_version(struct err *err)
{
	own(str) char *version = value("-h", "mail_version", err);

	if (version == NULL)
		return -1;
	if (strtol(version, NULL, 10) >= 3)
		return 0;
	return err_set(err, ERR_NEVER, "Postfix %s has no default_action for "
	    "one milter: in main.cf, add the socket to smtpd_milters as its "
	    "last, and set milter_default_action = accept, which is for all "
	    "milters", ESCAPE(version));
}

/* find - its directory */
static int
find(struct instance *instance, const char *directory, struct err *err)
{
	own(str) char *given = directory != NULL ? mem_text(directory) :
	    value("-h", "config_directory", err);
	own(str) char *file = NULL;
	char real[PATH_MAX];

	if (given == NULL)
		return explain(instance, err);
	file = mem_format("%s/main.cf", given);
	if (access(file, R_OK) == -1)
		return err_sys(err, "%s", ESCAPE(file));
	if (realpath(given, real) == NULL)
		return err_sys(err, "%s", ESCAPE(given));
	instance->directory = mem_text(real);
	return 0;
}

/* instance_open - find it, and look at it */
int
instance_open(struct instance *instance, const char *directory,
    struct err *err)
{
	const char *config = getenv("MAIL_CONFIG");

	if (config != NULL)
		instance->caller = mem_text(config);
	if (find(instance, directory, err) == -1)
		return -1;
	if (setenv("MAIL_CONFIG", instance->directory, 1) == -1)
		mem_none();
	if (instance_ask(instance, err) == -1)
		return -1;
	return check_version(err);
}

/* lock - a directory: nothing has to be made for it */
static int
lock(const char *directory, int *out_fd, struct err *err)
{
	*out_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*out_fd == -1)
		return err_sys(err, "%s", directory);
	if (flock(*out_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return err_sys(err, "lock %s", directory);
	return err_set(err, ERR_LATER, "another tdcctl is changing the files "
	    "in %s", directory);
}

/* instance_lock - Postfix's directory, then ours */
int
instance_lock(struct instance *instance, const char *conf_file,
    struct err *err)
{
	own(str) char *directory = mem_absolute(conf_file);
	char *slash = strrchr(directory, '/');
	char real[PATH_MAX];

	slash[slash == directory] = '\0';
	if (realpath(directory, real) == NULL)
		return err_sys(err, "%s", directory);
	if (lock(instance->directory, &instance->locks[0], err) == -1)
		return -1;
	/* both files may be in one */
	return strcmp(real, instance->directory) == 0 ? 0 :
	    lock(real, &instance->locks[1], err);
}

/* run - postfix(1); what it says becomes the err.  Without a terminal it says
 * most to the log alone. */
static int
run(const char *verb, struct err *err)
{
	const char *const argv[] = { "postfix", verb, NULL };
	own(buf) struct buf said = BUF;
	struct err why;

	if (program_run(argv, PATIENCE, true, &said, &why) == 0)
		return 0;
	for (char *c = said.data; *c != '\0'; c++)
		if (*c == '\n')
			*c = c[1] == '\0' ? '\0' : ' ';
	return err_set(err, ERR_NEVER, "postfix %s: %s", verb,
	    said.len > 0 ? ESCAPE(said.data) :
	    "it fails; Postfix's log says why");
}

/* instance_check - of its configuration */
int
instance_check(const struct instance *instance, struct err *err)
{
	(void)instance;
	return run("check", err);
}

/* instance_reload - the status is not 0 when it does not run */
int
instance_reload(const struct instance *instance, bool *out_ran,
    struct err *err)
{
	(void)instance;
	*out_ran = run("status", err) == 0;
	return *out_ran ? run("reload", err) : 0;
}

/* ---- other instances ---- */

/* configure - MAIL_CONFIG from now on; NULL: none */
static void
configure(const char *directory)
{
	if (directory == NULL)
		unsetenv("MAIL_CONFIG");
	else if (setenv("MAIL_CONFIG", directory, 1) == -1)
		mem_none();
}

/* add - a directory that is another one, and not in the list yet */
static void
add(const struct instance *instance, struct buf *out, const char *directory)
{
	own(str) char *file = mem_format("%s/main.cf", directory);
	own(str) char *word = mem_format(" %s ", directory);
	own(str) char *list = mem_format(" %s ", out->data);
	char real[PATH_MAX];

	if (access(file, R_OK) == -1 || realpath(directory, real) == NULL ||
	    strcmp(real, instance->directory) == 0 ||
	    strstr(list, word) != NULL)
		return;
	buf_texts(out, out->len > 0 ? " " : "", directory);
}

/* add_family - a primary instance and those that it names */
static void
add_family(const struct instance *instance, struct buf *out,
    const char *primary)
{
	own(str) char *file = NULL, *list = NULL;
	struct err unused;
	char *rest, *word;

	if (primary == NULL)
		return;
	/* postconf(1) takes a second to say that it has none */
	file = mem_format("%s/main.cf", primary);
	if (access(file, R_OK) == -1)
		return;
	configure(primary);
	list = value("-xh", "multi_instance_directories", &unused);
	configure(instance->directory);
	if (list == NULL || *list == '\0')
		return;
	add(instance, out, primary);
	for (rest = list; (word = strsep(&rest, ", \t")) != NULL; )
		if (*word != '\0')
			add(instance, out, word);
}

/* instance_others - by the primary instance, which may be this one, the one
 * that the caller looks at, or the default */
char *
instance_others(const struct instance *instance)
{
	own(buf) struct buf out = BUF;
	own(str) char *primary = NULL;
	struct err unused;

	configure(NULL);
	primary = value("-dh", "config_directory", &unused);
	configure(instance->directory);
	add_family(instance, &out, instance->directory);
	add_family(instance, &out, instance->caller);
	add_family(instance, &out, primary);
	return buf_give(&out);
}

/* instance_sharing - as the doctor sees them */
char *
instance_sharing(const struct instance *instance, const struct conf *conf)
{
	own(str) char *others = instance_others(instance);
	char *rest = others, *word, *found = NULL;

	while (found == NULL && (word = strsep(&rest, " ")) != NULL) {
		own(postfix) struct postfix postfix = { .known = false };
		struct err unused;

		if (*word == '\0')
			continue;
		configure(word);
		if (postfix_ask(&postfix, &unused) == 0 &&
		    wiring_names(conf, &postfix))
			found = mem_text(word);
	}
	configure(instance->directory);
	return found;
}

/* instance_close - the locks, too */
void
instance_close(struct instance *instance)
{
	for (int i = 0; i < 2; i++)
		if (instance->locks[i] != -1)
			(void)close(instance->locks[i]);
	postfix_drop(&instance->postfix);
	free(instance->directory);
	free(instance->caller);
	*instance = (struct instance)INSTANCE;
}
