/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * given - descriptors that were opened for us: sd_listen_fds(3) without its
 * library
 *
 *	struct given given;
 *
 *	unsigned rest = given_take(&given);	-- close from here on
 *	if (given.socket != -1)
 *		... accept(given.socket) ...
 *
 * Whoever starts us puts them at 3 and the numbers that follow, how many they
 * are into LISTEN_FDS, our pid into LISTEN_PID, and a name for each, with a
 * colon between two, into LISTEN_FDNAMES.  systemd does that for a .socket
 * unit, and keeps the socket; a program that is to be replaced does it, too
 * (successor.h), and has names of its own for what it gives.
 */
#ifndef BASE_GIVEN_H
#define BASE_GIVEN_H

#include <stdbool.h>

/* The program that we replace gives its own listening socket or, of that kind,
 * the one that its manager keeps; and where we say that we are ready. */
#define GIVEN_OWN "tdc-own"
#define GIVEN_HELD "tdc-held"
#define GIVEN_READY "tdc-ready"

struct given {
	int	 socket;	/* the first that has no name as above, or one of
				   the first two; -1: none */
	bool	 held;		/* it is somebody else's: it stays when we end,
				   and who connects waits for the next of us */
	unsigned sockets;	/* how many there were; one is right */
	int	 ready;		/* -1: we replace nobody */
};

/* given_take - what the environment says, and take it out of there; all of them
 * become close-on-exec, and sockets non-blocking.  Returns the number after the
 * last of them. */
unsigned given_take(struct given *);

/* given_show_out - close all connections that wait at a socket: who made them
 * sees an end of file at once, and need not wait for somebody who comes later,
 * or never. */
void	 given_show_out(int socket);

#endif
