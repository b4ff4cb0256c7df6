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
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon/daemon.h"
#include "base/log/log.h"
#include "forward/net/resolver.h"
#include "forward/scheduler.h"
#include "forward/tls/sts_fetch.h"
#include "journal/spool/spool_counters.h"

static struct daemon self;

static void
print_versions(void)
{
	printf("%s\nlibunbound %s\n%s\n", OpenSSL_version(OPENSSL_VERSION),
	    resolver_version(), sts_fetch_version());
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

/* reload_refused - all stays as it was; but log files that were moved away
 * are created again all the same */
static void
reload_refused(const struct forwarder *forwarder, const struct err *err)
{
	struct err ignored;

	(void)log_open(self.name, &forwarder->settings->conf, self.verbose,
	    &ignored);
	log_event(reload_failed, err->text);
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
		uint64_t lost = log_lost();

		if (lost > 0)
			counter_add(forwarder->counters, COUNT_LOG_LOST, lost);
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
		.directory = conf->spool_directory, .sync = conf->spool_sync,
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

/* begin - all that needs root, then none of it any more */
static void
begin(const struct conf *conf)
{
	struct err err;

	daemon_begin(&self);
	if (log_open(self.name, conf, self.verbose, &err) == -1 ||
	    daemon_directory(conf, conf->spool_directory, &err) == -1)
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	if (daemon_drop(conf, &err) == -1)
		daemon_refuse(&self, EX_NOPERM, err.text);
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

/* load - or end here */
static struct forward_settings *
load(void)
{
	struct forward_settings *settings;
	struct err err;

	if (forward_settings_load(self.conf_file, &settings, &err) == -1)
		refuse(&err);
	return settings;
}

/* may_load - what each reload will have us read, keys above all */
static int
may_load(void *unused, struct err *err)
{
	struct forward_settings *settings;

	(void)unused;
	if (forward_settings_load(self.conf_file, &settings, err) == -1)
		return -1;
	forward_settings_leave(settings);
	return 0;
}

/* prepare - check all before anything is created, and drop privileges */
static struct forward_settings *
prepare(void)
{
	struct forward_settings *settings = load();
	struct err err;

	if (daemon_check(&settings->conf, &err) == -1 ||
	    daemon_try(&settings->conf, may_load, NULL, &err) == -1)
		refuse(&err);
	if (!self.check_only)
		begin(&settings->conf);
	return settings;
}

/* warn_login - of passwords that are said to whoever answers */
static void
warn_login(const struct conf *conf)
{
	if (*conf->intake_login_file != '\0' &&
	    conf->tls_policy == CONF_TLS_ENCRYPT)
		fprintf(stderr, "%s: warning: %s: intake_login_file: with "
		    "tls_policy = encrypt whoever poses as the intake gets the "
		    "password\n", self.name,
		    conf_where(conf, "intake_login_file"));
}

/* warn_source - of addresses that are not ours now, and may be later */
static void
warn_source(const struct forward_settings *settings)
{
	struct err err;

	if (connect_source_check(&settings->source, &err) == -1)
		fprintf(stderr, "%s: warning: %s: %s\n", self.name,
		    conf_where(&settings->conf, "source_address"), err.text);
}

/* warn_resolver - of name servers that are not known now */
static void
warn_resolver(const struct forward_settings *settings)
{
	char text[RESOLVER_NEWS];

	if (resolver_news(settings->resolver, text) != RESOLVER_NO_NEWS)
		fprintf(stderr, "%s: warning: DNS: %s\n", self.name, text);
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

	mallopt(M_ARENA_MAX, 2);
	daemon_options(&self, "tdc-forwarder", argc, argv, print_versions);
	settings = prepare();
	if (self.check_only) {
		warn_login(&settings->conf);
		warn_source(settings);
		warn_resolver(settings);
		forward_settings_leave(settings);
		return EX_OK;
	}
	signal_fd = take_signals();
	spool = open_spool(&settings->conf);
	counters = spool_counters(spool);
	if (signal_fd == -1 || scheduler_open(&forwarder, settings, spool,
	    counters, &err) == -1)
		daemon_refuse(&self, EX_OSERR, "no descriptors");
	daemon_ready(&self);
	log_event(started, self.name, VERSION);
	run(&forwarder, signal_fd);
	scheduler_close(&forwarder);
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
