/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/remedy/remedy_check.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/behalf.h"
#include "base/clock.h"
#include "base/own.h"
#include "base/parts.h"
#include "control/ledger/ledger.h"
#include "control/when.h"

enum { POLLS = 3, GRACE_MS = 60000 };	/* that may fail before a word is said */

/* check_cascade - connector, API, polling: each needs the one before */
static void
check_cascade(const struct conf *conf, struct findings *findings)
{
	if (!WITH_REMEDIATION)
		finding_warn(findings, "api_region, api_url: this version was "
		    "built without tdc-remediator, and nobody uses the API");
	if (*conf->intake_address == '\0' && *conf->policy_maps == '\0' &&
	    strcasecmp(conf->default_policy, "NO") == 0)
		finding_warn(findings, "the connector is off, and so are the "
		    "API and its polling: nothing can be remediated that was "
		    "not journaled");
	if (!conf->api_polling)
		finding_note(findings, "no verdicts are asked for: api_polling "
		    "= no");
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
	if (user != NULL && st.st_uid != 0 && st.st_uid != user->pw_uid)
		finding_warn(findings, "%s: %s belongs neither to root nor to "
		    "%s: chown %s %s", parameter, path, user->pw_name,
		    user->pw_name, path);
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

/* check_state - whether it works, by what it has written */
static void
check_state(const struct conf *conf, struct findings *findings)
{
	const struct ledger_query query = { .notes_alone = true };
	struct ledger ledger;
	struct err err;
	char at[WHEN_TEXT];

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
	if (ledger.spent >= conf->api_daily_requests)
		finding_warn(findings, "api_daily_requests: all %u of this day "
		    "(UTC) are used up", conf->api_daily_requests);
	else if (conf->api_polling && is_late(conf, ledger.polled))
		finding_warn(findings, "the API was last asked for verdicts "
		    "%s: does tdc-remediator run?  The log says what is "
		    "wrong", ledger.polled != 0 ? when_text(ledger.polled, at) :
		    "never");
	ledger_drop(&ledger);
}

/* remedy_check - what stands in the way */
void
remedy_check(const struct conf *conf, struct findings *findings)
{
	const struct passwd *user;

	if (!ledger_wanted(conf))
		return;
	check_cascade(conf, findings);
	check_mailboxes(conf, findings);
	user = check_user(conf, findings);
	check_secret("api_credentials_file", conf->api_credentials_file, user,
	    findings);
	check_secret("remediation_profiles", conf->remediation_profiles, user,
	    findings);
	check_secret("cluster_credentials_file", cluster_secret(conf), user,
	    findings);
	if (user != NULL && geteuid() == 0)
		check_reading(conf, user, findings);
	check_state(conf, findings);
}
