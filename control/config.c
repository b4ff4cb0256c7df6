/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl config: the parameters, as postconf(1) prints Postfix's */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/json_put.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

/* What is asked for. */
struct inquiry {
	enum conf_which	 which;
	bool		 bare;		/* values alone */
	bool		 json;
};

/* take_options - the index of the first name, or -1 */
static int
take_options(struct inquiry *inquiry, int argc, char **argv)
{
	int c;

	*inquiry = (struct inquiry){ .which = CONF_ALL };
	optind = 0;
	opterr = 0;
	while ((c = getopt(argc, argv, "+dhn")) != -1) {
		if (c == 'h')
			inquiry->bare = true;
		else if (c != '?' && inquiry->which == CONF_ALL)
			inquiry->which = c == 'n' ? CONF_SET : CONF_DEFAULTS;
		else
			return -1;
	}
	return optind;
}

/* print_json - one parameter, as an object */
static void
print_json(const struct conf *conf, const struct inquiry *inquiry, int i)
{
	const struct conf_option *option = &conf_options[i];
	const char *value = conf_value_of(conf, i, inquiry->which);
	own(buf) struct buf out = BUF;

	if (value == NULL)
		return;
	json_put_begin(&out);
	json_put_text(&out, "name", option->name);
	json_put_shown(&out, "value", value);
	json_put_shown(&out, "default", option->initial);
	json_put_bool(&out, "set", conf_is_set(conf, i));
	json_put_bool(&out, "restart", option->restart);
	json_put_end(&out);
	puts(out.data);
}

/* print_one - false: there is none of that name */
static bool
print_one(const struct conf *conf, const struct inquiry *inquiry,
    const char *name)
{
	if (!inquiry->json)
		return conf_print_one(conf, name, inquiry->which,
		    inquiry->bare, stdout);
	for (int i = 0; conf_options[i].name != NULL; i++)
		if (strcmp(conf_options[i].name, name) == 0) {
			print_json(conf, inquiry, i);
			return true;
		}
	return false;
}

/* print_all - of those that are asked for */
static void
print_all(const struct conf *conf, const struct inquiry *inquiry)
{
	if (!inquiry->json)
		conf_print(conf, inquiry->which, stdout);
	for (int i = 0; inquiry->json && conf_options[i].name != NULL; i++)
		print_json(conf, inquiry, i);
}

/* print_named - those of that name; an exit code */
static int
print_named(const struct conf *conf, const struct inquiry *inquiry,
    char *const *names)
{
	int result = EX_OK;

	for (; *names != NULL; names++) {
		own(str) char *text = NULL;

		if (print_one(conf, inquiry, *names))
			continue;
		fflush(stdout);
		text = mem_format("unknown parameter '%s'", ESCAPE(*names));
		result = complain(EX_USAGE, text);
	}
	return result;
}

/* do_config - all of them, or some */
int
do_config(struct control *control, int argc, char **argv)
{
	struct inquiry inquiry;
	int first = take_options(&inquiry, argc + 1, argv - 1);

	if (first == -1)
		return complain_arguments("config", "unknown option, or both "
		    "-n and -d");
	inquiry.json = control->json;
	if (inquiry.bare && inquiry.json)
		return complain_arguments("config", "-h is not for --json");
	if (inquiry.which == CONF_ALL)
		conf_ask_postfix(&control->conf);
	if (first <= argc)
		return print_named(&control->conf, &inquiry,
		    argv - 1 + first);
	if (inquiry.bare)
		return complain_arguments("config", "-h wants names");
	print_all(&control->conf, &inquiry);
	return EX_OK;
}
