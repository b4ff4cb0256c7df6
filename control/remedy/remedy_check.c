/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/remedy/remedy_check.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/behalf.h"
#include "base/clock.h"
#include "base/own.h"
#include "base/parts.h"
#include "control/control.h"
#include "control/ledger/ledger.h"
#include "control/when.h"

enum { POLLS = 3, GRACE_MS = 60000 };	/* that may fail before a word is said */

/* is_off - the connector, and with it all that stands on it */
static bool
is_off(const struct conf *conf)
{
	return *conf->intake_address == '\0' && *conf->policy_maps == '\0' &&
	    strcasecmp(conf->default_policy, "NO") == 0;
}

/* check_cascade - connector, API, polling: each needs the one before */
static void
check_cascade(const struct conf *conf, struct findings *findings)
{
	if (!WITH_REMEDIATION)
		finding_warn(findings, "api_region, api_url: this version was "
		    "built without tdc-remediator, and nobody uses the API");
	if (is_off(conf))
		finding_warn(findings, "the connector is off, and so are the "
		    "API and its polling: nothing can be remediated that was "
		    "not journaled");
	if (!conf->api_polling)
		finding_note(findings, "no verdicts are asked for: %s",
		    *conf->api_credentials_file != '\0' ? "api_polling = no" :
		    "there is no API without api_credentials_file, and "
		    "api_polling = no");
	else if (conf->remediation_mode != CONF_REMEDIATE_ACT)
		finding_note(findings, "no mailbox is touched: "
		    "remediation_mode = report");
	if (*conf->history_database == '\0')
		finding_warn(findings, "history_database is empty: without the "
		    "history nothing is proved to be ours, and nothing is "
		    "remediated");
}

static void
check_mailboxes(const struct conf *conf, struct findings *findings)
{
	if (conf->remediation_mode != CONF_REMEDIATE_ACT)
		return;
	if (*conf->remediation_profiles == '\0')
		finding_warn(findings, "remediation_mode = act, and "
		    "remediation_profiles is empty: no mail store can be "
		    "asked");
	else if (*conf->remediation_domain_map == '\0')
		finding_warn(findings, "remediation_mode = act, and "
		    "remediation_domain_map is empty: no domain has a profile");
	if (*conf->remediation_notify == '\0')
		finding_warn(findings, "remediation_notify is empty: when a "
		    "remediation fails, or all of them stop, nobody gets a "
		    "mail");
}

/* check_owner - as secret_file_read() does it for that user */
static void
check_owner(const char *parameter, const char *path, const struct stat *st,
    const struct passwd *user, struct findings *findings)
{
	if (st->st_uid != 0 && st->st_uid != user->pw_uid)
		finding_warn(findings, "%s: %s belongs neither to root nor to "
		    "%s: chown %s %s", parameter, path, user->pw_name,
		    user->pw_name, path);
	if ((st->st_mode & 0040) != 0 && st->st_gid != user->pw_gid)
		finding_warn(findings, "%s: group %lu may read %s (mode %04o), "
		    "and is not the primary group of %s: chmod g= %s",
		    parameter, (unsigned long)st->st_gid, path,
		    (unsigned)st->st_mode & 07777, user->pw_name, path);
}

/* check_secret - a file of passwords, as tdc-remediator takes it */
static void
check_secret(const char *parameter, const char *path,
    const struct passwd *user, struct findings *findings)
{
	struct stat st;

	if (*path == '\0')
		return;
	if (stat(path, &st) == -1) {
		if (errno == EACCES)
			finding_note(findings, "%s: %s was not looked at: %s",
			    parameter, path, strerror(errno));
		else
			finding_warn(findings, "%s: %s: %s: tdc-remediator "
			    "does not start", parameter, path,
			    strerror(errno));
		return;
	}
	if ((st.st_mode & 0027) != 0)
		finding_warn(findings, "%s: others have access to %s (mode "
		    "%04o), and tdc-remediator does not take it: chmod "
		    "o=,g-w %s", parameter, path,
		    (unsigned)st.st_mode & 07777, path);
	else if (user != NULL)
		check_owner(parameter, path, &st, user, findings);
}

/* cluster_secret - "": it is not used */
static const char *
cluster_secret(const struct conf *conf)
{
	return conf->cluster == CONF_CLUSTER_ETCD ?
	    conf->cluster_credentials_file : "";
}

/* can_read - as that user */
static bool
can_read(const char *path, const struct passwd *user)
{
	struct behalf behalf;
	struct err ignored;
	int result;

	if (behalf_begin(&behalf, user, &ignored) == -1)
		return true;
	{
		own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		result = fd;
	}
	behalf_end(&behalf);
	return result != -1;
}

/* check_reading - what tdc-remediator has to read, when we can find out */
static void
check_reading(const struct conf *conf, const struct passwd *user,
    struct findings *findings)
{
	const struct { const char *name, *path; } files[] = {
		{ "history_database", conf->history_database },
		{ "api_credentials_file", conf->api_credentials_file },
		{ "remediation_profiles", conf->remediation_profiles },
		{ "cluster_credentials_file", cluster_secret(conf) },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (*files[i].path != '\0' && access(files[i].path, F_OK) ==
		    0 && !can_read(files[i].path, user))
			finding_warn(findings, "%s: user %s cannot read %s",
			    files[i].name, user->pw_name, files[i].path);
}

static const struct passwd *
check_user(const struct conf *conf, struct findings *findings)
{
	const char *name = conf->remediation_user;
	const struct passwd *user = *name != '\0' ? getpwnam(name) : NULL;

	if (*name == '\0')
		return NULL;
	if (user == NULL)
		finding_warn(findings, "remediation_user: there is no user "
		    "'%s', and tdc-remediator does not start", name);
	else if (strcmp(name, conf->user) == 0)
		finding_warn(findings, "remediation_user is %s, as user: who "
		    "breaks into tdc-milter has the keys to the mailboxes, "
		    "too", name);
	return user;
}

/* is_late - it has not polled for longer than it should */
static bool
is_late(const struct conf *conf, int64_t polled)
{
	return clock_wall() - polled > POLLS * conf->api_poll_interval +
	    GRACE_MS;
}

/* check_polls - do verdicts come, and will they today? */
static void
check_polls(const struct conf *conf, const struct ledger *ledger,
    struct findings *findings)
{
	char at[WHEN_TEXT];

