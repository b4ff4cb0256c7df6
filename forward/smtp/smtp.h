/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smtp - one conversation with an intake
 *
 *	struct smtp smtp;
 *
 *	smtp_init(&smtp, helo_name, command_timeout);
 *	smtp.conn.fd = ...;				-- see race.h
 *	if (smtp_hello(&smtp, &peer, &failure) == 0)
 *		while (smtp_usable(&smtp) && ... another letter ...)
 *			if (smtp_send(&smtp, &letter, &failure) == 0)
 *				... failure.reply is the intake's thanks ...
 *	smtp_drop(&smtp);
 *
 * Drives the steps of flight.h over a conn.  What must hold: a letter counts
 * as taken only after a 2xx in answer to its last byte.  So there must be no
 * unasked reply before a flight; replies are counted; whatever is out of step
 * ends the conversation.
 *
 * Each reply must come within command_timeout, and before conn.death.
 *
 * Several letters in one flight, where PIPELINING and CHUNKING are offered:
 *
 *	while (... another letter, whose file is open ... &&
 *	    smtp_board(&smtp, &letter))
 *		... it is said, and the file may be closed ...
 *	smtp_depart(&smtp);
 *	for (each that was boarded, in that order)
 *		switch (smtp_fate(&smtp, &failure)) ...
 *
 *	RSET MAIL RCPT BDAT n LAST bytes, RSET MAIL RCPT BDAT n LAST bytes, ...
 *
 * RSET stands before each letter but the first: what is left of one that was
 * refused is indeterminate (RFC 3030 2), and we learn too late that it was.
 * It costs a reply but no round trip.
 *
 * No deadlock: FLIGHT_LETTERS letters get four replies each, of 512 octets at
 * most (RFC 5321 4.5.3.1.5), which is what a socket takes in while we write;
 * so a server that answers while we still write can go on reading.  One that
 * says more than that is cut off after command_timeout, as any that does not
 * read.  What it said until then is heard.
 *
 * When the conversation ends in the middle of a flight, letters that were
 * answered keep their answer; the one whose turn it was has failed, and those
 * after it as well, since their bytes may have been taken.  They count as
 * untried only if the server cannot have taken them (it closed with a 421), or
 * if we closed because another letter expired.
 *
 * The reply to a letter's last byte that is none, but begins with a 2, counts
 * as thanks, and ends the conversation.
 *
 * Whoever wants to see the conversation sets smtp.trace after smtp_init(): each
 * command as it is put together, each line of a reply as it is read, and in
 * brackets what is neither.  Of a letter that is only how long it is, and of
 * AUTH its mechanism.  Lines are as they came, but for NULs, and are cut after
 * some 600 octets; of a reply 100 are shown.
 *
 * Whoever wants to know how far it is sets smtp.trace.reply and .secured: each
 * reply when it is whole, which may repeat a login; and each handshake, with
 * NULL, or why it failed, while smtp.conn.ssl still has the certificate.
 */
#ifndef FORWARD_SMTP_H
#define FORWARD_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "forward/net/conn.h"
#include "forward/smtp/caps.h"
#include "forward/smtp/failure.h"
#include "forward/smtp/flight.h"
#include "forward/smtp/letter.h"
#include "forward/tls/tls.h"

enum smtp_state {
	SMTP_OVER,		/* or not begun */
	SMTP_READY,		/* for one more letter */
	SMTP_MUTE,		/* something could not be said; what is there is
				   heard */
	SMTP_DEAF,		/* nothing more will be heard */
	SMTP_DEAF_MUTE
};

enum smtp_side { SMTP_SAID, SMTP_HEARD };

struct smtp_trace {
	void		*arg;
	void		(*line)(void *arg, enum smtp_side, const char *); /* or
								NULL */
	void		(*reply)(void *arg, enum step, const struct reply *);
	void		(*secured)(void *arg, const struct err *);
};

struct smtp {
	struct conn	 conn;
	struct caps	 caps;
	enum smtp_state	 state;
	bool		 answered;	/* something, to the last letter, but for
					   RSET */
	struct smtp_trace trace;
	/* the module's */
	const char	*helo;
	int64_t		 command_timeout;
	bool		 reset;		/* a failed transaction is to be cleared */
	struct failure	 end;		/* why it is over, in a flight; if mute,
					   always; if it was thanks, too */
	bool		 died;		/* by conn.death */
	unsigned	 aboard;	/* letters of this flight */
	unsigned	 whole;		/* of these, written to the last byte */
	unsigned	 judged;	/* of these, with a known fate */
	uint64_t	 octets;	/* of these */
	bool		 first_reset;	/* RSET before the first, too */
	struct buf	 out;
	struct buf	 heard;		/* of a line, for the trace */
	unsigned	 heard_lines;	/* of this reply */
	const struct login *login;	/* while AUTH says it; else NULL */
};

struct smtp_peer {
	struct tls	*tls;		/* NULL: in the clear, for tests alone */
	const struct tls_ask *ask;
	bool		 wrapped;	/* TLS from the first byte */
	const struct login *login;	/* NULL: none is needed */
};

void	smtp_init(struct smtp *, const char *helo, int64_t command_timeout);

/* smtp_hello - greeting, EHLO, STARTTLS, EHLO, AUTH; without TLS it fails. */
int	smtp_hello(struct smtp *, const struct smtp_peer *, struct failure *);
int	smtp_send(struct smtp *, const struct letter *, struct failure *out);

/* smtp_board - say a letter, the first of a flight or one more.  conn.death is
 * to be that of the letter that dies first.  false: it does not go with these
 * (see flight_joins()), or the conversation is over; no byte of it was said.
 * smtp_depart - no letter more.  Until then they may not have been sent. */
bool	smtp_board(struct smtp *, const struct letter *);
void	smtp_depart(struct smtp *);

/* smtp_fate - of the next letter, whose death is to be in conn.death.
 * SMTP_TAKEN: out->reply is the thanks.  SMTP_FAILED: out says why, and
 * SMTP_UNTRIED: why it had no attempt. */
enum smtp_fate { SMTP_TAKEN, SMTP_FAILED, SMTP_UNTRIED };
enum smtp_fate smtp_fate(struct smtp *, struct failure *out);

/* smtp_usable - one more letter may be sent. */
static inline bool
smtp_usable(const struct smtp *smtp)
{
	return smtp->state == SMTP_READY;
}

/* smtp_idle - the server neither spoke nor left since; false: it did, and the
 * conversation is over.  smtp_abandon - it is over, even without QUIT. */
bool	smtp_idle(struct smtp *);
void	smtp_abandon(struct smtp *);

/* smtp_drop - QUIT if the conversation is not over; closes, frees. */
void	smtp_drop(struct smtp *);

#endif
