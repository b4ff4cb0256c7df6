/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lists - the lists of the man pages, as mdoc, from the programs' own tables,
 * and the one that shells complete by
 *
 *	lists parameters | verbs | events | counters | advice | completion
 *
 * tests/lint/man-lists.sh puts them between the marks in the files.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <syslog.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/counters/counters.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/usage.h"
#include "forward/trial/advice.h"

enum { WIDTH = 76, NUMBER = 1, TEXT = 2, COMPLETION_TAB = 8 };

/* add_word - one word of running text; what roff would take for its own is
 * escaped, and NUMBER and TEXT stand for any number and any text */
static void
add_word(struct buf *out, const char *word, size_t n)
{
	if (*word == '.')
		buf_text(out, "\\&");
	for (; n > 0; n--, word++)
		switch (*word) {
		case NUMBER:
			buf_text(out, "\\fIn\\fP");
			break;
		case TEXT:
			buf_text(out, "\\fItext\\fP");
			break;
		case '\\':
			buf_text(out, "\\e");
			break;
		case '\'':
			buf_text(out, "\\(aq");
			break;
		case '-':
			buf_text(out, "\\-");
			break;
		case ']':	/* ends a line as a delimiter, unless hidden */
			buf_text(out, n == 1 ? "]\\&" : "]");
			break;
		default:
			buf_byte(out, *word);
		}
}

/* print_text - filled lines of running text */
static void
print_text(const char *text)
{
	size_t column = 0;

	while (*(text += strspn(text, " ")) != '\0') {
		own(buf) struct buf word = BUF;
		size_t n = strcspn(text, " ");

		add_word(&word, text, n);
		text += n;
		/* nor is that the end of a sentence, to mandoc */
		if (word.data[word.len - 1] == '.' && *text != '\0')
			buf_text(&word, "\\&");
		if (column > 0 && column + 1 + word.len > WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%s", column > 0 ? " " : "",
		    word.data);
	}
	putchar('\n');
}

/* in_unit - ms in the largest unit that tells it without a fraction */
static const char *
in_unit(int64_t ms, char out[32])
{
	static const struct unit {
		const char	*name;
		int64_t		 factor;
	} units[] = {
		{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 },
		{ "s", 1000 }, { "ms", 1 },
	};
	const struct unit *unit = units;

	while (ms % unit->factor != 0)
		unit++;
	if (ms == 0)
		strcpy(out, "0");
	else
		snprintf(out, 32, "%" PRId64 "%s", ms / unit->factor,
		    unit->name);
	return out;
}

static void
print_bounds(const struct conf_option *option)
{
	char min[32], max[32], text[128] = "";

	switch (option->type) {
	case CONF_TEXT:
		break;
	case CONF_PATH:
		strcpy(text, "an absolute path");
		break;
	case CONF_ADDRESS:
		snprintf(text, sizeof(text), "%s%san address",
		    option->choices != NULL ? option->choices : "",
		    option->choices != NULL ? ", or " : "");
		break;
	case CONF_BOOL:
		strcpy(text, "yes or no");
		break;
	case CONF_MODE:
		strcpy(text, "an octal mode");
		break;
	case CONF_SIZE:
		strcpy(text, "a size");
		break;
	case CONF_CHOICE:
		snprintf(text, sizeof(text), "one of: %s", option->choices);
		break;
	case CONF_COUNT:
		snprintf(text, sizeof(text), "%s%sfrom %" PRId64 " to %" PRId64,
		    option->choices != NULL ? option->choices : "",
		    option->choices != NULL ? ", or " : "", option->min,
		    option->max);
		break;
	case CONF_TIME:
		snprintf(text, sizeof(text), "a time from %s to %s",
		    in_unit(option->min, min), in_unit(option->max, max));
		break;
	}
	if (*text != '\0')
		printf("Value: %s.\n", text);
	if (option->restart)
		printf("A change takes a restart.\n");
}

static void
print_parameters(void)
{
	for (const struct conf_option *option = conf_options;
	    option->name != NULL; option++) {
		printf(".It Va %s No =%s", option->name,
		    *option->initial != '\0' ? " " : "");
		print_text(option->initial);
		print_text(option->meaning);
		print_bounds(option);
	}
}

static void
print_verbs(void)
{
	enum { LINE = 60 };

	for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
		printf(".It Ic %s%s", verb->name,
		    *verb->arguments != '\0' ? " No " : "");
		print_text(verb->arguments);
		/* What has several lines would have the text behind the last. */
		if (strlen(verb->arguments) > LINE)
			printf(".br\n");
		print_text(verb->meaning);
	}
}

