/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * auth - a login at the intake (RFC 4954), by PLAIN or LOGIN
 *
 *	const struct login login = { "user", "password", "FILE:3" };
 *
 *	if (auth(&smtp, &login, &failure) == -1)
 *		...				-- why it does not let us in
 *
 * For smtp_hello(), which calls it inside TLS only.  PLAIN (RFC 4616) where it
 * is offered, else LOGIN; both say the password as it is, and TLS is what hides
 * it.  AUTH is not pipelined.
 *
 * What refuses a login says nothing of the letter: each 5xx to AUTH, and an
 * offer without a mechanism of ours (CAUSE_LOGIN), blame the site, and are
 * tried again.
 *
 * The password is nowhere but in the bytes that are sent: what held them is
 * wiped, and a reply that repeats it (login_tells()) is not kept.  A transcript
 * has step_shown() of flight.h in place of each command, and while smtp->login
 * is set, nothing of a line that tells it.
 */
#ifndef FORWARD_AUTH_H
#define FORWARD_AUTH_H

#include "forward/smtp/failure.h"
#include "forward/smtp/smtp.h"

/* auth - what was offered is in smtp->caps.  -1: out says why. */
int	auth(struct smtp *, const struct login *, struct failure *out);

#endif
