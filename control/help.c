/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl help, version: what can be asked for, from the table of verbs */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/json_put.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/usage.h"
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

/* print_json - one verb, with what its usage says word by word */
static void
print_json(const struct verb *verb)
{
	own(usage) struct usage usage = usage_parse(verb->arguments);
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "verb", verb->name);
	json_put_text(&out, "arguments", verb->arguments);
	json_put_key(&out, "options");
	json_put_array(&out);
	for (size_t i = 0; i < usage.option_count; i++) {
		json_put_begin(&out);
		json_put_text(&out, "option", usage.options[i].name);
		json_put_text(&out, "value", usage.options[i].value);
		json_put_end(&out);
	}
	json_put_array_end(&out);
	json_put_key(&out, "operands");
	json_put_array(&out);
	for (size_t i = 0; i < usage.operand_count; i++)
		json_put_item(&out, usage.operands[i]);
	json_put_array_end(&out);
	json_put_text(&out, "meaning", verb->meaning);
	json_put_end(&out);
	puts(out.data);
}

/* do_help - of all verbs, or of one */
int
do_help(struct control *control, int argc, char **argv)
{
	const struct verb *verb;

	if (argc == 0 && !control->json) {
		help_all();
		return EX_OK;
	}
	for (verb = verbs; argc == 0 && verb->name != NULL; verb++)
		print_json(verb);
	if (argc == 0)
		return EX_OK;
	verb = verb_find(argv[0]);
	if (verb == NULL)
		return complain_verb(argv[0]);
	if (control->json)
		print_json(verb);
	else
		help_verb(verb);
	return EX_OK;
}

/* version_json - the same as an object; types have blanks between them */
static void
version_json(char *types)
{
	own(buf) struct buf out = BUF;
	char *type;

	json_put_begin(&out);
	json_put_text(&out, "version", VERSION);
	json_put_text(&out, "jansson", jansson_version_str());
	json_put_key(&out, "table_types");
	json_put_array(&out);
	while ((type = strsep(&types, " ")) != NULL)
		if (*type != '\0')
			json_put_item(&out, type);
	json_put_array_end(&out);
	json_put_end(&out);
	puts(out.data);
}

/* do_version - ours, and what is built in */
int
do_version(struct control *control, int argc, char **argv)
{
	own(str) char *types = table_types();

	(void)argc, (void)argv;
	if (control->json)
		version_json(types);
	else
		printf("tdcctl %s\njansson %s\ntable types: %s\n",
		    VERSION, jansson_version_str(), types);
	return EX_OK;
}
