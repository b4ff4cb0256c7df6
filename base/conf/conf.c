/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf/conf_check.h"
#include "base/conf/conf_lines.h"
#include "base/conf/conf_private.h"
#include "base/conf/conf_value.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/start/postfix.h"

/* goes_on - report what is wrong, if all of it is wanted */
static bool
goes_on(struct conf_private *private, const struct err *err)
{
	if (private->report == NULL)
		return false;
	private->report(private->arg, err->text);
	private->findings++;
	return true;
}

/* pass_over - whether one can do without the option, -1 if none could be made
 * out */
static bool
pass_over(struct conf_private *private, int option, const struct err *err)
{
	if (private->needed == NULL || (option != -1 &&
	    strcmp(conf_options[option].name, private->needed) == 0))
		return false;
	if (!private->has_passed)
		private->passed_over = *err;
	private->has_passed = true;
	return true;
}

/* assign - "name = value", kept raw with its line; of which option, also on -1
 * if that can be told */
static int
assign(struct conf_private *private, const char *text, unsigned line,
    int *out, struct err *err)
{
	size_t length = strcspn(text, " \t=");
	const char *value = text + length + strspn(text + length, " \t");
	int i;

	*out = i = length > 0 ? conf_find(text, length) : -1;
	if (length == 0 || *value != '=')
		return err_set(err, ERR_NEVER, "%s:%u: not 'name = value': '%.60s'",
		    private->file, line, text);
	if (i == -1) {
		(void)conf_no_parameter(text, length, false, err);
		return err_wrap(err, "%s:%u", private->file, line);
	}
	if (private->raw[i] != NULL)
		return err_set(err, ERR_NEVER,
		    "%s:%u: %s is set already, in line %u", private->file, line,
		    conf_options[i].name, private->line[i]);
	value++;
	private->raw[i] = arena_text(&private->arena,
	    value + strspn(value, " \t"));
	private->line[i] = line;
	return 0;
}

static int
read_lines(struct conf_private *private, const char *text, struct err *err)
{
	own(buf) struct buf line = BUF;
	unsigned number = 1, first = 1;
	int i, result = 0;

	while (conf_logical_line(&text, &number, &line, &first)) {
		if (assign(private, line.data, first, &i, err) == 0 ||
		    pass_over(private, i, err))
			continue;
		result = -1;
		if (!goes_on(private, err))
			break;
	}
	return result;
}

static const char *
raw_value(void *arg, const char *name, size_t length)
{
	struct conf_private *private = arg;
	int i = conf_find(name, length);

	if (i == -1)
		return NULL;
	return private->raw[i] != NULL ? private->raw[i] :
	    conf_options[i].initial;
}

static int
parse_value(struct conf *conf, int i, struct err *err)
{
	const struct conf_option *option = &conf_options[i];
	struct conf_private *private = conf->private;
	const char *raw = raw_value(private, option->name,
	    strlen(option->name));
	own(buf) struct buf text = BUF;

	if (private->raw[i] != NULL)
		private->where[i] = arena_format(&private->arena, "%s:%u",
		    private->file, private->line[i]);
	else
		private->where[i] = arena_format(&private->arena,
		    "%s (default of %s)", private->file, option->name);
	if (conf_expand(raw, raw_value, private, &text, err) == -1 ||
	    conf_value_parse(option, arena_text(&private->arena, text.data),
	    (char *)conf + option->place, err) == -1)
		return err_wrap(err, "%s: %s", private->where[i],
		    option->name);
	return 0;
}

/* parse_default - in the place of a value that is passed over */
static int
parse_default(struct conf *conf, int i, struct err *err)
{
	if (!pass_over(conf->private, i, err))
		return -1;
	conf->private->raw[i] = NULL;
	return parse_value(conf, i, err);
}

static int
parse_values(struct conf *conf, struct err *err)
{
	int i = 0, result = 0;

	do {				/* the table is never empty */
		if (parse_value(conf, i, err) == 0 ||
		    parse_default(conf, i, err) == 0)
			continue;
		result = -1;
		if (!goes_on(conf->private, err))
			break;
	} while (conf_options[++i].name != NULL);
	return result;
}

/* derive - defaults that depend on the host, of that name */
static void
derive(struct conf *conf, const char *host)
{
	struct conf_private *private = conf->private;

	if (!private->named)
		conf->helo_name = arena_text(&private->arena, host);
	if (!private->from)
		conf->journal_from = arena_format(&private->arena, "tdc@%s",
		    conf->helo_name);
}

