/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs that run: are they what is installed, with what is configured? */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/again.h"
#include "base/escape.h"
#include "base/own.h"
#include "control/doctor/doctor.h"
#include "journal/spool/spool_programs.h"

enum { FORWARDER_OWN = 64 };	/* descriptors: logs, history, look-ups, ... */

/* What is looked at. */
struct scene {
	const struct conf *conf;
	const struct postfix *postfix;
	struct findings	*findings;
	int64_t		 changed;	/* tdc.cf, in ms since 1970 */
};

/* is_here - does a process of that name have that number?  One that uses the
 * spool from another container may have any. */
static bool
is_here(long pid, const char *name)
{
	own(fd) int fd = -1;
	char path[48], comm[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd != -1 ? AGAIN(read(fd, comm, sizeof(comm))) : 0;
	return n == (ssize_t)strlen(name) + 1 &&
	    strncmp(comm, name, (size_t)n - 1) == 0;
}

/* ---- what is installed ---- */

/* is_replaced - the file from which it runs has gone; who may not see that does
 * not learn it */
static bool
is_replaced(long pid)
{
	static const char gone[] = " (deleted)";
	const size_t m = sizeof(gone) - 1;
	char link[48], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%ld/exe", pid);
	n = readlink(link, path, sizeof(path));
	return n > (ssize_t)m && memcmp(path + n - m, gone, m) == 0;
}

static void
look_at_version(const struct scene *scene, const char *who,
    const struct spool_program *program)
{
	if (*program->version == '\0')
		finding_warn(scene->findings, "%s does not tell its version, "
		    "as old ones do not, and this is %s: restart it", who,
		    VERSION);
	else if (strcmp(program->version, VERSION) != 0)
		finding_warn(scene->findings, "%s is version %s, and this is "
		    "%s: restart it", who, ESCAPE(program->version), VERSION);
	else if (is_replaced(program->pid))
		finding_warn(scene->findings, "%s runs from a file that has "
		    "been replaced: restart it", who);
}

/* ---- what is configured ---- */

/* look_at_conf - who checks is mostly about to reload, so that is no mistake;
 * it is one if that was refused, and nothing has changed since */
static void
look_at_conf(const struct scene *scene, const char *who,
    const struct spool_program *program)
{
	const char *file = conf_where(scene->conf, "");

	if (*program->version == '\0')
		return;
	if (scene->changed > program->state.loaded)
		finding_note(scene->findings, "%s was changed since %s read "
		    "it: tdcctl reload puts it in force", file, who);
	else if (program->state.refused)
		finding_warn(scene->findings, "%s has refused its last reload, "
		    "and an older configuration is in force: see its log, and "
		    "tdcctl reload", who);
}

/* ---- how much it may open ---- */

/* descriptors - of a process; 0: not known, or without a limit */
static uint64_t
descriptors(long pid)
{
	static const char name[] = "Max open files ";
	char path[48], line[256];
	uint64_t limit = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/limits", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	while (limit == 0 && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, sizeof(name) - 1) == 0)
			limit = strtoull(line + sizeof(name) - 1, NULL, 10);
	fclose(file);
	return limit;
}

/* smtpds - how many of them there may be; 0: not known, or without a limit */
static uint64_t
smtpds(const struct postfix *postfix)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < postfix->count; i++) {
		if (postfix->services[i].processes == 0)
			return 0;
		sum += postfix->services[i].processes;
	}
	return sum;
}

/* look_at_milter_limit - half of them are for connections: milter/accept.c */
static void
look_at_milter_limit(const struct scene *scene, const char *who, long pid)
{
	uint64_t limit = descriptors(pid), most = smtpds(scene->postfix);

	if (limit != 0 && most > limit / 2)
		finding_warn(scene->findings, "%s may have %" PRIu64 " files "
		    "open, half of them connections, and there may be %" PRIu64
		    " smtpd processes (master.cf), of which some would get no "
		    "copies: set LimitNOFILE to %" PRIu64 ", and restart it",
		    who, limit, most, 2 * most);
}

/* look_at_forwarder_limit - a connection takes two of them */
static void
look_at_forwarder_limit(const struct scene *scene, const char *who, long pid)
{
	uint64_t limit = descriptors(pid);
	uint64_t need = FORWARDER_OWN + 2 *
	    (uint64_t)scene->conf->max_connections;

	if (limit != 0 && need > limit)
		finding_warn(scene->findings, "%s may have %" PRIu64 " files "
		    "open, and max_connections = %u takes up to %" PRIu64
		    ": set LimitNOFILE to that, and restart it", who, limit,
		    (unsigned)scene->conf->max_connections, need);
}

/* ---- all of them ---- */

/* look_at_program - the process is known */
static void
look_at_program(const struct scene *scene, const char *name,
    const struct spool_program *program,
    void look_at_limit(const struct scene *, const char *, long))
{
	char who[64];

	if (program->pid <= 0 || !is_here(program->pid, name))
		return;
	snprintf(who, sizeof(who), "%s (process %ld)", name, program->pid);
	look_at_version(scene, who, program);
	look_at_conf(scene, who, program);
	look_at_limit(scene, who, program->pid);
}

/* doctor_running - those that use this spool */
void
doctor_running(const struct conf *conf, const struct postfix *postfix,
    struct findings *findings)
{
	struct spool_program forwarder, milters[SPOOL_MILTERS];
	struct scene scene = { .conf = conf, .postfix = postfix,
		.findings = findings };
	struct spool *spool;
	struct err ignored;
	struct stat st;
	size_t n;

	if (spool_glance(conf->spool_directory, &spool, &ignored) == -1)
		return;
	if (stat(conf_where(conf, ""), &st) == 0)
		scene.changed = (int64_t)st.st_mtim.tv_sec * 1000 +
		    st.st_mtim.tv_nsec / 1000000;
	n = spool_milters(spool, milters);
	for (size_t i = 0; i < n; i++)
		look_at_program(&scene, "tdc-milter", &milters[i],
		    look_at_milter_limit);
	if (spool_forwarder(spool, &forwarder))
		look_at_program(&scene, "tdc-forwarder", &forwarder,
		    look_at_forwarder_limit);
	(void)spool_close(spool);
}
