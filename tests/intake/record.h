/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record - what the intake remembers: statistics and a journal
 *
 * The statistics file has lines "NAME NUMBER" and is replaced as a whole, a
 * tenth of a second after something changed.
 *
 * The journal has one line for each event, written at once:
 *
 *	SECONDS CONNECTION FLIGHT C|S|E TEXT
 *
 * C is a command, S a reply, E an event ("open", "tls ...", "message ...",
 * "violation ...", "close").  FLIGHT rises each time the intake had answered
 * all that came and waited for more: commands with the same number came in
 * one flight.
 */
#ifndef TESTS_INTAKE_RECORD_H
#define TESTS_INTAKE_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>

#define STATS(S) \
	S(connections) S(connections_now) S(connections_max) \
	S(connections_refused) S(handshakes) S(handshakes_failed) S(resumed) \
	S(mail) S(mail_per_connection_max) S(messages) S(refused) S(bytes) \
	S(flights) S(violations)

#define STAT_NUMBER(name) atomic_ulong name;
extern struct stats { STATS(STAT_NUMBER) } stats;
#undef STAT_NUMBER

/* Set by the options, before the first client is there. */
extern struct record {
	const char	*stats_path;	/* NULL: no statistics */
	int		 journal_fd;	/* -1: no journal */
	unsigned long	 announce_at;	/* say when so many messages have come */
	bool		 announce_each;	/* or at each of them */
} record;

void	stat_add(atomic_ulong *, unsigned long n);
void	stat_max(atomic_ulong *, unsigned long n);
void	stats_message(void);	/* count one, and say so when asked to */
void	stats_write(void);	/* replace the file when a number has changed */

/* Write one event; a journal that is full takes no more. */
void	journal_line(unsigned long connection, unsigned long flight, char kind,
	    const char *, ...) __attribute__((format(printf, 4, 5)));

#endif
