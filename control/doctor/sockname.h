/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sockname - a milter's socket, as milter_socket and smtpd_milters write it
 *
 *	path = sockname_path("unix:tdc/milter.sock");	-- "tdc/milter.sock"
 *	if (!sockname_leads(&postfix, conf.milter_socket, endpoint, chrooted))
 *		advice = sockname_advice(&postfix, conf.milter_socket);
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

/* sockname_leads - does the endpoint of a list of milters lead smtpd(8) to
 * milter_socket?  Of an inet socket the port counts. */
bool	sockname_leads(const struct postfix *, const char *milter_socket,
	    const char *endpoint, bool chrooted);

/* sockname_below - the absolute path as smtpd(8) finds it in its queue
 * directory, chrooted or not; new; NULL: it is not below that, or path is
 * NULL. */
char	*sockname_below(const struct postfix *, const char *path);

/* sockname_advice - milter_socket as smtpd_milters should write it; new. */
char	*sockname_advice(const struct postfix *, const char *milter_socket);

/* sockname_host - of an inet socket, in whichever form, to connect to: this host
 * if it names none, or all; new. */
char	*sockname_host(const char *socket);

/* sockname_port - of inet:PORT, inet:PORT@HOST or inet:HOST:PORT: a part of the
 * text, of this length. */
const char *sockname_port(const char *socket, size_t *out_length);

#endif
