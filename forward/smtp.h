/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smtp - one conversation with an intake
 *
 *	struct smtp smtp;
 *
 *	smtp_init(&smtp, helo_name, command_timeout);
 *	if (smtp_connect(&smtp, &address, deadline, &failure) == 0 &&
 *	    smtp_hello(&smtp, &peer, &failure) == 0)
 *		while (smtp.usable && ... another letter ...)
 *			if (smtp_send(&smtp, &letter, &failure) == 0)
 *				... failure.reply is the intake's thanks ...
 *	smtp_drop(&smtp);
 *
 * Drives the steps of flight.h over a conn.  What must hold: smtp_send()
 * returns 0 only after a 2xx in answer to the last byte of this letter.  So
 * nothing may have been heard before a flight that nobody asked for; replies
 * are counted; whatever is out of step ends the conversation.
 *
 * Each reply must come within command_timeout, and before conn.death.
 */
#ifndef FORWARD_SMTP_H
#define FORWARD_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "forward/caps.h"
#include "forward/conn.h"
#include "forward/flight.h"
#include "forward/tls.h"
#include "forward/verdict.h"

struct smtp {
	struct conn	 conn;
	struct caps	 caps;
	bool		 usable;	/* for one more letter */
	bool		 answered;	/* since the last letter began */
	/* the module's */
	const char	*helo;
	int64_t		 command_timeout;
	bool		 reset;		/* a failed transaction is to be cleared */
	struct buf	 out;
};

struct smtp_peer {
	struct tls	*tls;		/* NULL: in the clear, for tests alone */
	const char	*host;
	const char	*domain;
	bool		 wrapped;	/* TLS from the first byte */
};

void	smtp_init(struct smtp *, const char *helo, int64_t command_timeout);

int	smtp_connect(struct smtp *, const struct conn_address *,
	    int64_t deadline, struct failure *);

/* smtp_hello - greeting, EHLO, STARTTLS, EHLO; without TLS it fails. */
int	smtp_hello(struct smtp *, const struct smtp_peer *, struct failure *);
int	smtp_send(struct smtp *, const struct letter *, struct failure *out);

/* smtp_drop - QUIT if there is somebody to say it to; closes, frees. */
void	smtp_drop(struct smtp *);

#endif
