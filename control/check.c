/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl check, config: is the configuration correct, and what does it say? */
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/daemon/daemon.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

static void
print_table(void *arg, const char *check, const char *table, size_t entries)
{
	(void)arg;
	printf("%s %s: %zu entr%s\n", check, table, entries,
	    entries == 1 ? "y" : "ies");
}

static void
look_at_table(void *arg, const char *check, const char *table, size_t entries)
{
	(void)arg, (void)check, (void)entries;
	permissions_of_table(table);
}

static void
warn_foreign(void *arg, const char *table, const char *key,
    const char *intake)
{
	const struct conf *conf = arg;

	printf("warning: %s: %s: %s is outside the domain of intake_address "
	    "(%s)\n", table, key, intake, conf->intake_address);
}

static void
warn(void *arg, const char *text)
{
	(void)arg;
	printf("warning: %s\n", text);
}

static void
complain_config(void *arg, const char *text)
{
	(void)arg;
	(void)complain(EX_CONFIG, text);
}

/* load_policy - reports every bad line, not just the first one */
static int
load_policy(const struct conf *conf, struct policy **out)
{
	struct err err;

	if (policy_inspect(conf, complain_config, NULL) > 0)
		return -1;
	if (policy_load(conf, out, &err) == -1) {
		(void)complain(EX_CONFIG, err.text);
		return -1;
	}
	return 0;
}

/* may_use - the same access that the programs need */
static int
may_use(void *arg, struct err *err)
{
	const char *dir = arg;

	return access(dir, R_OK | W_OK | X_OK) == 0 ? 0 :
	    err_sys(err, "%s", dir);
}

/* look_at_spool - if it exists: tdc-milter creates it, with the right owner */
static void
look_at_spool(const struct conf *conf)
{
	own(str) char *dir = mem_text(conf->spool_directory);
	struct err err;

	if (access(dir, F_OK) == -1)
		printf("warning: spool_directory %s does not exist yet\n", dir);
	else if (daemon_try(conf, may_use, dir, &err) == -1)
		printf("warning: spool_directory: %s\n", err.text);
}

/* do_check - load all that the programs would load, and ask them, too */
int
do_check(struct control *control, int argc, char **argv)
{
	struct conf *conf = &control->conf;
	struct policy *policy;
	struct err err;
	int result;

	(void)argv;
	if (argc != 0)
		return complain_usage("check");
	if (conf_load(control->conf_file, conf, &err) == -1)
		return complain(EX_CONFIG, err.text);
	if (load_policy(conf, &policy) == -1)
		return EX_CONFIG;
	policy_each_table(policy, print_table, NULL);
	policy_each_foreign_intake(policy, warn_foreign, conf);
	policy_each_open(policy, warn, NULL);
	policy_each_stale(policy, warn, NULL);
	policy_each_dead(policy, warn, NULL);
	policy_each_table(policy, look_at_table, NULL);
	policy_free(policy);
	result = programs_check(control->conf_file);
	if (result != EX_OK)
		return result;
	permissions_of_conf(control->conf_file, conf);
	look_at_spool(conf);
	printf("%s: OK\n", control->conf_file);
	return EX_OK;
}

/* do_config - like postconf(1) */
int
do_config(struct control *control, int argc, char **argv)
{
	enum conf_which which = CONF_ALL;

	if (argc == 1 && strcmp(argv[0], "-n") == 0)
		which = CONF_SET;
	else if (argc == 1 && strcmp(argv[0], "-d") == 0)
		which = CONF_DEFAULTS;
	else if (argc != 0)
		return complain_usage("config");
	if (which == CONF_ALL)
		conf_ask_postfix(&control->conf);
	conf_print(&control->conf, which, stdout);
	return EX_OK;
}
