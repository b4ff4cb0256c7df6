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
	    strerror(saved));
	return -1;
}

/* err_wrap - say where it happened, keep the kind */
int
err_wrap(struct err *err, const char *format, ...)
{
	char prefix[sizeof(err->text)], whole[2 * sizeof(err->text) + 2];
	va_list args;

	va_start(args, format);
	vsnprintf(prefix, sizeof(prefix), format, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "%s: %s", prefix, err->text);
	if (strlen(whole) >= sizeof(err->text))
		strcpy(whole + sizeof(err->text) - 4, "...");
	strcpy(err->text, whole);
	return -1;
}