/* print_format - a format of printf(3) */
static void
print_format(const char *format)
{
	char text[512], *to = text;

	while (*format != '\0' && to < text + sizeof(text) - 1) {
		if (*format != '%') {
			*to++ = *format++;
			continue;
		}
		format += 1 + strspn(format + 1, "0123456789.lz");
		*to++ = *format++ == 's' ? TEXT : NUMBER;
	}
	*to = '\0';
	print_text(text);
}

static const char *
level_name(int level)
{
	return level <= LOG_CRIT ? "critical" :
	    level <= LOG_WARNING ? "warning" :
	    level <= LOG_INFO ? "info" : "debug";
}

static void
print_events(void)
{
	for (size_t i = 0; i < LOG_EVENTS; i++) {
		const struct log_row *row = &log_rows[i];

		printf(".It Sy %s Pq %s%s%s\n", row->name,
		    level_name(row->level),
		    (row->flags & LOG_TDC) != 0 ? ", TDC" : "",
		    (row->flags & LOG_LIMITED) != 0 ? ", limited" : "");
		print_format(row->format);
		printf(".Pp\n");
		print_text(row->meaning);
		if (*row->fields != '\0') {
			printf(".br\nJSON:\n.Sy ");
			print_text(row->fields);
		}
	}
}

static void
print_counters(void)
{
	for (size_t i = 0; i < COUNTERS; i++) {
		printf(".It Sy %s\n", counter_rows[i].name);
		print_text(counter_rows[i].meaning);
	}
}

/* print_sentences - each begins a line, as mdoc(7) wants it */
static void
print_sentences(const char *text)
{
	const char *end;

	while ((end = strstr(text, ".  ")) != NULL) {
		own(str) char *sentence = mem_bytes(text,
		    (size_t)(end + 1 - text));

		print_text(sentence);
		text = end + 3;
	}
	print_text(text);
}

/* print_advice - a row that several failures share stands there once */
static void
print_advice(void)
{
	const char *last = "";

	for (const struct advice *row = advices; row->kind != NULL; row++) {
		if (strcmp(row->kind, last) == 0)
			continue;
		last = row->kind;
		printf(".It Sy %s\n", row->kind);
		print_sentences(row->means);
		print_sentences(row->remedy);
	}
}

/* print_words - after a column; what is too long goes on in the next line */
static void
print_words(const struct usage *usage)
{
	size_t column = WIDTH;

	for (size_t i = 0; i < usage->option_count + usage->operand_count;
	    i++) {
		own(buf) struct buf word = BUF;

		if (i >= usage->option_count)
			buf_text(&word, usage->operands[i - usage->option_count]);
		else if (usage->options[i].value != NULL)
			buf_texts(&word, usage->options[i].name, "=",
			    usage->options[i].value);
		else
			buf_text(&word, usage->options[i].name);
		if (column + 1 + word.len > WIDTH - COMPLETION_TAB) {
			printf("\n\t");
			column = 0;
		}
		column += (size_t)printf(" %s", word.data);
	}
	putchar('\n');
}

/* in_short - how much of a sentence tells what it is about */
static size_t
in_short(const char *text)
{
	size_t n = strcspn(text, ":;,");
	const char *aside = strstr(text, " (");

	if (text[n] == '\0')
		n--;			/* the stop at its end */
	return aside != NULL && (size_t)(aside - text) < n ?
	    (size_t)(aside - text) : n;
}

/* print_completion - a row for each verb: its name, what it does, in short, and
 * its options and operands */
static void
print_completion(void)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
		own(usage) struct usage usage = usage_parse(verb->arguments);

		printf("\t%s|%.*s|", verb->name,
		    (int)in_short(verb->meaning), verb->meaning);
		print_words(&usage);
	}
}

int
main(int argc, char **argv)
{
	static const struct {
		const char	*name;
		void		(*print)(void);
	} lists[] = {
		{ "parameters", print_parameters },
		{ "verbs", print_verbs },
		{ "events", print_events },
		{ "counters", print_counters },
		{ "advice", print_advice },
		{ "completion", print_completion },
	};

	for (size_t i = 0; argc == 2 && i < sizeof(lists) / sizeof(*lists); i++)
		if (strcmp(argv[1], lists[i].name) == 0) {
			lists[i].print();
			return EX_OK;
		}
	fprintf(stderr, "usage: lists parameters | verbs | events | counters | "
	    "advice | completion\n");
	return EX_USAGE;
}
