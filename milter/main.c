/* SPDX-License-Identifier: BSD-2-Clause */
/* tdc-milter - sees what the scanners let through, and keeps copies of it */
#include <jansson.h>
#include <libmilter/mfapi.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/daemon/daemon.h"
#include "base/daemon/successor.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/spool_programs.h"
#include "milter/accept.h"
#include "milter/raise.h"
#include "milter/callbacks.h"
#include "milter/leave.h"
#include "milter/service.h"
#include "milter/signals.h"
#include "milter/socket.h"
#include "milter/unserved.h"
#include "milter/vital.h"
#include "policy/table/table.h"

enum {
	LOOK_MS = 1000,		/* tables are looked at this often */
	STACK = 1 << 20,	/* of a thread */
	KEPT_HEAP = 1 << 20	/* free memory, or one piece, of that size goes
				   back to the kernel */
};

static struct service service = { .lock = PTHREAD_MUTEX_INITIALIZER };
static struct daemon self = { .listens = true };
static bool tables_changed;	/* since tell_idle() */
static struct spool_state state;	/* what tdcctl status tells of us */

static void
print_versions(void)
{
	own(str) char *types = table_types();
	unsigned major, minor, patch;

	smfi_version(&major, &minor, &patch);
	printf("libmilter %u.%u.%u\njansson %s\ntable types: %s\n", major,
	    minor, patch, jansson_version_str(), types);
}

/* tell_idle - does anything ask for copies? */
static void
tell_idle(void)
{
	struct settings *settings = settings_hold(&service);
	struct policy *policy = policy_hold(service.policy);
	own(str) char *why = mem_format("no copies are made: set "
	    "intake_address, and default_policy or policy_maps, in %s, then "
	    "reload", self.conf_file);

	if (policy_journals(policy))
		daemon_idle("");
	else if (*settings->conf.intake_address != '\0')
		daemon_idle("no copies are made: neither default_policy nor a "
		    "table asks for any");
	else
		daemon_idle(why);
	policy_leave(policy);
	settings_leave(settings);
}

static void
table_news_changed(const char *table, size_t entries)
{
	log_event(table_changed, table, entries);
	tables_changed = true;
}

static void
table_news_broken(const char *table, const char *why)
{
	log_event(table_broken, table, why);
	raise_table(&service, table, why);
}

/* reopen_logs - also when the new configuration is bad: logs rotate */
static void
reopen_logs(void)
{
	struct settings *settings = settings_hold(&service);
	struct err err;

	if (log_open(self.name, &settings->conf, self.verbose, &err) == -1)
		log_event(reload_failed, err.text);
	settings_leave(settings);
}

/* note_reload - for tdcctl status, and for tdcctl reload, which waits for it */
static void
note_reload(bool refused)
{
	state.loaded = clock_wall();
	state.refused = refused;
}

/* reload - all of it or nothing of it */
static void
reload(void)
{
	struct settings *settings;
	struct policy *policy;
	const char *changed;
	struct err err;

	if (settings_load(self.conf_file, service.policy, &settings, &policy,
	    &err) == -1) {
		reopen_logs();
		sandbox_explain(&err);
		log_event(reload_failed, err.text);
		note_reload(true);
		return;
	}
	if (log_open(self.name, &settings->conf, self.verbose, &err) == -1) {
		sandbox_explain(&err);
		log_event(reload_failed, err.text);
		note_reload(true);
		settings_leave(settings);
		policy_free(policy);
		return;
	}
	changed = conf_restart(&service.current->conf, &settings->conf);
	if (changed != NULL)
		log_event(restart_needed,
		    conf_where(&settings->conf, changed), changed);
	service_reload(&service, settings, policy);
	log_event(reloaded);
	note_reload(false);
	tell_idle();
}

static void
count_lost_lines(void)
{
	uint64_t lost = log_lost();

	if (lost > 0)
		counter_add(service.counters, COUNT_LOG_LOST, lost);
}

/* keep_house - signals, changed tables, the watchdog; one thread's life */
static void *
keep_house(void *unused)
{
	static const struct policy_news news = {
		.changed = table_news_changed, .broken = table_news_broken
	};
	int watchdog = daemon_watchdog();
	int look = watchdog > 0 && watchdog < LOOK_MS ? watchdog : LOOK_MS;
	struct err err;

	(void)unused;
	for (;;) {
		switch (signals_wait(leave_look(look))) {
		case SIGHUP:
		case SIGUSR1:
			reload();
			break;
		case SIGUSR2:
			leave_call();
			break;
		case SIGTERM:
		case SIGINT:
			leave_now();
		}
		policy_refresh(service.policy, &news);
		if (tables_changed)
			tell_idle();
		tables_changed = false;
		state.stale = policy_stale(service.policy);
		spool_tell(service.spool, &state);
		count_lost_lines();
		if (counters_news(service.counters, &err))
			log_event(counters_trouble, err.text);
		if (spool_news(service.spool, &err))
			log_event(queue_replaced, err.text);
		if (watchdog > 0)
			daemon_notify("WATCHDOG=1");
	}
}

/*
 * frugal - with work for the kernel.  libmilter makes and ends threads all
 * day, and glibc keeps 40 MB of stacks for the next ones: of the usual 8 MB
 * that is five of them.  And memory that each message wants again, its first
 * piece above all, would be given back every time, and be zeroed for the next.
 */
