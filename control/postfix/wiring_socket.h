/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wiring_socket - where milter_socket has to be, and whose
 *
 *	if (wiring_socket(&conf, &postfix, &wiring, &err) == 0 &&
 *	    wiring.socket != NULL)
 *		printf("milter_socket = %s\n", wiring.socket);
 */
#ifndef CONTROL_POSTFIX_WIRING_SOCKET_H
#define CONTROL_POSTFIX_WIRING_SOCKET_H

#include "control/postfix/wiring.h"

/* wiring_socket - fill in socket, group and mode, where they have to change: a
 * chrooted smtpd(8) reaches only what is below its queue directory, and
 * mail_owner needs the right to write to it. */
int	wiring_socket(const struct conf *, const struct postfix *,
	    struct wiring *out, struct err *);

/* wiring_directory - that of a unix socket, as it will be, if it is below the
 * queue directory and not there; new; NULL.
 * wiring_make - make it: of user, and for the group of mail_owner. */
char	*wiring_directory(const struct conf *, const struct postfix *,
	    const struct wiring *);
int	wiring_make(const struct conf *, const struct postfix *,
	    const char *directory, struct err *);

#endif
