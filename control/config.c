/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl config: the parameters, as postconf(1) prints Postfix's */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

/* What is asked for. */
struct inquiry {
	enum conf_which	 which;
	bool		 bare;		/* values alone */
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

/* print_named - those of that name; an exit code */
static int
print_named(const struct conf *conf, const struct inquiry *inquiry,
    char *const *names)
{
	int result = EX_OK;

	for (; *names != NULL; names++) {
		own(str) char *text = NULL;

		if (conf_print_one(conf, *names, inquiry->which,
		    inquiry->bare, stdout))
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
	if (inquiry.which == CONF_ALL)
		conf_ask_postfix(&control->conf);
	if (first <= argc)
		return print_named(&control->conf, &inquiry,
		    argv - 1 + first);
	if (inquiry.bare)
		return complain_arguments("config", "-h wants names");
	conf_print(&control->conf, inquiry.which, stdout);
	return EX_OK;
}
