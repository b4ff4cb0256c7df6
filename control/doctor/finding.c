/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* is_news - a line that was not said before; from now on it was */
static bool
is_news(struct findings *findings, const char *kind, const char *text)
{
	own(str) char *line = mem_format("\n%s: %s\n", kind, text);

	if (strstr(findings->said.data, line) != NULL)
		return false;
	buf_text(&findings->said, line);
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

/* finding_end - what it comes to */
void
finding_end(const struct findings *findings, const char *file)
{
	printf("%s: %s", file, findings->no_copies ? "no copies" : "OK");
	if (findings->warnings > 0)
		printf(", %u warning%s", findings->warnings,
		    findings->warnings == 1 ? "" : "s");
	printf("\n");
}
