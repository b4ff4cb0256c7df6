/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * send_link - one SMTP connection of send: bytes out, replies in
 */
#ifndef TESTS_TOOLS_SEND_LINK_H
#define TESTS_TOOLS_SEND_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

struct link {
	int	 fd;		/* -1: none */
	FILE	*in;
	int64_t	 connected;
	unsigned long sent;
};

void	link_close(struct link *);

/* Read one reply: its code, and its last line in text; 0: the server is
 * gone. */
int	link_reply(struct link *, char text[512]);

/* Write a command, and read its reply; true when it succeeded. */
bool	link_say(struct link *, const char *line, char text[512]);

/* Write, and read as many replies: the last one's code, or that of the first
 * that is a refusal; 0: the server is gone. */
int	link_say_all(struct link *, const struct buf *out, unsigned replies,
	    char text[512]);

#endif
