/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_put.h"
#include "base/mem.h"
#include "base/own.h"

/* place_of - what a text begins with: "FILE:LINE: ", "TABLE: ", or "FILE (default
 * of NAME): "; new; NULL: neither */
static char *
place_of(const char *text)
{
	static const char marked[] = " (default of ";
	size_t n = strcspn(text, " ");
	const char *end;

	if (n > 1 && text[n - 1] == ':')
		return mem_bytes(text, n - 1);
	if (strncmp(text + n, marked, sizeof(marked) - 1) != 0)
		return NULL;
	end = strstr(text + n, "): ");
	return end != NULL ? mem_bytes(text, (size_t)(end + 1 - text)) : NULL;
}

/* begin_json - a finding; place: NULL: what the text begins with */
static void
begin_json(struct buf *out, const char *severity, const char *place,
    const char *text)
{
	own(str) char *first = place_of(text);

	json_put_begin(out);
	json_put_text(out, "severity", severity);
	if (place == NULL && first == NULL)
		json_put_null(out, "place");
	else
		json_put_shown(out, "place", place != NULL ? place : first);
	json_put_shown(out, "text", text);
}

static void
print_json(const char *severity, const char *text)
{
	own(buf) struct buf out = BUF;

	begin_json(&out, severity, NULL, text);
	json_put_end(&out);
	puts(out.data);
}

/* is_news - a line that was not said before; from now on it was */
static bool
is_news(struct findings *findings, const char *kind, const char *text)
{
	own(str) char *line = mem_format("\n%s: %s\n", kind, text);

	if (strstr(findings->said.data, line) != NULL)
		return false;
	buf_text(&findings->said, line);
	if (findings->json)
		print_json(kind, text);
	else
		printf("%s", line + 1);
	return true;
}

static bool
say(struct findings *findings, const char *kind, const char *format,
    va_list args)
{
	own(str) char *text = NULL;

	if (vasprintf(&text, format, args) == -1)
		mem_none();
	return is_news(findings, kind, text);
}

/* finding_warn - probably a mistake */
void
finding_warn(struct findings *findings, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	findings->warnings += say(findings, "warning", format, args);
	va_end(args);
}

/* finding_stop - there will be no copies */
void
finding_stop(struct findings *findings, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	findings->warnings += say(findings, "warning", format, args);
	va_end(args);
	findings->no_copies = true;
}

/* finding_note - what is worth knowing */
void
finding_note(struct findings *findings, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)say(findings, "note", format, args);
	va_end(args);
}

/* finding_error - what is refused */
void
finding_error(const struct findings *findings, const char *text)
{
	if (findings->json)
		print_json("error", text);
}

/* finding_table - one that was read */
void
finding_table(const struct findings *findings, const char *check,
    const char *table, size_t entries)
{
	own(str) char *text = mem_format("%s %s: %zu entr%s", check, table,
	    entries, entries == 1 ? "y" : "ies");
	own(buf) struct buf out = BUF;

	if (!findings->json) {
		printf("%s\n", text);
		return;
	}
	begin_json(&out, "table", table, text);
	json_put_text(&out, "check", check);
	json_put_number(&out, "entries", entries);
	json_put_end(&out);
	puts(out.data);
}

/* finding_end - what it comes to */
void
finding_end(const struct findings *findings, const char *file)
{
	const char *verdict = findings->no_copies ? "no copies" : "OK";
	own(buf) struct buf text = BUF, out = BUF;

	buf_texts(&text, file, ": ", verdict);
	if (findings->warnings > 0)
		buf_format(&text, ", %u warning%s", findings->warnings,
		    findings->warnings == 1 ? "" : "s");
	if (!findings->json) {
		printf("%s\n", text.data);
		return;
	}
	begin_json(&out, "verdict", file, text.data);
	json_put_text(&out, "verdict", verdict);
	json_put_number(&out, "warnings", findings->warnings);
	json_put_end(&out);
	puts(out.data);
}
