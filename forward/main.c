/* SPDX-License-Identifier: BSD-2-Clause */
/* tdc-forwarder - takes copies from the spool to their intakes */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon/daemon.h"
#include "base/log/log.h"
#include "base/own.h"
#include "base/parts.h"
#include "forward/net/conn_memory.h"
#include "forward/net/resolver.h"
#include "forward/scheduler.h"
#include "forward/tls/sts_fetch.h"
#include "forward/trial/trial.h"
#include "forward/warnings.h"
#include "history/history.h"
#include "journal/spool/spool_counters.h"
#include "journal/spool/spool_programs.h"

static struct trial_order trial;
static const struct daemon_option trial_options[] = {
	{ 't', TRIAL_INTAKE_USAGE, &trial.intake },
	{ 's', TRIAL_SENDER_USAGE, &trial.sender },
	{ 'i', TRIAL_CLIENT_USAGE, &trial.client },
	{ .letter = '\0' }
};
static struct daemon self = { .own = trial_options };

static void
print_versions(void)
{
	printf("%s\nlibunbound %s\n%s\nSQLite %s\n",
	    OpenSSL_version(OPENSSL_VERSION), resolver_version(),
	    sts_fetch_version(), history_version());
}

/* take_signals - all of ours come by a descriptor, in any thread's stead */
static int
take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* note_reload - for tdcctl status, and for tdcctl reload, which waits for it */
static void
note_reload(const struct forwarder *forwarder, bool refused)
{
	const struct spool_state state = { .loaded = clock_wall(),
	    .refused = refused };

	spool_tell(forwarder->spool, &state);
}

/* reload_refused - all stays as it was; but log files that were moved away
 * are created again all the same */
static void
reload_refused(const struct forwarder *forwarder, struct err *err)
{
	struct err ignored;

	sandbox_explain(err);

	(void)log_open(self.name, &forwarder->settings->conf, self.verbose,
	    &ignored);
	log_event(reload_failed, err->text);
	note_reload(forwarder, true);
}

/* reload - all of it or nothing of it; the spool stays where it is */
static void
reload(struct forwarder *forwarder)
{
	struct forward_settings *settings;
	const char *changed;
	struct err err;

	if (forward_settings_load(self.conf_file, &settings, &err) == -1) {
		reload_refused(forwarder, &err);
		return;
	}
	if (log_open(self.name, &settings->conf, self.verbose, &err) == -1) {
		reload_refused(forwarder, &err);
		forward_settings_leave(settings);
		return;
	}
	changed = conf_restart(&forwarder->settings->conf, &settings->conf);
	if (changed != NULL)
		log_event(restart_needed, conf_where(&settings->conf, changed),
		    changed);
	scheduler_reload(forwarder, settings);
	log_event(reloaded);
	daemon_idle(warnings_idle(settings));
	note_reload(forwarder, false);
}

static void
heed_signals(struct forwarder *forwarder, int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP || info.ssi_signo == SIGUSR1) {
			reload(forwarder);
		} else {
			daemon_notify("STOPPING=1");
			scheduler_stop(forwarder);
		}
	}
}

/* tell_history - what is wrong with it */
static void
tell_history(void *unused, const char *text)
{
	(void)unused;
	log_event(history_trouble, ESCAPE(text));
}

/* open_history - if one is wanted; NULL: there is none */
static struct history *
open_history(const struct conf *conf)
{
	const struct history_hooks hooks = { tell_history, NULL };
	struct history *history;
	struct err err;

	if (!WITH_HISTORY || *conf->history_database == '\0')
		return NULL;
	if (history_open(conf->history_database, conf->history_lifetime,
	    &hooks, &history, &err) == 0)
		return history;
	tell_history(NULL, err.text);
	return NULL;
}

/* count_lost - what could not be written */
static void
count_lost(const struct forwarder *forwarder)
{
	uint64_t lines = log_lost();
	uint64_t rows = forwarder->history != NULL ?
	    history_lost(forwarder->history) : 0;

	if (lines > 0)
		counter_add(forwarder->counters, COUNT_LOG_LOST, lines);
	if (rows > 0)
		counter_add(forwarder->counters, COUNT_HISTORY_LOST, rows);
}

/* wait_for_news - until something happens or is due */
static void
wait_for_news(struct forwarder *forwarder, int signal_fd, int watchdog)
{
	struct pollfd fds[] = {
		{ signal_fd, POLLIN, 0 },
		{ forwarder->wake_fd, POLLIN, 0 },
		{ arrivals_fd(forwarder->arrivals), POLLIN, 0 },
	};
	int64_t left = scheduler_when(forwarder) - clock_now();

	if (watchdog > 0 && left > watchdog)
		left = watchdog;
	if (left > INT_MAX)
		left = INT_MAX;
	(void)poll(fds, sizeof(fds) / sizeof(*fds), left > 0 ? (int)left : 0);
}

/* report_arrivals - whether the system reports new copies */
static void
report_arrivals(struct arrivals *arrivals)
{
	char why[ARRIVALS_WHY];

	switch (arrivals_news(arrivals, why)) {
	case ARRIVALS_NO_NEWS:
		break;
	case ARRIVALS_LOST:
		log_event(inotify_lost, why);
		break;
	case ARRIVALS_BACK:
		log_event(inotify_back);
		break;
	}
}

