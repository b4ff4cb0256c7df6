/* SPDX-License-Identifier: BSD-2-Clause */
/* tdc-remediator - takes mail that turned out malicious out of mailboxes */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon/daemon.h"
#include "base/hostname.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/secret.h"
#include "history/history.h"
#include "remediate/commands.h"
#include "remediate/ews/ews_login.h"
#include "remediate/http/http.h"
#include "remediate/lease/cluster.h"
#include "remediate/loop.h"
#include "remediate/operator/alerting.h"
#include "remediate/operator/pauses.h"
#include "remediate/polling.h"
#include "remediate/probe.h"
#include "remediate/settings.h"
#include "remediate/state/state_lock.h"

enum { TURN_MS = 1000, GRACE_MS = 2000 };

static struct daemon self = { .words = COMMANDS_USAGE,
	.check = COMMANDS_CHECK, .submits = true };
static atomic_bool stopped, reload_asked;
static bool asks_nobody;		/* -n local */
static const struct command *command;	/* NULL: run as a daemon */
static bool dry;			/* it only shows */
static struct polling *polling;
static struct cluster *cluster;

static void
print_versions(void)
{
	printf("SQLite %s\n", history_version());
	printf("%s\n", http_version());
	if (ews_login_can())
		puts("GSSAPI");
}

/* refuse - what is wrong stays wrong until a person changes it */
static _Noreturn void
refuse(const struct err *err)
{
	daemon_refuse(&self, rem_exit_code(err, EX_CONFIG), err->text);
}

/* on_signal - also in the middle of a request, which asks stopped */
static void
on_signal(int number)
{
	if (number == SIGHUP || number == SIGUSR1)
		atomic_store(&reload_asked, true);
	else
		atomic_store(&stopped, true);
}

static void
take_signals(void)
{
	static const int numbers[] = { SIGHUP, SIGUSR1, SIGTERM, SIGINT };
	struct sigaction action = { .sa_handler = on_signal,
		.sa_flags = SA_RESTART };

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		(void)sigaction(numbers[i], &action, NULL);
}

/* tell_idle - what of the configuration keeps it from polling */
static void
tell_idle(const struct settings *settings)
{
	const char *idle = rem_settings_idle(settings);

	if (*idle != '\0')
		log_event(remediation_idle, idle);
	daemon_idle(idle);
	if (settings->aliases_why != NULL)
		log_event(remediation_trouble, ESCAPE(settings->aliases_why));
}

/* tell_cluster - who polls, of several gateways */
static void
tell_cluster(enum cluster_news news, const char *text)
{
	switch (news) {
	case CLUSTER_OURS:
		log_event(cluster_ours);
		break;
	case CLUSTER_NOT_OURS:
		log_event(cluster_lost);
		break;
	case CLUSTER_THEIRS:
		log_event(cluster_theirs, ESCAPE_INSIDE(text, '\''));
		break;
	case CLUSTER_TROUBLE:
		log_event(remediation_trouble, ESCAPE(text));
		break;
	}
}

/* find_source - the API, or the gateways that share it */
static const struct verdict_source *
find_source(const struct settings *settings)
{
	return cluster_over(cluster, &settings->conf, polling_source(polling),
	    *rem_settings_idle(settings) == '\0');
}

/* tell_awake - while a mail store is waited for, which may let one step take
 * longer than systemd's patience */
static void
tell_awake(void)
{
	enum { EVERY = 1000 };
	static int64_t next;

	if (daemon_watchdog() <= 0 || clock_now() < next)
		return;
	next = clock_now() + EVERY;
	daemon_notify("WATCHDOG=1");
}

/* take_over - the next settings in the place of the last */
static void
take_over(struct loop *loop, struct settings **settings,
    struct settings *next, bool anew)
{
	next->for_profiles.alive = tell_awake;
	polling_use(polling, next, anew);
	loop->source = find_source(next);
	loop->rem.settings = next;
	alerting_rules(&loop->rem);
	self.conf = &next->conf;
	rem_settings_free(*settings);
	*settings = next;
}

