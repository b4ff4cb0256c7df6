/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * logins - the file of intake_login_file: who we are at which intake
 *
 *	struct logins *logins;
 *
 *	logins_load("/etc/tdc/logins", &logins, &err);
 *	login = logins_find(logins, "intake.example", "mx.intake.example");
 *	logins = logins_free(logins);
 *
 *	line  = name 1*blank user ":" password
 *	name  = an intake domain, or one of its hosts
 *
 * As in Postfix's smtp_sasl_password_maps, but read as it is: empty lines, and
 * those whose first character is "#", are passed over; blanks around a line do
 * not count, those in a password do.  A name stands there once.
 *
 * No error has a word of the file in it: what is not where it should be may be
 * a password.  The file is read into memory of its own, which is left out of
 * core dumps and wiped before it is freed.
 *
 * Immutable; any thread may look into it.
 */
#ifndef FORWARD_LOGINS_H
#define FORWARD_LOGINS_H

#include "base/err.h"
#include "forward/smtp/login.h"

struct logins;

/* logins_load - new in *out; NULL where the path is "".  A file that cannot be
 * read is ERR_LATER; one that others may read or write, or with a line that is
 * wrong, is ERR_NEVER: "FILE: ..." or "FILE:LINE: ...". */
int	 logins_load(const char *path, struct logins **out, struct err *);

/* logins_find - by the intake domain, or else by its host; borrowed.  NULL:
 * none is known.  logins may be NULL. */
const struct login *logins_find(const struct logins *, const char *domain,
	    const char *host);

struct logins *logins_free(struct logins *);	/* NULL */

#endif
