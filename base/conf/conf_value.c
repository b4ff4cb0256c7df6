/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/conf/conf_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf/conf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/nearest.h"

enum { NESTING = 10, NAMES_MAX = 1000, VALUE_MAX = 1 << 20 };

/* conf_no_parameter - and which one may be meant */
int
conf_no_parameter(const char *text, size_t length, bool referred,
    struct err *err)
{
	own(str) char *name = mem_bytes(text, length < 60 ? length : 60);
	const char *open = referred ? "$" : "'", *close = referred ? "" : "'";
	const char *meant;
	size_t count = 0;

	while (conf_options[count].name != NULL)
		count++;
	meant = nearest(name, &conf_options[0].name, count,
	    sizeof(conf_options[0]));
	if (meant == NULL)
		return err_set(err, ERR_NEVER, "unknown parameter %s%s%s",
		    open, ESCAPE(name), close);
	return err_set(err, ERR_NEVER, "unknown parameter %s%s%s, did you "
	    "mean %s%s%s?", open, ESCAPE(name), close, open, meant, close);
}

/*
 * reference - the name after a dollar sign: name, {name} or (name).
 * Returns the bytes used, 0 when it is none.
 */
static size_t
reference(const char *s, const char **out_name, size_t *out_length)
{
	char close = *s == '{' ? '}' : *s == '(' ? ')' : '\0';
	const char *name = close != '\0' ? s + 1 : s;
	size_t n = 0;

	while (isalnum((unsigned char)name[n]) || name[n] == '_')
		n++;
	if (n == 0 || (close != '\0' && name[n] != close))
		return 0;
	*out_name = name;
	*out_length = n;
	return close != '\0' ? n + 2 : n;
}

/* One value that is being put together. */
struct expansion {
	conf_lookup	*lookup;
	void		*arg;
	unsigned	 count;		/* of $names so far */
	struct buf	*out;
};

static int
expand(struct expansion *expansion, const char *raw, unsigned depth,
    struct err *err)
{
	struct buf *out = expansion->out;

	if (depth > NESTING)
		return err_set(err, ERR_NEVER, "$names refer to each other");
	while (*raw != '\0') {
		const char *name, *value;
		size_t plain = strcspn(raw, "$"), length, used;

		buf_bytes(out, raw, plain);
		raw += plain;
		if (*raw == '\0')
			break;
		if (raw[1] == '$') {
			buf_byte(out, '$');
			raw += 2;
			continue;
		}
		used = reference(raw + 1, &name, &length);
		if (used == 0)
			return err_set(err, ERR_NEVER,
			    "no parameter name after '$' (write $$ for a dollar sign)");
		value = expansion->lookup(expansion->arg, name, length);
		if (value == NULL)
			return conf_no_parameter(name, length, true, err);
		if (++expansion->count > NAMES_MAX || out->len > VALUE_MAX)
			return err_set(err, ERR_NEVER,
			    "too long with all its $names");
		if (expand(expansion, value, depth + 1, err) == -1)
			return -1;
		raw += 1 + used;
	}
	return 0;
}

/* conf_expand - insert the values of other parameters */
int
conf_expand(const char *raw, conf_lookup *lookup, void *arg, struct buf *out,
    struct err *err)
{
	struct expansion expansion = { lookup, arg, 0, out };

	return expand(&expansion, raw, 0, err);
}

struct unit {
	const char	*name;
	int64_t		 factor;
};

static const struct unit time_units[] = {
	{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 }, { "w", 604800000 }, { NULL, 0 }
};
static const struct unit size_units[] = {
	{ "", 1 }, { "k", 1024 }, { "K", 1024 }, { "M", 1048576 },
	{ "G", 1073741824 }, { "T", INT64_C(1099511627776) }, { NULL, 0 }
};
static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };

/* number - digits and a unit, within the bounds of the option */
static int
number(const struct conf_option *option, const char *text,
    const struct unit *unit, int64_t *out, struct err *err)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)*text) || errno != 0)
		return err_set(err, ERR_NEVER, "'%.100s' is no number", text);
	while (unit->name != NULL && strcmp(unit->name, end) != 0)
		unit++;
	if (unit->name == NULL)
		return err_set(err, ERR_NEVER,
		    "'%.100s': unknown unit '%.20s'", text, end);
	if (n > INT64_MAX / unit->factor)
		return err_set(err, ERR_NEVER, "'%.100s' is too large", text);
	n *= unit->factor;
	if (n < option->min || n > option->max)
		return err_set(err, ERR_NEVER, "'%.100s' is too %s", text,
		    n < option->min ? "small" : "large");
	*out = n;
	return 0;
}

