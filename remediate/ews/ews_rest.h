/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_rest - whom an Exchange server asked us to leave alone, and for how long
 *
 *	ews_rest_add(url, owner, 297749, clock_now());
 *	if ((wait = ews_rest_left(url, owner, clock_now())) > 0)
 *		...
 *
 * A back-off counts against the mailbox that was impersonated, or (owner "")
 * against the server as a whole.  It is kept for the whole process: connections
 * come and go, and asking meanwhile makes it longer.  Any thread.
 */
#ifndef REMEDIATE_EWS_REST_H
#define REMEDIATE_EWS_REST_H

#include <stdint.h>

void	ews_rest_add(const char *url, const char *owner, int64_t ms,
	    int64_t now);
/* ews_rest_left - of the mailbox's or the server's, what is longer; 0: none. */
int64_t	ews_rest_left(const char *url, const char *owner, int64_t now);

#endif