/* report_names - of name servers; what goes on being wrong, now and then */
static void
report_names(struct resolver *resolver)
{
	char text[RESOLVER_NEWS];

	switch (resolver_news(resolver, text)) {
	case RESOLVER_NO_NEWS:
		break;
	case RESOLVER_SERVERS:
		log_event(name_servers, ESCAPE(text));
		break;
	case RESOLVER_TROUBLE:
		log_event(dns_trouble, ESCAPE(text));
		break;
	}
}

static void
run(struct forwarder *forwarder, int signal_fd)
{
	int watchdog = daemon_watchdog();

	while (scheduler_turn(forwarder)) {
		count_lost(forwarder);
		if (watchdog > 0)
			daemon_notify("WATCHDOG=1");
		report_arrivals(forwarder->arrivals);
		report_names(forwarder->settings->resolver);
		wait_for_news(forwarder, signal_fd, watchdog);
		heed_signals(forwarder, signal_fd);
	}
}

/* open_spool - and become the one forwarder */
static struct spool *
open_spool(const struct conf *conf)
{
	const struct spool_options options = {
		.directory = conf->spool_directory,
		.sync = conf->spool_sync != CONF_SYNC_NO,
		.min_free_space = conf->min_free_space };
	struct spool *spool;
	struct err err;

	if (spool_open(&options, &spool, &err) == -1) {
		err_wrap(&err, "spool_directory %s", conf->spool_directory);
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	}
	if (spool_lock(spool, &err) == -1)
		daemon_refuse(&self, EX_TEMPFAIL, err.text);
	return spool;
}

/* make_history_place - a directory that is missing is reported by whoever writes
 * there */
static void
make_history_place(const struct conf *conf)
{
	own(str) char *dir = mem_text(conf->history_database);
	char *end = strrchr(dir, '/');
	struct err ignored;

	if (!WITH_HISTORY || end == NULL || end == dir)
		return;
	*end = '\0';
	(void)daemon_directory(conf, dir, &ignored);
}

/* begin - all that needs root, then none of it any more */
static void
begin(const struct conf *conf)
{
	struct err err;

	daemon_begin(&self);
	if (log_open(self.name, conf, self.verbose, &err) == -1 ||
	    daemon_directory(conf, conf->spool_directory, &err) == -1)
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	make_history_place(conf);
	if (daemon_drop(conf, &err) == -1)
		daemon_refuse(&self, EX_NOPERM, err.text);
	daemon_confine(&self, SANDBOX_FORWARDER, NULL);
}

/* refuse - what is wrong stays wrong until a person changes it; a file that is
 * not there just now, or not ours to read yet, a disk that fails, no
 * descriptors: those pass */
static _Noreturn void
refuse(const struct err *err)
{
	daemon_refuse(&self, err->kind == ERR_NEVER ? EX_CONFIG : EX_TEMPFAIL,
	    err->text);
}

/* load - what each reload will have us read, keys above all; NULL: only to see
 * whether we may */
static int
load(void *out, struct err *err)
{
	struct forward_settings *settings;

	if (forward_settings_load(self.conf_file, &settings, err) == -1)
		return -1;
	if (out != NULL)
		*(struct forward_settings **)out = settings;
	else
		forward_settings_leave(settings);
	return 0;
}

/* prepare - check all before anything is created, and drop privileges */
static struct forward_settings *
prepare(void)
{
	struct forward_settings *settings;
	struct err err;

	if (daemon_load(&self, NULL, load, &settings, &err) == -1)
		refuse(&err);
	self.conf = &settings->conf;
	if (daemon_check(&settings->conf, &err) == -1 ||
	    daemon_try(&settings->conf, load, NULL, &err) == -1)
		refuse(&err);
	if (!self.check_only)
		begin(&settings->conf);
	return settings;
}

/* look_around - for -n: what is not right now, and may be later */
static _Noreturn void
look_around(struct forward_settings *settings)
{
	struct err err;

	if (daemon_look_at_logs(&self, &settings->conf, &err) == -1)
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	warnings_print(self.name, settings);
	if (resolver_under_way() > 0)	/* see the end of main() */
		_exit(EX_OK);
	forward_settings_leave(settings);
	exit(EX_OK);
}

int
main(int argc, char **argv)
{
	struct forwarder forwarder;
	struct counters *counters;
	struct forward_settings *settings;
	struct spool *spool;
	struct err err;
	int signal_fd;

#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 2);
#endif
	(void)conn_memory_watch();
	daemon_options(&self, "tdc-forwarder", argc, argv, print_versions);
	if (trial.intake != NULL)
		trial_main(&trial, &self);
	settings = prepare();
	if (self.check_only)
		look_around(settings);
	signal_fd = take_signals();
	spool = open_spool(&settings->conf);
	counters = spool_counters(spool);
	if (signal_fd == -1 || scheduler_open(&forwarder, settings, spool,
	    counters, &err) == -1)
		daemon_refuse(&self, EX_OSERR, "no descriptors");
	forwarder.history = open_history(&settings->conf);
	forwarder.debug_all = self.verbose;
	daemon_ready(&self);
	daemon_idle(warnings_idle(settings));
	log_event(started, self.name, VERSION);
	run(&forwarder, signal_fd);
	scheduler_close(&forwarder);
	history_close(forwarder.history);
	counters_close(counters);
	spool_close(spool);
	log_event(stopped, self.name);
	/* look-ups still under way use what exit() takes down */
	if (resolver_under_way() > 0) {
		log_flush();
		_exit(EX_OK);
	}
	return EX_OK;
}