static int
octal(const char *text, unsigned *out, struct err *err)
{
	char *end;
	unsigned long n = strtoul(text, &end, 8);

	if (*text < '0' || *text > '7' || *end != '\0' || n > 0777)
		return err_set(err, ERR_NEVER,
		    "'%.100s' is no octal mode up to 0777", text);
	*out = (unsigned)n;
	return 0;
}

static int
yes_no(const char *text, bool *out, struct err *err)
{
	if (strcasecmp(text, "yes") != 0 && strcasecmp(text, "no") != 0)
		return err_set(err, ERR_NEVER,
		    "'%.100s' is neither yes nor no", text);
	*out = strcasecmp(text, "yes") == 0;
	return 0;
}

/* choice - the number of a word in the option's list */
static int
choice(const struct conf_option *option, const char *text, int *out,
    struct err *err)
{
	const char *word = option->choices;
	size_t n = strlen(text);

	for (int i = 0; *word != '\0'; i++) {
		size_t length = strcspn(word, " ");

		if (length == n && strncasecmp(word, text, n) == 0) {
			*out = i;
			return 0;
		}
		word += length + strspn(word + length, " ");
	}
	return err_set(err, ERR_NEVER, "'%.100s' is none of: %s", text,
	    option->choices);
}

/* conf_is_address - local@domain of printable characters that end no path in
 * SMTP; the intake judges the rest */
bool
conf_is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("<>,", *text) != NULL)
			return false;
	return true;
}

/* is_choice - the one word that a row allows besides what its type does */
static bool
is_choice(const struct conf_option *option, const char *text)
{
	return option->choices != NULL &&
	    strcasecmp(text, option->choices) == 0;
}

/* text_value - one that may have to be a path or an address */
static int
text_value(const struct conf_option *option, const char *text, const char **out,
    struct err *err)
{
	bool empty = *text == '\0' && option->min == 0;

	if (option->type == CONF_PATH && !empty && *text != '/')
		return err_set(err, ERR_NEVER,
		    "'%.100s' is no absolute path", text);
	if (option->type == CONF_ADDRESS && !empty && !conf_is_address(text) &&
	    !is_choice(option, text))
		return err_set(err, ERR_NEVER,
		    "'%.100s' is no address (local@domain)%s%s", text,
		    option->choices != NULL ? ", nor " : "",
		    option->choices != NULL ? option->choices : "");
	*out = text;
	return 0;
}

static int
count(const struct conf_option *option, const char *text, unsigned *out,
    struct err *err)
{
	int64_t n = 0;

	if (!is_choice(option, text) &&
	    number(option, text, no_units, &n, err) == -1)
		return -1;
	*out = (unsigned)n;
	return 0;
}

/* conf_value_parse - text into the option's field */
int
conf_value_parse(const struct conf_option *option, const char *text,
    void *field, struct err *err)
{
	switch (option->type) {
	case CONF_TEXT:
	case CONF_PATH:
	case CONF_ADDRESS:
		return text_value(option, text, field, err);
	case CONF_BOOL:
		return yes_no(text, field, err);
	case CONF_MODE:
		return octal(text, field, err);
	case CONF_CHOICE:
		return choice(option, text, field, err);
	case CONF_COUNT:
		return count(option, text, field, err);
	case CONF_TIME:
		return number(option, text, time_units, field, err);
	case CONF_SIZE:
		return number(option, text, size_units, field, err);
	}
	return err_set(err, ERR_NEVER, "unknown type");
}

/* conf_value_same - compare two fields */
bool
conf_value_same(const struct conf_option *option, const void *one,
    const void *other)
{
	switch (option->type) {
	case CONF_TEXT:
	case CONF_PATH:
	case CONF_ADDRESS:
		return strcmp(*(const char *const *)one,
		    *(const char *const *)other) == 0;
	case CONF_BOOL:
		return *(const bool *)one == *(const bool *)other;
	case CONF_MODE:
	case CONF_COUNT:
		return *(const unsigned *)one == *(const unsigned *)other;
	case CONF_CHOICE:
		return *(const int *)one == *(const int *)other;
	case CONF_TIME:
	case CONF_SIZE:
		return *(const int64_t *)one == *(const int64_t *)other;
	}
	return false;
}
