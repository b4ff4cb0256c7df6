/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl - the operator's tool */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/usage.h"

/* usage - after what is wrong, where to read on */
static int
usage(const char *wrong)
{
	if (wrong != NULL)
		(void)complain(EX_USAGE, wrong);
	fprintf(stderr, "usage: tdcctl [-c FILE] [-v] VERB [ARGUMENT...]\n"
	    "'tdcctl help' lists the verbs\n");
	return EX_USAGE;
}

/* asks_for_help - -h alone, since it may be an option of the verb as well */
static bool
asks_for_help(int argc, char **argv)
{
	return argc > 0 && (strcmp(argv[0], "--help") == 0 ||
	    (argc == 1 && strcmp(argv[0], "-h") == 0));
}

/* take_json - out of the arguments, wherever it stands, where the verb's row has
 * it; returns how many are left */
static int
take_json(struct control *control, const struct verb *verb, int argc,
    char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++)
		if (verb->json && strcmp(argv[i], "--json") == 0)
			control->json = true;
		else
			argv[n++] = argv[i];
	argv[n] = NULL;
	return n;
}

/* counts_itself - its row does not tell how many arguments it has */
static bool
counts_itself(const struct verb *verb)
{
	return verb->most == 0 && *verb->arguments != '\0' &&
	    strcmp(verb->arguments, "[--json]") != 0;
}

/* is_option - and no number below zero, nor "-" */
static bool
is_option(const char *text)
{
	return text[0] == '-' && text[1] != '\0' &&
	    strchr("0123456789", text[1]) == NULL;
}

/* names - does the verb's row name this option? */
static bool
names(const struct verb *verb, const char *option)
{
	own(usage) struct usage usage = usage_parse(verb->arguments);

	for (size_t i = 0; i < usage.option_count; i++)
		if (strcmp(usage.options[i].name, option) == 0)
			return true;
	return false;
}

/* check_options - that none is there but those which the verb's row names */
static int
check_options(const struct verb *verb, int argc, char **argv)
{
	own(str) char *reason = NULL;

	for (int i = 0; i < argc && reason == NULL; i++)
		if (is_option(argv[i]) && !names(verb, argv[i]))
			reason = mem_format("unknown option '%s'",
			    ESCAPE(argv[i]));
	return reason == NULL ? EX_OK :
	    complain_arguments(verb->name, reason);
}

/* check_count - of arguments, where the verb's row tells */
static int
check_count(const struct verb *verb, int argc, char **argv)
{
	own(str) char *reason = NULL;

	if (counts_itself(verb))
		return EX_OK;
	if (verb->json && check_options(verb, argc, argv) != EX_OK)
		return EX_USAGE;
	if (argc < verb->least)
		return complain_arguments(verb->name,
		    "an argument is missing");
	if (argc <= verb->most)
		return EX_OK;
	reason = mem_format("unexpected argument '%s'",
	    ESCAPE(argv[verb->most]));
	return complain_arguments(verb->name, reason);
}

/* salvage - the spool can be dealt with while tdc.cf is being edited.  The
 * warning names the spool, since the wrong line may be the one that should */
static int
salvage(struct control *control)
{
	struct conf *conf = &control->conf;
	struct err err;

	switch (conf_salvage(control->conf_file, "spool_directory", conf,
	    &err)) {
	case -1:
		return complain(EX_CONFIG, err.text);
	case 1:
		fprintf(stderr, "tdcctl: warning: %s: going on with "
		    "spool_directory = %s\n", err.text,
		    conf->spool_directory);
	}
	return EX_OK;
}

/* load - as much of the configuration as the verb needs; an exit code */
static int
load(struct control *control, const struct verb *verb)
{
	struct err err;

	switch (verb->needs) {
	case NEEDS_NOTHING:
		break;
	case NEEDS_SPOOL:
		return salvage(control);
	case NEEDS_CONF:
		if (conf_load(control->conf_file, &control->conf, &err) == -1)
			return complain(EX_CONFIG, err.text);
	}
	return EX_OK;
}

static int
run(struct control *control, const struct verb *verb, int argc, char **argv)
{
	int result = EX_OK;

	if (asks_for_help(argc, argv)) {
		help_verb(verb);
	} else {
		argc = take_json(control, verb, argc, argv);
		result = check_count(verb, argc, argv);
		if (result == EX_OK)
			result = load(control, verb);
		if (result == EX_OK)
			result = verb->run(control, argc, argv);
	}
	if (control->conf.private != NULL)
		conf_drop(&control->conf);
	if (fflush(stdout) == EOF)
		return complain(EX_IOERR, "cannot write to standard output");
	return result;
}

/* take_options - true: go on; false: the exit code is in *out */
static bool
take_options(struct control *control, int argc, char **argv, int *out)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c;

	*out = EX_OK;
	while ((c = getopt_long(argc, argv, "+c:vVh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			control->conf_file = optarg;
			break;
		case 'v':
			control->verbose = true;
			break;
		case 'V':
			(void)do_version(control, 0, NULL);
			return false;
		case 'h':
			help_all();
			return false;
		default:
			*out = usage(NULL);
			return false;
		}
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct control control = { .conf_file = CONF_FILE };
	const struct verb *verb;
	int result;

	if (!take_options(&control, argc, argv, &result))
		return result;
	if (optind == argc)
		return usage("no verb was given");
	verb = verb_find(argv[optind]);
	if (verb == NULL)
		return complain_verb(argv[optind]);
	return run(&control, verb, argc - optind - 1, argv + optind + 1);
}
