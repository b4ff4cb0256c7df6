/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl help, version: what can be asked for, from the table of verbs */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "policy/table/table.h"

enum { COLUMNS = 78 };

/* help_words - wrapped to lines that begin in this column */
void
help_words(FILE *out, const char *text, size_t indent)
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

static void
print_verb(const struct verb *verb)
{
	own(str) char *call = mem_format("%s %s", verb->name,
	    verb->arguments);

	help_words(stdout, call, 2);
	help_words(stdout, verb->meaning, 10);
}

/* help_all - every verb */
void
help_all(void)
{
	printf("usage: tdcctl [-c FILE] [-v] VERB [ARGUMENT...]\n"
	    "       tdcctl -h | -V\n");
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		print_verb(verb);
}

/* help_verb - one of them */
void
help_verb(const struct verb *verb)
{
	printf("usage: tdcctl [-c FILE] [-v] %s%s%s\n", verb->name,
	    *verb->arguments != '\0' ? " " : "", verb->arguments);
	help_words(stdout, verb->meaning, 2);
}

/* do_help - of all verbs, or of one */
int
do_help(struct control *control, int argc, char **argv)
{
	const struct verb *verb;

	(void)control;
	if (argc == 0) {
		help_all();
		return EX_OK;
	}
	verb = verb_find(argv[0]);
	if (verb == NULL)
		return complain_verb(argv[0]);
	help_verb(verb);
	return EX_OK;
}

/* do_version - ours, and what is built in */
int
do_version(struct control *control, int argc, char **argv)
{
	own(str) char *types = table_types();

	(void)control, (void)argc, (void)argv;
	printf("tdcctl %s\njansson %s\ntable types: %s\n", VERSION,
	    jansson_version_str(), types);
	return EX_OK;
}