/* reload - all of it or nothing of it */
static void
reload(struct loop *loop, struct settings **settings)
{
	struct settings *next;
	const char *changed;
	struct err err;

	if (rem_settings_load(self.conf_file, &stopped, &next, &err) == -1) {
		sandbox_explain(&err);
		log_event(reload_failed, err.text);
		return;
	}
	if (log_open(self.name, &next->conf, self.verbose, &err) == -1) {
		sandbox_explain(&err);
		log_event(reload_failed, err.text);
		rem_settings_free(next);
		return;
	}
	changed = conf_restart(&(*settings)->conf, &next->conf);
	if (changed != NULL)
		log_event(restart_needed, conf_where(&next->conf, changed),
		    changed);
	take_over(loop, settings, next, true);
	loop->next_poll = 0;
	log_event(reloaded);
	tell_idle(next);
}

/* refresh - when a table has changed on disk */
static void
refresh(struct loop *loop, struct settings **settings)
{
	struct settings *next;
	struct err err;

	if (rem_settings_are_current(*settings))
		return;
	if (rem_settings_load(self.conf_file, &stopped, &next, &err) == -1)
		log_event(remediation_trouble, ESCAPE(err.text));
	else
		take_over(loop, settings, next, false);
}

static void
tell_alive(void)
{
	if (daemon_watchdog() > 0)
		daemon_notify("WATCHDOG=1");
	cluster_keep(cluster);
}

static void
run(struct loop *loop, struct settings **settings)
{
	while (!atomic_load(&stopped)) {
		tell_alive();
		if (atomic_exchange(&reload_asked, false))
			reload(loop, settings);
		else
			refresh(loop, settings);
		loop_turn(loop);
		if (!atomic_load(&stopped))
			(void)poll(NULL, 0, TURN_MS);
	}
	daemon_notify("STOPPING=1");
}

/* load - what each reload will have us read; NULL: only to see if we may */
static int
load(void *out, struct err *err)
{
	struct settings *settings;

	if (rem_settings_load(self.conf_file, &stopped, &settings, err) == -1)
		return -1;
	if (out != NULL)
		*(struct settings **)out = settings;
	else
		rem_settings_free(settings);
	return 0;
}

/* begin - all that needs root, then none of it any more */
static void
begin(const struct settings *settings)
{
	const struct conf *conf = &settings->conf;
	own(str) char *dir = mem_text(conf->remediation_database);
	char *end = strrchr(dir, '/');
	struct err err;

	if (command != NULL)
		self.foreground = true;
	/* Whoever is not root is that user, or has no business here. */
	if (geteuid() != 0 && daemon_drop(conf, &err) == -1)
		daemon_refuse(&self, EX_NOPERM, err.text);
	daemon_begin(&self);
	if (log_open(self.name, conf, self.verbose, &err) == -1)
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	if (end != NULL && end != dir) {
		*end = '\0';
		if (daemon_directory(conf, dir, &err) == -1)
			daemon_refuse(&self, EX_CANTCREAT, err.text);
	}
	if (daemon_drop(conf, &err) == -1)
		daemon_refuse(&self, EX_NOPERM, err.text);
	if (command == NULL)
		daemon_confine(&self, SANDBOX_REMEDIATOR,
		    settings->alias_names);
}

/* prepare - check all before anything is created, and drop privileges */
static struct settings *
prepare(void)
{
	struct settings *settings;
	struct err err;

	if (daemon_load(&self, conf_run_as_remediator, load,
	    &settings, &err) == -1)
		refuse(&err);
	self.conf = &settings->conf;
	if (daemon_check(&settings->conf, &err) == -1 ||
	    daemon_try(&settings->conf, load, NULL, &err) == -1)
		refuse(&err);
	if (self.check_only && daemon_look_at_logs(&self, &settings->conf,
	    &err) == -1)
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	if (self.check_only && geteuid() == 0 &&
	    daemon_drop(&settings->conf, &err) == -1)
		daemon_refuse(&self, EX_NOPERM, err.text);
	if (!self.check_only)
		begin(settings);
	return settings;
}

