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

/* sockname_leads - to the same path, or port */
bool
sockname_leads(const struct postfix *postfix, const char *milter_socket,
    const char *endpoint, bool chrooted)
{
	const char *ours = sockname_path(milter_socket);
	const char *theirs = sockname_path(endpoint);
	own(str) char *plain = NULL, *seen = NULL;
	size_t n, m;

	if ((theirs != NULL) != (ours != NULL))
		return false;
	if (ours != NULL) {
		plain = sockname_plain(ours);
		seen = sockname_seen(postfix, theirs, chrooted);
		return strcmp(seen, plain) == 0;
	}
	ours = sockname_port(milter_socket, &n);
	theirs = sockname_port(endpoint, &m);
	return n == m && strncmp(ours, theirs, n) == 0;
}

/* sockname_below - links are followed in both */
char *
sockname_below(const struct postfix *postfix, const char *path)
{
	own(str) char *slashed = mem_format("%s/x", postfix->queue_directory);
	own(str) char *queue = sockname_plain(slashed);
	own(str) char *plain = path == NULL ? NULL : sockname_plain(path);
	size_t n = strlen(queue) - 1;

	return plain != NULL && strncmp(plain, queue, n) == 0 ?
	    mem_text(plain + n) : NULL;
}

/* sockname_advice - the same in the chroot and outside, where that can be */
char *
sockname_advice(const struct postfix *postfix, const char *milter_socket)
{
	const char *path = sockname_path(milter_socket), *port;
	own(str) char *below = sockname_below(postfix, path);
	own(str) char *plain = path == NULL ? NULL : sockname_plain(path);
	own(str) char *host = sockname_host(milter_socket);
	size_t n;

	if (path != NULL)
		return mem_format("unix:%s", below != NULL ? below : plain);
	port = sockname_port(milter_socket, &n);
	return mem_format("inet:%s:%.*s", host, (int)n, port);
}

/* sockname_host - in brackets if it has colons */
char *
sockname_host(const char *socket)
{
	const char *rest = strchr(socket, ':'), *at, *colon;
	own(str) char *host = NULL;
	bool six = strncmp(socket, "inet6:", 6) == 0;

	if (rest++ == NULL)
		return mem_text("");
	at = strchr(rest, '@');
	colon = strrchr(rest, ':');
	host = at != NULL ? mem_text(at + 1) : colon != NULL ?
	    mem_bytes(rest, (size_t)(colon - rest)) : mem_text("");
	if (strcmp(host, "0.0.0.0") == 0 || (*host == '\0' && !six))
		return mem_text("127.0.0.1");
	if (strcmp(host, "::") == 0 || strcmp(host, "[::]") == 0 ||
	    *host == '\0')
		return mem_text("[::1]");
	return strchr(host, ':') != NULL && *host != '[' ?
	    mem_format("[%s]", host) : str_give(&host);
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