	if (!conf->api_polling || is_off(conf))
		return;
	if (ledger->spent >= conf->api_daily_requests)
		finding_warn(findings, "api_daily_requests: all %u of this day "
		    "(UTC) are used up", conf->api_daily_requests);
	else if (ledger->polled == 0)
		finding_warn(findings, "the API has not told any verdicts yet: "
		    "does tdc-remediator run?  The log says what is wrong");
	else if (is_late(conf, ledger->polled))
		finding_warn(findings, "the API was last asked for verdicts "
		    "%s: does tdc-remediator run?  The log says what is "
		    "wrong", when_text(ledger->polled, at));
}

/* check_state - whether it works, by what it has written */
static void
check_state(const struct conf *conf, struct findings *findings)
{
	const struct ledger_query query = { .notes_alone = true };
	struct ledger ledger;
	struct err err;

	if (ledger_read(conf, &query, &ledger, &err) == -1) {
		if (err.sys == EACCES)
			finding_note(findings, "%s", err.text);
		else if (err.sys != ENOENT)
			finding_warn(findings, "%s", err.text);
		else if (conf->api_polling)
			finding_warn(findings, "tdc-remediator was never "
			    "started: remediation_database %s does not exist",
			    conf->remediation_database);
		return;
	}
	if (*ledger.pause != '\0')
		finding_warn(findings, "all remediation has stopped: %s; if "
		    "that is right: tdc-remediator resume", ledger.pause);
	for (size_t i = 0; i < ledger.pause_count; i++)
		finding_warn(findings, "remediation has stopped for %s: %s; if "
		    "that is right: tdc-remediator resume %s",
		    ESCAPE(ledger.pauses[i].recipient), ledger.pauses[i].why,
		    ESCAPE(ledger.pauses[i].recipient));
	check_polls(conf, &ledger, findings);
	ledger_drop(&ledger);
}

/* ---- what the program itself finds ---- */

/* is_right - a line that tells of nothing wrong; of a history that is not there
 * yet, or not ours to read, others tell */
static bool
is_right(const char *line)
{
	const char *colon = strchr(line, ':');

	return colon == NULL || strncmp(colon, ": ok", 4) == 0 ||
	    strncmp(colon, ": not needed", 12) == 0 ||
	    strncmp(line, "history_database", 16) == 0;
}

/* pass_on - its own complaints begin with its name; how it likes its log is told
 * of the others */
static void
pass_on(char *line, struct findings *findings)
{
	static const char name[] = "tdc-remediator: ", warning[] = "warning: ",
	    note[] = "note: ";
	size_t length = sizeof(name) - 1;

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, name, length) != 0) {
		if (strncmp(line, note, sizeof(note) - 1) == 0)
			finding_note(findings, "%s", line + sizeof(note) - 1);
		else if (!is_right(line))
			finding_warn(findings, "%s", line);
		return;
	}
	line += length;
	if (strncmp(line, warning, sizeof(warning) - 1) == 0)
		finding_warn(findings, "%s", line + sizeof(warning) - 1);
	else if (strncmp(line, note, sizeof(note) - 1) != 0)
		finding_warn(findings, "tdc-remediator does not start: %s",
		    line);
}

/* ask_program - what it would refuse, and what it would miss */
static void
ask_program(const struct conf *conf, struct findings *findings)
{
	static const char name[] = "tdc-remediator";
	own(str) char *path = programs_beside(name), *line = NULL;
	size_t size = 0;
	pid_t pid;
	FILE *out = path == NULL ? NULL : programs_start(path,
	    (const char *[]){ name, "-n", "-c", conf_where(conf, ""), "local",
	    NULL }, PROGRAMS_BOTH, &pid);

	if (out == NULL)
		return;
	while (getline(&line, &size, out) != -1)
		pass_on(line, findings);
	fclose(out);
	(void)programs_end(pid);
}

/* may_ask - would it find what it finds when it starts? */
static bool
may_ask(const struct conf *conf, const struct passwd *user)
{
	return *conf->remediation_user == '\0' || (user != NULL &&
	    (geteuid() == 0 || geteuid() == user->pw_uid));
}

/* remedy_check - what stands in the way */
void
remedy_check(const struct conf *conf, struct findings *findings)
{
	const struct passwd *user;
	unsigned before;

	if (!ledger_wanted(conf))
		return;
	check_cascade(conf, findings);
	check_mailboxes(conf, findings);
	user = check_user(conf, findings);
	before = findings->warnings;
	check_secret("api_credentials_file", conf->api_credentials_file, user,
	    findings);
	check_secret("remediation_profiles", conf->remediation_profiles, user,
	    findings);
	check_secret("cluster_credentials_file", cluster_secret(conf), user,
	    findings);
	if (user != NULL && geteuid() == 0)
		check_reading(conf, user, findings);
	/* it would stop at the first of these */
	if (findings->warnings == before && may_ask(conf, user))
		ask_program(conf, findings);
	check_state(conf, findings);
}