/* is_dry - a command that does nothing with -n, which may stand after it */
static bool
is_dry(void)
{
	return self.check_only && self.argc > 0 &&
	    strcmp(self.argv[0], "remediate") == 0;
}

/* read_words - what comes after the options: an address with -n, or "local", else
 * a command of a person */
static void
read_words(void)
{
	dry = is_dry();
	if (dry)
		self.check_only = false;
	if (self.check_only && self.argc > 1)
		daemon_usage(&self);
	if (self.argc == 0)
		return;
	if (!self.check_only) {
		command = commands_find(self.argc, self.argv);
		if (command == NULL)
			exit(EX_USAGE);
	} else if (strcmp(self.argv[0], "local") == 0) {
		asks_nobody = true;
	} else if (!conf_is_address(self.argv[0])) {
		fprintf(stderr, "%s: -n: not an address (local@domain): '%s'\n",
		    self.name, ESCAPE_INSIDE(self.argv[0], '\''));
		exit(EX_USAGE);
	}
}

static struct state *
open_state(const struct conf *conf)
{
	struct state *state;
	struct err err;

	if (state_open(conf->remediation_database, STATE_WRITE, &state,
	    &err) == -1) {
		err_wrap(&err, "remediation_database");
		refuse(&err);
	}
	return state;
}

/* be_alone - two would look for everything twice */
static void
be_alone(struct state *state)
{
	struct err err;

	if (state_lock(state, STATE_RUNS, 0, &err) == -1)
		refuse(&err);
}

int
main(int argc, char **argv)
{
	char host[HOSTNAME_SIZE];
	struct settings *settings;
	struct loop loop = { 0 };
	own(str) char *person = NULL;
	int code = EX_OK;

	json_set_alloc_funcs(malloc, secret_free);	/* of tokens, too */
	daemon_options(&self, "tdc-remediator", argc, argv, print_versions);
	read_words();
	person = commands_by();	/* before we are another user */
	settings = prepare();
	if (asks_nobody)
		return probe_local(settings);
	hostname_get(host);
	cluster = cluster_new(&(struct cluster_options){ .name = host,
	    .stopped = &stopped, .tell = tell_cluster });
	if (self.check_only) {
		polling = polling_new(settings, NULL, NULL);
		return probe_all(settings, find_source(settings),
		    self.argc > 0 ? self.argv[0] : NULL);
	}
	take_signals();
	settings->for_profiles.alive = tell_awake;
	loop.rem = (struct remediator){ .settings = settings,
	    .state = open_state(&settings->conf), .host = host,
	    .by = self.name, .alive = tell_alive, .failures = BUF };
	loop.person = person;
	loop.dry = dry;
	if (command == NULL)
		be_alone(loop.rem.state);
	alerting_open(&loop.rem);
	polling = polling_new(settings, loop.rem.state, tell_alive);
	loop.source = find_source(settings);
	daemon_ready(&self);
	if (command != NULL) {
		code = command->run(&loop, self.argc, self.argv);
	} else {
		log_event(started, self.name, VERSION);
		tell_idle(settings);
		pauses_remind(&loop.rem);
		run(&loop, &settings);
	}
	/* one who runs it once has nobody else who would tell */
	alerting_close(&loop.rem, command != NULL ? ALERT_TIME : GRACE_MS);
	cluster_free(cluster);
	polling_free(polling);
	state_close(loop.rem.state);
	rem_settings_free(settings);
	if (command == NULL)
		log_event(stopped, self.name);
	return code;
}
