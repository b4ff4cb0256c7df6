/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl check: is the configuration correct? */
#include "policy/policy.h"

#include <string.h>
#include <sysexits.h>

#include "base/own.h"
#include "control/control.h"
#include "control/doctor/doctor.h"
#include "control/remedy/remedy_check.h"

static void
print_table(void *arg, const char *check, const char *table, size_t entries)
{
	finding_table(arg, check, table, entries);
}

static void
look_at_table(void *arg, const char *check, const char *table, size_t entries)
{
	(void)check, (void)entries;
	permissions_of_table(table, arg);
}

/* What warn_foreign() needs. */
struct foreign {
	const char	*intake;	/* intake_address */
	struct findings	*findings;
};

static void
warn_foreign(void *arg, const char *table, const char *key,
    const char *intake)
{
	const struct foreign *foreign = arg;

	finding_warn(foreign->findings, "%s: %s: %s is outside the domain of "
	    "intake_address (%s)", table, key, intake, foreign->intake);
}

static void
warn(void *arg, const char *text)
{
	finding_warn(arg, "%s", text);
}

static void
complain_config(void *arg, const char *text)
{
	finding_error(arg, text);
	(void)complain(EX_CONFIG, text);
}

/* load_policy - reports every bad line, not just the first one */
static int
load_policy(const struct conf *conf, struct findings *findings,
    struct policy **out)
{
	struct err err;

	if (policy_inspect(conf, complain_config, findings) > 0)
		return -1;
	if (policy_load(conf, out, &err) == -1) {
		complain_config(findings, err.text);
		return -1;
	}
	return 0;
}

/* look_at_policy - what its tables say, and probably should not */
static void
look_at_policy(const struct conf *conf, const struct policy *policy,
    struct findings *findings)
{
	struct foreign foreign = { conf->intake_address, findings };
	const char *marks = policy_marks_all(policy);

	policy_each_table(policy, print_table, findings);
	policy_each_foreign_intake(policy, warn_foreign, &foreign);
	policy_each_open(policy, warn, findings);
	policy_each_stale(policy, warn, findings);
	policy_each_dead(policy, warn, findings);
	if (!policy_journals(policy))
		finding_stop(findings, "nothing is journaled: default_policy = "
		    "%s, and %s", conf->default_policy,
		    *conf->policy_maps == '\0' ? "policy_maps is empty" :
		    "no table has anything but NO and DUNNO");
	if (marks != NULL)
		finding_stop(findings, "nothing is journaled: "
		    "unclean_header_checks: %s matches every header field",
		    marks);
	policy_each_table(policy, look_at_table, findings);
}

/* look - errors first, and alone; then what is to be warned of, in the policy,
 * by the programs, and around them; an exit code */
static int
look(const char *conf_file, const struct conf *conf,
    struct findings *findings)
{
	own(buf) struct buf heard = BUF;
	struct policy *policy;
	int result;

	if (load_policy(conf, findings, &policy) == -1)
		return EX_CONFIG;
	result = programs_check(conf_file, findings, &heard);
	if (result == EX_OK) {
		look_at_policy(conf, policy, findings);
		programs_tell(&heard, findings);
		permissions_of_conf(conf_file, conf, findings);
		doctor_look(conf, findings);
		remedy_check(conf, findings);
		finding_end(findings, conf_file);
	}
	policy_free(policy);
	return result;
}

/* do_check - what a start, a reload and a message would meet */
int
do_check(struct control *control, int argc, char **argv)
{
	bool strict = argc == 1 && strcmp(argv[0], "--strict") == 0;
	own(findings) struct findings findings = FINDINGS;
	struct err err;
	int result;

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--nagios") == 0)
			return control->json ? complain_arguments("check",
			    "--json is not for --nagios") :
			    check_nagios(control, argc, argv);
	if (argc > (strict ? 1 : 0))
		return complain_arguments("check", "unknown option, or one of "
		    "--nagios without it");
	findings.json = control->json;
	if (conf_inspect(control->conf_file, complain_config, &findings) > 0)
		return EX_CONFIG;
	if (conf_load(control->conf_file, &control->conf, &err) == -1) {
		complain_config(&findings, err.text);
		return EX_CONFIG;
	}
	result = look(control->conf_file, &control->conf, &findings);
	return result == EX_OK && strict && findings.warnings > 0 ?
	    EXIT_WARNINGS : result;
}
