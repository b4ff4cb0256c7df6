/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sockname - a milter's socket, as milter_socket and smtpd_milters write it
 *
 *	path = sockname_path("unix:tdc/milter.sock");	-- "tdc/milter.sock"
 *	seen = sockname_seen(&postfix, path, chrooted);
 *	if (strcmp(seen, ours) == 0) ...
 *
 * As text, and by the links in a directory that is there.
 */
#ifndef CONTROL_DOCTOR_SOCKNAME_H
#define CONTROL_DOCTOR_SOCKNAME_H

#include <stdbool.h>
#include <stddef.h>

#include "control/doctor/postfix.h"

/* sockname_path - of a unix socket; NULL: it is none.  A part of the text. */
const char *sockname_path(const char *socket);

/* sockname_plain - the path without links in its directory, if that is there,
 * and without empty parts; new. */
char	*sockname_plain(const char *path);

/* sockname_seen - the plain path to what smtpd(8) finds by this one; new. */
char	*sockname_seen(const struct postfix *, const char *path,
	    bool chrooted);

/* sockname_port - of inet:PORT, inet:PORT@HOST or inet:HOST:PORT: a part of the
 * text, of this length. */
const char *sockname_port(const char *socket, size_t *out_length);

#endif
