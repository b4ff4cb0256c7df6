/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl check, config, policy: what the configuration says */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/net.h"
#include "control/control.h"

static void
print_table(void *arg, const char *check, const char *table, size_t entries)
{
	(void)arg;
	printf("%s %s: %zu entr%s\n", check, table, entries,
	    entries == 1 ? "y" : "ies");
}

static void
warn_foreign(void *arg, const char *table, const char *key,
    const char *intake)
{
	const struct conf *conf = arg;

	printf("warning: %s: %s: %s is outside the domain of intake_address "
	    "(%s)\n", table, key, intake, conf->intake_address);
}

/* warn_files - what a start would stumble over */
static void
warn_files(const struct conf *conf)
{
	const char *const files[] = { conf->tls_ca_file, conf->tls_cert_file,
	    conf->tls_key_file };

	if (access(conf->spool_directory, F_OK) == -1)
		printf("warning: spool_directory %s does not exist yet\n",
		    conf->spool_directory);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (*files[i] != '\0' && access(files[i], R_OK) == -1)
			printf("warning: %s cannot be read\n", files[i]);
}

/* do_check - load all that the programs would load */
int
do_check(struct control *control, int argc, char **argv)
{
	struct conf *conf = &control->conf;
	struct policy *policy;
	struct nets *nets;
	struct err err;

	(void)argv;
	if (argc != 0)
		return complain_usage("check");
	if (conf_load(control->conf_file, conf, &err) == -1)
		return complain(EX_CONFIG, err.text);
	if (net_parse(conf->internal_networks, &nets, &err) == -1) {
		err_wrap(&err, "%s: internal_networks",
		    conf_where(conf, "internal_networks"));
		return complain(EX_CONFIG, err.text);
	}
	net_free(nets);
	if (policy_load(conf, &policy, &err) == -1)
		return complain(EX_CONFIG, err.text);
	policy_each_table(policy, print_table, NULL);
	policy_each_foreign_intake(policy, warn_foreign, conf);
	warn_files(conf);
	policy_free(policy);
	printf("%s: good\n", control->conf_file);
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
		which = CONF_PRESETS;
	else if (argc != 0)
		return complain_usage("config");
	conf_print(&control->conf, which, stdout);
	return EX_OK;
}

static void
print_step(void *arg, const char *check, const char *table, const char *key,
    const char *value)
{
	(void)arg;
	printf("  %s %s: %s: %s\n", check, table, key,
	    value != NULL ? value : "not found");
}

/* bare - an address with or without its <>, without; new */
static char *
bare(const char *address)
{
	size_t n = strlen(address);

	if (n >= 2 && *address == '<' && address[n - 1] == '>')
		return mem_bytes(address + 1, n - 2);
	return mem_text(address);
}

static void
print_decision(const char *recipient, const struct decision *decision)
{
	printf("<%s>: %s", recipient,
	    decision->journal ? decision->intake : "NO");
	if (decision->table == NULL)
		printf(" (default_policy)\n");
	else
		printf(" (policy %s: %s %s, key %s)\n", decision->name,
		    decision->check, decision->table, decision->key);
}

/* do_policy - where copies would go */
int
do_policy(struct control *control, int argc, char **argv)
{
	struct facts facts = { .client_addr = "", .client_name = "",
	    .helo = "" };
	struct policy *policy;
	struct err err;
	char *sender;

	if (argc < 2)
		return complain_usage("policy");
	if (policy_load(&control->conf, &policy, &err) == -1)
		return complain(EX_CONFIG, err.text);
	facts.sender = sender = bare(argv[0]);
	for (int i = 1; i < argc; i++) {
		struct decision decision;
		char *recipient = bare(argv[i]);

		policy_explain(policy, &facts, recipient,
		    control->verbose ? print_step : NULL, NULL, &decision);
		print_decision(recipient, &decision);
		free(recipient);
	}
	free(sender);
	policy_free(policy);
	return EX_OK;
}
