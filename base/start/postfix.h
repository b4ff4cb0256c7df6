/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postfix - what the Postfix of this host is set to
 *
 *	char name[256];
 *
 *	if (postfix_value("myhostname", name, sizeof(name)))
 *		...			-- "gw.example.com"
 *
 * Asks postconf(1), which knows main.cf, its defaults and what stands for what
 * in it; where there is no POSTFIX_CONFIG/main.cf that we may read, there is no
 * Postfix.  postconf is looked for in system directories only, gets none of our
 * environment (a MAIL_CONFIG could lead root to a main.cf, and by that to
 * libraries, of somebody else) and none of our descriptors, no shell is
 * involved, and its messages go nowhere.
 *
 * It is waited for up to POSTFIX_WAIT: Postfix's programs wait themselves until
 * a main.cf that was just written is two seconds old.  Any thread.
 */
#ifndef BASE_START_POSTFIX_H
#define BASE_START_POSTFIX_H

#include <stdbool.h>
#include <stddef.h>

#define POSTFIX_CONFIG "/etc/postfix"
#define POSTFIX_WAIT 5000		/* ms */

/* postfix_value - one line, without its end; false: there is no Postfix, it
 * does not know that parameter, the value does not fit, or it took too long. */
bool	postfix_value(const char *parameter, char *out, size_t size);

/* The places where postconf is looked for; ends with NULL. */
extern const char *const start_postconf[];

#endif
