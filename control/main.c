/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl - the operator's tool */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "policy/policy.h"
#include "policy/table/table.h"

enum { COLUMNS = 78 };

/* print_words - wrapped to lines that begin in this column */
static void
print_words(FILE *out, const char *text, size_t indent)
{
	size_t column = indent;

	fprintf(out, "%*s", (int)indent, "");
	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		if (column > indent && column + 1 + length > COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		column += (size_t)fprintf(out, "%s%.*s",
		    column > indent ? " " : "", (int)length, text);
		text += length + (text[length] == ' ');
	}
	fprintf(out, "\n");
}

static int
usage(FILE *out)
{
	fprintf(out, "usage: tdcctl [-c FILE] [-v] [-h | -V] VERB "
	    "[ARGUMENT...]\n");
	for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
		own(str) char *call = mem_format("%s %s", verb->name,
		    verb->arguments);

		print_words(out, call, 2);
		print_words(out, verb->meaning, 10);
	}
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

static void
print_versions(void)
{
	own(str) char *types = table_types();

	printf("tdcctl %s\njansson %s\ntable types: %s\n", VERSION,
	    jansson_version_str(), types);
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
			print_versions();
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
	fprintf(stderr, "tdcctl: unknown verb '%s': tdcctl -h lists them\n",
	    ESCAPE(argv[optind]));
	return EX_USAGE;
}
