/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl - the operator's hand */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "control/control.h"
#include "policy/policy.h"

static int
usage(FILE *out)
{
	fprintf(out, "usage: tdcctl [-c FILE] [-v] [-V] VERB [ARGUMENT...]\n");
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		fprintf(out, "  %-8s %-20s %s\n", verb->name, verb->arguments,
		    verb->meaning);
	return EX_USAGE;
}

static int
run(struct control *control, const struct verb *verb, int argc, char **argv)
{
	struct err err;
	int result;

	if (verb->needs_conf &&
	    conf_load(control->conf_file, &control->conf, &err) == -1)
		return complain(EX_CONFIG, err.text);
	result = verb->run(control, argc, argv);
	if (control->conf.private != NULL)
		conf_drop(&control->conf);
	if (fflush(stdout) == EOF)
		return complain(EX_IOERR, "cannot write to standard output");
	return result;
}

int
main(int argc, char **argv)
{
	struct control control = { .conf_file = CONF_FILE };
	int c;

	while ((c = getopt(argc, argv, "+c:vVh")) != -1) {
		switch (c) {
		case 'c':
			control.conf_file = optarg;
			break;
		case 'v':
			control.verbose = true;
			break;
		case 'V':
			printf("tdcctl %s\njansson %s\ntable types: %s\n",
			    VERSION, jansson_version_str(), policy_types);
			return EX_OK;
		case 'h':
			usage(stdout);
			return EX_OK;
		default:
			return usage(stderr);
		}
	}
	if (optind == argc)
		return usage(stderr);
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (strcmp(verb->name, argv[optind]) == 0)
			return run(&control, verb, argc - optind - 1,
			    argv + optind + 1);
	fprintf(stderr, "tdcctl: unknown verb '%.40s'\n", argv[optind]);
	return usage(stderr);
}
