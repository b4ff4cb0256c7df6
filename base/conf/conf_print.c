/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration, as postconf(1) prints Postfix's. */
#include <string.h>

#include "base/conf/conf.h"
#include "base/conf/conf_private.h"

/* conf_find - which option has that name */
int
conf_find(const char *name, size_t length)
{
	for (int i = 0; conf_options[i].name != NULL; i++)
		if (strncmp(conf_options[i].name, name, length) == 0 &&
		    conf_options[i].name[length] == '\0')
			return i;
	return -1;
}

/* printed - as it was set, or its default; and in what holds now, not empty
 * where it follows from the host's name */
static const char *
printed(const struct conf *conf, int i, enum conf_which which)
{
	const struct conf_option *option = &conf_options[i];
	const char *set = conf->private->raw[i];
	const char *value = set == NULL || which == CONF_DEFAULTS ?
	    option->initial : set;

	if (which == CONF_ALL && option->host && *value == '\0')
		value = *(const char *const *)(const void *)
		    ((const char *)conf + option->place);
	return value;
}

/* conf_is_set - has it a line of its own? */
bool
conf_is_set(const struct conf *conf, int i)
{
	return conf->private->raw[i] != NULL;
}

/* conf_value_of - before $ expansion */
const char *
conf_value_of(const struct conf *conf, int i, enum conf_which which)
{
	return which == CONF_SET && !conf_is_set(conf, i) ? NULL :
	    printed(conf, i, which);
}

/* print - one parameter, before $ expansion */
static void
print(const struct conf *conf, int i, enum conf_which which, bool bare,
    FILE *out)
{
	const char *value = conf_value_of(conf, i, which);

	if (value == NULL)
		return;
	if (bare)
		fprintf(out, "%s\n", value);
	else
		fprintf(out, "%s =%s%s\n", conf_options[i].name,
		    *value != '\0' ? " " : "", value);
}

/* conf_print - like postconf(1) */
void
conf_print(const struct conf *conf, enum conf_which which, FILE *out)
{
	for (int i = 0; conf_options[i].name != NULL; i++)
		print(conf, i, which, false, out);
}

/* conf_print_one - the same of one parameter */
bool
conf_print_one(const struct conf *conf, const char *name,
    enum conf_which which, bool bare, FILE *out)
{
	int i = conf_find(name, strlen(name));

	if (i != -1)
		print(conf, i, which, bare, out);
	return i != -1;
}