/* derive_all - as far as the system's own name goes */
static void
derive_all(struct conf *conf)
{
	char host[HOSTNAME_SIZE] = "";

	conf->private->named = *conf->helo_name != '\0';
	conf->private->from = *conf->journal_from != '\0';
	if (!conf->private->named)
		hostname_get(host);
	derive(conf, host);
}

/* conf_ask_postfix - which knows better what this host is called */
void
conf_ask_postfix(struct conf *conf)
{
	char host[HOSTNAME_SIZE];

	if (!conf->private->named &&
	    postfix_value("myhostname", host, sizeof(host)) &&
	    hostname_is_full(host))
		derive(conf, host);
}

/* check - what a value must fulfil beyond its type */
static int
check(const struct conf *conf, struct err *err)
{
	const char *name = conf_check(conf, err);

	if (name == NULL)
		return 0;
	err_wrap(err, "%s: %s", conf_where(conf, name), name);
	return pass_over(conf->private, conf_find(name, strlen(name)),
	    err) ? 0 : -1;
}

/* parse - all of a text, or what is needed of it */
static int
parse(const char *file, const char *text, const char *needed,
    struct conf *out, struct err *err)
{
	struct conf conf = { .private = mem_new(sizeof(struct conf_private)) };

	conf.private->file = arena_text(&conf.private->arena, file);
	conf.private->needed = needed;
	if (read_lines(conf.private, text, err) == -1 ||
	    parse_values(&conf, err) == -1) {
		conf_drop(&conf);
		return -1;
	}
	derive_all(&conf);
	if (check(&conf, err) == -1) {
		conf_drop(&conf);
		return -1;
	}
	conf.user_parameter = "user";
	conf.log_user = conf.user;
	*out = conf;
	return 0;
}

/* conf_parse - read and check the text of one file */
int
conf_parse(const char *file, const char *text, struct conf *out,
    struct err *err)
{
	return parse(file, text, NULL, out, err);
}

/* conf_load - read and check one file */
int
conf_load(const char *path, struct conf *out, struct err *err)
{
	own(buf) struct buf text = BUF;

	if (conf_read_file(path, &text, err) == -1)
		return -1;
	return parse(path, text.data, NULL, out, err);
}

/* conf_salvage - the same, though lines are wrong */
int
conf_salvage(const char *path, const char *needed, struct conf *out,
    struct err *err)
{
	own(buf) struct buf text = BUF;

	if (conf_read_file(path, &text, err) == -1 ||
	    parse(path, text.data, needed, out, err) == -1)
		return -1;
	if (!out->private->has_passed)
		return 0;
	*err = out->private->passed_over;
	return 1;
}

/* inspect - values that depend on others are looked at when all are good */
static void
inspect(struct conf *conf, const char *text)
{
	struct conf_private *private = conf->private;
	struct err err;
	int lines = read_lines(private, text, &err);
	int values = parse_values(conf, &err);

	if (lines == -1 || values == -1)
		return;
	derive_all(conf);
	if (check(conf, &err) == -1)
		(void)goes_on(private, &err);
}

/* conf_inspect - report all that is wrong with one file */
unsigned
conf_inspect(const char *path, conf_finding *report, void *arg)
{
	struct conf conf = { .private = mem_new(sizeof(struct conf_private)) };
	struct conf_private *private = conf.private;
	own(buf) struct buf text = BUF;
	struct err err;
	unsigned findings;

	private->file = arena_text(&private->arena, path);
	private->report = report;
	private->arg = arg;
	if (conf_read_file(path, &text, &err) == -1)
		(void)goes_on(private, &err);
	else
		inspect(&conf, text.data);
	findings = private->findings;
	conf_drop(&conf);
	return findings;
}

/* conf_drop - free what conf_load() made */
void
conf_drop(struct conf *conf)
{
	if (conf->private != NULL) {
		arena_drop(&conf->private->arena);
		free(conf->private);
	}
	*conf = (struct conf){ 0 };
}

/* conf_where - where a parameter was set */
const char *
conf_where(const struct conf *conf, const char *name)
{
	int i = conf_find(name, strlen(name));

	return i == -1 ? conf->private->file : conf->private->where[i];
}

/* conf_restart - what a reload cannot put in force */
const char *
conf_restart(const struct conf *old, const struct conf *new)
{
	for (const struct conf_option *option = conf_options;
	    option->name != NULL; option++)
		if (option->restart && !conf_value_same(option,
		    (const char *)old + option->place,
		    (const char *)new + option->place))
			return option->name;
	return NULL;
}
