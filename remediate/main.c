/* SPDX-License-Identifier: BSD-2-Clause */
/* tdc-remediator - takes mail that turned out malicious out of mailboxes */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/daemon/daemon.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "history/history.h"
#include "remediate/settings.h"

enum { TURN_MS = 1000 };

static struct daemon self;
static atomic_bool stopped;

static void
print_versions(void)
{
	printf("SQLite %s\n", history_version());
}

/* refuse - what is wrong stays wrong until a person changes it */
static _Noreturn void
refuse(const struct err *err)
{
	daemon_refuse(&self, err->kind == ERR_NEVER ? EX_CONFIG : EX_TEMPFAIL,
	    err->text);
}

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

/* reload - all of it or nothing of it */
static void
reload(struct settings **settings)
{
	struct settings *next;
	const char *changed;
	struct err err;

	if (settings_load(self.conf_file, &stopped, &next, &err) == -1) {
		log_event(reload_failed, err.text);
		return;
	}
	if (log_open(self.name, &next->conf, self.verbose, &err) == -1) {
		log_event(reload_failed, err.text);
		settings_free(next);
		return;
	}
	changed = conf_restart(&(*settings)->conf, &next->conf);
	if (changed != NULL)
		log_event(restart_needed, conf_where(&next->conf, changed),
		    changed);
	settings_free(*settings);
	*settings = next;
	self.conf = &next->conf;
	log_event(reloaded);
}

static void
heed_signals(struct settings **settings, int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP || info.ssi_signo == SIGUSR1) {
			reload(settings);
		} else {
			daemon_notify("STOPPING=1");
			atomic_store(&stopped, true);
		}
	}
}

static void
run(struct settings **settings, int signal_fd)
{
	struct pollfd wait = { signal_fd, POLLIN, 0 };

	while (!atomic_load(&stopped)) {
		if (daemon_watchdog() > 0)
			daemon_notify("WATCHDOG=1");
		(void)poll(&wait, 1, TURN_MS);
		heed_signals(settings, signal_fd);
	}
}

/* may_load - what each reload will have us read */
static int
may_load(void *unused, struct err *err)
{
	struct settings *settings;

	(void)unused;
	if (settings_load(self.conf_file, &stopped, &settings, err) == -1)
		return -1;
	settings_free(settings);
	return 0;
}

/* begin - all that needs root, then none of it any more */
static void
begin(const struct conf *conf)
{
	own(str) char *dir = mem_text(conf->remediation_database);
	char *end = strrchr(dir, '/');
	struct err err;

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
}

/* prepare - check all before anything is created, and drop privileges */
static struct settings *
prepare(void)
{
	struct settings *settings;
	struct err err;

	if (settings_load(self.conf_file, &stopped, &settings, &err) == -1)
		refuse(&err);
	self.conf = &settings->conf;
	if (daemon_check(&settings->conf, &err) == -1 ||
	    daemon_try(&settings->conf, may_load, NULL, &err) == -1)
		refuse(&err);
	if (!self.check_only)
		begin(&settings->conf);
	return settings;
}

int
main(int argc, char **argv)
{
	struct settings *settings;
	int signal_fd;

	daemon_options(&self, "tdc-remediator", argc, argv, print_versions);
	settings = prepare();
	if (self.check_only)
		exit(EX_OK);
	signal_fd = take_signals();
	if (signal_fd == -1)
		daemon_refuse(&self, EX_OSERR, "no descriptors");
	daemon_ready(&self);
	log_event(started, self.name, VERSION);
	run(&settings, signal_fd);
	settings = settings_free(settings);
	log_event(stopped, self.name);
	return EX_OK;
}
