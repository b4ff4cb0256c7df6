/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/sockname.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"

/* sockname_path - of a unix socket; NULL: it is none */
const char *
sockname_path(const char *socket)
{
	if (*socket == '/')
		return socket;
	if (strncmp(socket, "unix:", 5) == 0)
		return socket + 5;
	return strncmp(socket, "local:", 6) == 0 ? socket + 6 : NULL;
}

/* sockname_plain - the path without links in its directory, if that is there,
 * and without empty parts */
char *
sockname_plain(const char *path)
{
	const char *slash = strrchr(path, '/');
	own(str) char *dir = mem_bytes(path, slash == NULL ? 0 :
	    (size_t)(slash - path));
	char real[PATH_MAX], *out, *to;

	if (*dir != '\0' && realpath(dir, real) != NULL)
		return mem_format("%s%s", strcmp(real, "/") == 0 ? "" : real,
		    slash);
	out = to = mem_text(path);
	for (const char *from = path; *from != '\0'; from++)
		if (*from != '/' || to == out || to[-1] != '/')
			*to++ = *from;
	*to = '\0';
	return out;
}

/* sockname_seen - what Postfix's unix:PATH is for everybody else */
char *
sockname_seen(const struct postfix *postfix, const char *path, bool chrooted)
{
	own(str) char *whole = *path == '/' && !chrooted ? mem_text(path) :
	    mem_format("%s/%s", postfix->queue_directory, path);

	return sockname_plain(whole);
}

/* sockname_port - in whichever order */
const char *
sockname_port(const char *socket, size_t *out_length)
{
	const char *rest = strchr(socket, ':'), *at, *colon;

	*out_length = 0;
	if (rest++ == NULL)
		return socket;
	at = strchr(rest, '@');
	colon = strrchr(rest, ':');
	if (at == NULL && colon != NULL)
		rest = colon + 1;
	*out_length = at != NULL ? (size_t)(at - rest) : strlen(rest);
	return rest;
}
