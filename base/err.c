/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* fill - write text at an offset; what does not fit ends in "..." */
static void
fill(struct err *err, size_t at, const char *format, va_list args)
{
	size_t room = sizeof(err->text) - at;
	int n = vsnprintf(err->text + at, room, format, args);

	if (n < 0)
		snprintf(err->text + at, room, "?");
	else if ((size_t)n >= room)
		memcpy(err->text + sizeof(err->text) - 4, "...", 4);
}

/* err_set - say what is wrong */
int
err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list args;

	err->kind = kind;
	err->sys = 0;
	va_start(args, format);
	fill(err, 0, format, args);
	va_end(args);
	return -1;
}

/* err_sys - say what was tried, and what the system answered */
int
err_sys(struct err *err, const char *format, ...)
{
	char reason[96];
	int saved = errno;
	size_t used;
	va_list args;

	err->kind = ERR_LATER;
	err->sys = saved;
	va_start(args, format);
	fill(err, 0, format, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s",
	    strerror_r(saved, reason, sizeof(reason)));
	return -1;
}

/* err_wrap - say where it happened, keep the kind */
int
err_wrap(struct err *err, const char *format, ...)
{
	char inner[sizeof(err->text)];
	size_t used;
	va_list args;

	memcpy(inner, err->text, sizeof(inner));
	va_start(args, format);
	fill(err, 0, format, args);
	va_end(args);
	used = strlen(err->text);
	if (used + 2 + strlen(inner) < sizeof(err->text)) {
		sprintf(err->text + used, ": %s", inner);
	} else if (used + 6 < sizeof(err->text)) {
		snprintf(err->text + used, sizeof(err->text) - used - 3,
		    ": %.*s", (int)(sizeof(err->text) - used - 6), inner);
		strcat(err->text, "...");
	}
	return -1;
}
