/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/conf/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf/conf_check.h"
#include "base/conf/conf_value.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/postfix.h"

enum {
	OPTIONS_MAX = 128,
	FILE_MAX = 1 << 20	/* bytes; a larger file is no tdc.cf */
};

struct conf_private {
	struct arena	 arena;
	const char	*file;
	const char	*raw[OPTIONS_MAX];	/* NULL: the default */
	unsigned	 line[OPTIONS_MAX];
	const char	*where[OPTIONS_MAX];
	bool		 named;		/* helo_name is set */
	bool		 from;		/* journal_from is */
};

static int
option_find(const char *name, size_t length)
{
	for (int i = 0; conf_options[i].name != NULL; i++)
		if (strncmp(conf_options[i].name, name, length) == 0 &&
		    conf_options[i].name[length] == '\0')
			return i;
	return -1;
}

static int
read_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "re");
	size_t n;

	if (file == NULL)
		return err_sys(err, "open %s", path);
	do {
		n = fread(buf_room(out, 8192), 1, 8192, file);
		out->len += n;
	} while (n > 0 && out->len <= FILE_MAX);
	if (ferror(file)) {
		err_sys(err, "read %s", path);
		fclose(file);
		return -1;
	}
	fclose(file);
	out->data[out->len] = '\0';
	if (out->len > FILE_MAX)
		return err_set(err, ERR_NEVER, "%s: larger than %d bytes",
		    path, FILE_MAX);
	if (memchr(out->data, '\0', out->len) != NULL)
		return err_set(err, ERR_NEVER, "%s: holds a NUL byte", path);
	return 0;
}

/*
 * logical_line - join a line with those that continue it, as postconf(5)
 * "DESCRIPTION": a line that begins with white space continues the one
 * before; empty lines and lines whose first non-white character is '#' are
 * passed over, also between a line and its continuation.
 * Returns false at the end.
 */
static bool
logical_line(const char **text, unsigned *line, struct buf *out,
    unsigned *out_line)
{
	buf_cut(out, 0);
	while (**text != '\0') {
		const char *start = *text;
		size_t n = strcspn(start, "\n");
		size_t blank = strspn(start, " \t\r");

		if (blank < n && start[blank] != '#') {
			if (out->len > 0 && blank == 0)
				return true;
			if (out->len == 0)
				*out_line = *line;
			else
				buf_byte(out, ' ');
			buf_bytes(out, start + blank, n - blank);
			while (out->len > 0 &&
			    isspace((unsigned char)out->data[out->len - 1]))
				buf_cut(out, out->len - 1);
		}
		*text += n + (start[n] == '\n');
		(*line)++;
	}
	return out->len > 0;
}

/* assign - "name = value", kept raw with its line */
static int
assign(struct conf_private *private, const char *text, unsigned line,
    struct err *err)
{
	size_t length = strcspn(text, " \t=");
	const char *value = text + length + strspn(text + length, " \t");
	int i;

	if (length == 0 || *value != '=')
		return err_set(err, ERR_NEVER, "%s:%u: not 'name = value': '%.60s'",
		    private->file, line, text);
	i = option_find(text, length);
	if (i == -1)
		return err_set(err, ERR_NEVER, "%s:%u: unknown parameter '%.*s'",
		    private->file, line, (int)(length < 60 ? length : 60), text);
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

	while (logical_line(&text, &number, &line, &first))
		if (assign(private, line.data, first, err) == -1)
			return -1;
	return 0;
}

static const char *
raw_value(void *arg, const char *name, size_t length)
{
	struct conf_private *private = arg;
	int i = option_find(name, length);

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

static int
parse_values(struct conf *conf, struct err *err)
{
	int i = 0;

	do {				/* the table is never empty */
		if (parse_value(conf, i, err) == -1)
			return -1;
	} while (conf_options[++i].name != NULL);
	return 0;
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

	return name == NULL ? 0 :
	    err_wrap(err, "%s: %s", conf_where(conf, name), name);
}

/* conf_parse - read and check the text of one file */
int
conf_parse(const char *file, const char *text, struct conf *out,
    struct err *err)
{
	struct conf conf = { .private = mem_new(sizeof(struct conf_private)) };

	conf.private->file = arena_text(&conf.private->arena, file);
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
	*out = conf;
	return 0;
}

/* conf_load - read and check one file */
int
conf_load(const char *path, struct conf *out, struct err *err)
{
	own(buf) struct buf text = BUF;

	if (read_file(path, &text, err) == -1)
		return -1;
	return conf_parse(path, text.data, out, err);
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
	int i = option_find(name, strlen(name));

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

/* conf_print - like postconf(1) */
void
conf_print(const struct conf *conf, enum conf_which which, FILE *out)
{
	for (int i = 0; conf_options[i].name != NULL; i++) {
		const char *value = printed(conf, i, which);

		if (which == CONF_SET && conf->private->raw[i] == NULL)
			continue;
		fprintf(out, "%s =%s%s\n", conf_options[i].name,
		    *value != '\0' ? " " : "", value);
	}
}
