/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * terminal - a screen that is drawn again and again, and keys without Enter
 *
 *	bool plain = terminal_open();
 *
 *	while (terminal_wait(2000) != TERMINAL_QUIT) {
 *		terminal_line(TERMINAL_HEAD, "a line");
 *		terminal_flush();
 *	}
 *	terminal_close();
 *
 * On what is no terminal, or a dumb one, lines are printed as they are, and
 * nothing else.  A terminal is given back as it was whatever signal ends or
 * stops the program; but not after SIGKILL, nor SIGBUS, which means something
 * to base/mapped.h.
 */
#ifndef CONTROL_TOP_TERMINAL_H
#define CONTROL_TOP_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

enum terminal_style { TERMINAL_PLAIN, TERMINAL_BOLD, TERMINAL_HEAD };
enum terminal_event {
	TERMINAL_TIME,		/* it is over, or the space bar was hit */
	TERMINAL_DRAW,		/* the screen is of another size, or new */
	TERMINAL_QUIT		/* q */
};

/* terminal_open - true: it is none, or a dumb one.  One at a time.
 * terminal_close - as it was. */
bool	terminal_open(void);
void	terminal_close(void);

/* terminal_wait - so many ms, or until something happens. */
enum terminal_event terminal_wait(int64_t ms);

/* terminal_line - the next line, cut to the width of the screen; what is not
 * printable ASCII becomes a question mark.
 * terminal_left - how many more lines there is room for.
 * terminal_flush - show the lines since the last time; -1: nobody takes it. */
void	terminal_line(enum terminal_style, const char *text);
unsigned terminal_left(void);
int	terminal_flush(void);

#endif
