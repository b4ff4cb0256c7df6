/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wiring_private - what the files of wiring share
 *
 *	const struct work work = { &conf, &postfix, conf.milter_socket,
 *	    &wiring };
 *
 *	if (!wiring_is_done(&work, &use))
 *		ours = wiring_compose(&work, &use);
 */
#ifndef CONTROL_POSTFIX_WIRING_PRIVATE_H
#define CONTROL_POSTFIX_WIRING_PRIVATE_H

#include "control/postfix/wiring.h"

/* What the lists are looked at with. */
struct work {
	const struct conf *conf;
	const struct postfix *postfix;
	const char	*socket;	/* milter_socket, as it will be */
	struct wiring	*out;
};

/* A list, and who uses it. */
struct use {
	const char	*service;	/* NULL: all without one of their own */
	const struct postfix_settings *settings;
	bool		 inside, outside;	/* of a chroot */
};

/* wiring_is_ours - by the socket as it is or will be, seen from the chroot or
 * not; arg is a struct work. */
bool	wiring_is_ours(const void *arg, const char *endpoint);

/* wiring_is_done - it is in the list once, last, and on good terms. */
bool	wiring_is_done(const struct work *, const struct use *);

/* wiring_compose - tdc-milter as the list shall have it; new. */
char	*wiring_compose(const struct work *, const struct use *);

/* wiring_stays_out - a service that shall not have tdc-milter. */
bool	wiring_stays_out(const struct conf *, const struct postfix_service *);

#endif
