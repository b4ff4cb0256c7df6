/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * login - a user and a password, and how AUTH says them
 *
 * login_plain, login_user, login_password - add them to a command, in base64:
 * all of it for PLAIN, or one for LOGIN.
 */
#ifndef FORWARD_LOGIN_H
#define FORWARD_LOGIN_H

#include <stdbool.h>

#include "base/buf.h"

/* The longest user, and the longest password. */
#define LOGIN_MAX 512

/* All borrowed. */
struct login {
	const char	*user;
	const char	*password;
	const char	*where;		/* "FILE:LINE", for messages */
};

void	login_plain(const struct login *, struct buf *);
void	login_user(const struct login *, struct buf *);
void	login_password(const struct login *, struct buf *);

/* login_tells - whether the text has the password in it: in the clear, in base64
 * as either mechanism says it, or a part of that, as servers do that repeat a
 * command or the beginning of one. */
bool	login_tells(const struct login *, const char *text);

/* login_wipe - free it, after what it held is gone from memory. */
void	login_wipe(struct buf *);

#endif