static void
frugal(void)
{
	pthread_attr_t attr;

#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 2);
	mallopt(M_TRIM_THRESHOLD, KEPT_HEAP);
	mallopt(M_MMAP_THRESHOLD, KEPT_HEAP);
#endif
	if (pthread_attr_init(&attr) == 0 &&
	    pthread_attr_setstacksize(&attr, STACK) == 0)
		(void)pthread_setattr_default_np(&attr);
}

/* refuse - what is wrong until somebody mends it is told apart from what may
 * pass by itself */
static _Noreturn void
refuse(const struct err *err, int otherwise)
{
	daemon_refuse(&self, err->kind == ERR_NEVER ? EX_CONFIG : otherwise,
	    err->text);
}

/* may_read - what a reload, and a changed table, will have us read */
static int
may_read(void *policy, struct err *err)
{
	if (access(self.conf_file, R_OK) == -1)
		return err_sys(err, "open %s", self.conf_file);
	return policy_readable(policy, err);
}

/* check - all of it before anything is left behind */
static void
check(const struct conf *conf, struct policy *policy)
{
	struct err err;

	if (socket_check(conf, &err) == -1 || daemon_check(conf, &err) == -1 ||
	    daemon_try(conf, may_read, policy, &err) == -1)
		refuse(&err, EX_TEMPFAIL);
}

/* look_around - for -n: what is not there now, and may be later */
static _Noreturn void
look_around(const struct conf *conf, const struct err *warning)
{
	struct err err;

	if (daemon_look_at_logs(&self, conf, &err) == -1)
		refuse(&err, EX_CANTCREAT);
	if (warning != NULL)
		fprintf(stderr, "%s: warning: %s\n", self.name, warning->text);
	if (socket_place(conf, &err) == -1)
		fprintf(stderr, "%s: warning: %s\n", self.name, err.text);
	exit(EX_OK);
}

/* make_spool - its directory, which is the forwarder's user's, when it is not
 * there */
static int
make_spool(const struct conf *conf, struct err *err)
{
	struct conf keeper = *conf;

	keeper.user = conf->log_user;
	return daemon_directory(&keeper, conf->spool_directory, err);
}

/* prepare - all that needs root, then none of it any more */
static void
prepare(const struct conf *conf)
{
	own(buf) struct buf name = BUF;
	struct err err, warning;
	bool unix_socket, exposed;

	if (socket_name(conf, &name, &unix_socket, &err) == -1)
		refuse(&err, EX_TEMPFAIL);
	exposed = socket_exposed(conf, &warning);
	if (self.check_only)
		look_around(conf, exposed ? &warning : NULL);
	daemon_begin(&self);
	/* copies, and logs, are the other user's as well */
	if (conf->other_user != NULL)
		(void)umask(umask(0) & ~(mode_t)(S_IRWXG));
	if (log_open(self.name, conf, self.verbose, &err) == -1 ||
	    make_spool(conf, &err) == -1)
		refuse(&err, EX_CANTCREAT);
	if (exposed)
		log_event(open_door, warning.text);
	if (callbacks_register(&service, unix_socket) == -1)
		daemon_refuse(&self, EX_SOFTWARE, "libmilter refuses us");
	if (socket_open(conf, &self.given, &err) == -1)
		refuse(&err, EX_UNAVAILABLE);
	successor_drop(conf->user);
	if (daemon_drop(conf, &err) == -1)
		refuse(&err, EX_NOPERM);
	daemon_confine(&self, SANDBOX_MILTER, NULL);
	if (service_open_spool(&service, &err) == -1)
		daemon_refuse(&self, EX_CANTCREAT, err.text);
	note_reload(false);
}

struct loaded {
	struct settings	*settings;
	struct policy	*policy;
};

static int
load(void *arg, struct err *err)
{
	struct loaded *loaded = arg;

	return settings_load(self.conf_file, NULL, &loaded->settings,
	    &loaded->policy, err);
}

int
main(int argc, char **argv)
{
	struct loaded loaded;
	const struct conf *conf;
	pthread_t house;
	struct err err;

	frugal();
	daemon_options(&self, "tdc-milter", argc, argv, print_versions);
	successor_prepare(&self);
	if (daemon_load(&self, conf_run_as_milter, load, &loaded,
	    &err) == -1)
		refuse(&err, EX_TEMPFAIL);
	service.current = loaded.settings;
	self.conf = conf = &loaded.settings->conf;
	check(conf, loaded.policy);
	service.policy = policy_live_new(loaded.policy);
	prepare(conf);
	raise_begin(&service);
	accept_open(&service);
	leave_begin(&service, &self);
	vital_begin(&service);
	signals_block();
	if (unserved_begin(&service) != 0 ||
	    pthread_create(&house, NULL, keep_house, NULL) != 0)
		daemon_refuse(&self, EX_OSERR, "cannot make a thread");
	daemon_ready(&self);
	tell_idle();
	log_event(started, self.name, VERSION);
	if (smfi_main() == MI_FAILURE && !service.stopping)
		daemon_refuse(&self, EX_SOFTWARE, "libmilter gave up");
	pthread_join(house, NULL);	/* who ends the process */
	return EX_SOFTWARE;
}
