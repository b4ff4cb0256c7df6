/* SPDX-License-Identifier: BSD-2-Clause */
/* a tdc.cf that could be read has every value within its bounds, and says the
 * same when it is printed and read again; what could not be read has a place */
#include <string.h>

#include "base/conf/conf.h"
#include "base/mem.h"
#include "base/own.h"
#include "tests/fuzz/fuzz.h"

/* in_bounds - is the field one that its row allows? */
static bool
in_bounds(const struct conf_option *option, const struct conf *conf)
{
	const void *field = (const char *)conf + option->place;
	const char *text;
	int64_t number;

	switch (option->type) {
	case CONF_TEXT:
		return *(const char *const *)field != NULL;
	case CONF_PATH:
		text = *(const char *const *)field;
		return *text == '/' || (*text == '\0' && option->min == 0);
	case CONF_ADDRESS:
		text = *(const char *const *)field;
		return *text == '\0' || strchr(text, '@') != NULL ||
		    (option->choices != NULL && strcmp(text, option->choices) == 0);
	case CONF_MODE:
		return *(const unsigned *)field <= 0777;
	case CONF_COUNT:
		number = *(const unsigned *)field;
		return (number == 0 && option->choices != NULL) ||
		    (number >= option->min && number <= option->max);
	case CONF_TIME:
	case CONF_SIZE:
		number = *(const int64_t *)field;
		return number >= option->min && number <= option->max;
	case CONF_CHOICE:
		number = *(const int *)field;
		for (const char *p = option->choices; *p != '\0'; p++)
			number -= *p == ' ';
		return number <= 0 && *(const int *)field >= 0;
	default:
		return true;
	}
}

/* same - do both files say the same of this parameter? */
static bool
same(const struct conf_option *option, const struct conf *a,
    const struct conf *b)
{
	const void *one = (const char *)a + option->place;
	const void *other = (const char *)b + option->place;

	switch (option->type) {
	case CONF_TEXT:
	case CONF_PATH:
	case CONF_ADDRESS:
		return strcmp(*(const char *const *)one,
		    *(const char *const *)other) == 0;
	case CONF_BOOL:
		return *(const bool *)one == *(const bool *)other;
	case CONF_TIME:
	case CONF_SIZE:
		return *(const int64_t *)one == *(const int64_t *)other;
	default:
		return *(const int *)one == *(const int *)other;
	}
}

/* printed - what tdcctl config -n shows; new */
static char *
printed(const struct conf *conf)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out != NULL);
	conf_print(conf, CONF_SET, out);
	must(fclose(out) == 0);
	return text;
}

/* read_again - the printed form of a good one */
static void
read_again(const struct conf *conf)
{
	own(str) char *text = printed(conf);
	own(str) char *second = NULL;
	struct conf again;
	struct err err;

	must(conf_parse("again", text, &again, &err) == 0);
	for (const struct conf_option *option = conf_options;
	    option->name != NULL; option++) {
		must(in_bounds(option, conf));
		must(same(option, conf, &again));
	}
	must(conf_restart(conf, &again) == NULL);
	second = printed(&again);
	must(strcmp(text, second) == 0);
	conf_drop(&again);
}

/* has_place - "fuzz:LINE: ", with a line that is there, or the default of a
 * parameter, which another one spoilt */
static bool
has_place(const char *text, const char *file)
{
	unsigned long line, lines = 1;
	char *end;

	if (strncmp(text, "fuzz (default of ", 17) == 0)
		return true;
	if (strncmp(text, "fuzz:", 5) != 0)
		return false;
	for (; *file != '\0'; file++)
		lines += *file == '\n';
	line = strtoul(text + 5, &end, 10);
	return line >= 1 && line <= lines && strncmp(end, ": ", 2) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(str) char *text = mem_bytes(data, size);
	struct conf conf = { 0 };
	struct err err = { .text = "" };

	if (conf_parse("fuzz", text, &conf, &err) == -1) {
		must(err.kind == ERR_NEVER && has_place(err.text, text));
		must(strchr(err.text, '\n') == NULL);
		must(conf.private == NULL);
	} else {
		read_again(&conf);
		conf_drop(&conf);
	}
	return 0;
}
