/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * start_wire - what is asked of the starter, as one datagram
 *
 *	start_wire_send(fd, &start, answer_fd);
 *	...
 *	while (start_wire_receive(fd, &request) == 1) {
 *		... request.start, request.answer ...
 *		start_wire_drop(&request);
 *	}
 *
 * On a socket of type SOCK_SEQPACKET: a head of fixed size, then the path and
 * the words of argv and environment, each with its NUL.  The descriptors come
 * along.  What is received is suspect: who sends may be in other hands.
 */
#ifndef BASE_START_WIRE_H
#define BASE_START_WIRE_H

#include "base/start/start.h"

enum {
	START_WIRE_MAX = 1 << 16,	/* octets of a request */
	START_WORDS = 128		/* of argv, and of the environment */
};

struct start_request {
	struct start	 start;
	int		 answer;	/* descriptor */
	char		*text;		/* what start points into */
	char		*words[2 * START_WORDS + 2];
};

/* start_wire_send - 0 or an errno; E2BIG: it does not fit. */
int	start_wire_send(int fd, const struct start *, int answer);

/* start_wire_receive - 1; 0: nobody will ask any more; -1: not a request, which
 * is passed over. */
int	start_wire_receive(int fd, struct start_request *);
void	start_wire_drop(struct start_request *);	/* closes descriptors */

#endif
