/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sendmail - hand a mail to Postfix's sendmail
 *
 *	const struct sendmail mail = { .path = "/usr/sbin/sendmail",
 *	    .sender = "", .recipient = "soc@corp.example", .text = whole,
 *	    .length = strlen(whole) };
 *
 *	if (sendmail(&mail, &err) == 0)
 *		... it is in Postfix's queue ...
 *
 * Local submission: such mail goes through pickup(8), not through smtpd(8) and
 * its milters.  No shell, none of our descriptors and of our environment.  0
 * only when it ended well after all of the text was read.
 */
#ifndef REMEDIATE_SENDMAIL_H
#define REMEDIATE_SENDMAIL_H

#include <stddef.h>

#include "base/err.h"

enum { SENDMAIL_WAIT = 60000 };		/* ms */

struct sendmail {
	const char	*path;
	const char	*sender;	/* "": the null reverse-path */
	const char	*recipient;
	const char	*text;		/* lines end in LF */
	size_t		 length;
};

int	sendmail(const struct sendmail *, struct err *);

#endif
