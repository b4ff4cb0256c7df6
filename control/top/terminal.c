/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/top/terminal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

/* Another screen without a cursor, and back. */
static const char enter[] = "\033[?1049h\033[?25l";
static const char leave[] = "\033[0m\033[?25h\033[?1049l";

static const char *const styles[] = { [TERMINAL_PLAIN] = "",
	[TERMINAL_BOLD] = "\033[1m", [TERMINAL_HEAD] = "\033[7m" };

/* One, because signal handlers have to know it. */
static struct {
	bool		 plain, keys;	/* keys can be read */
	struct termios	 before;
	volatile sig_atomic_t entered, resized, stopped, continued;
	sigset_t	 waiting;	/* the mask while we wait */
	struct buf	 lines;
	unsigned	 used, rows, columns;
} terminal = { .lines = BUF };

/* ---- there and back ---- */

static void
say(const char *text, size_t n)
{
	ssize_t written;

	do
		written = write(STDOUT_FILENO, text, n);
	while (written == -1 && errno == EINTR);
}

static void
measure(void)
{
	struct winsize size;

	terminal.columns = 80;
	terminal.rows = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_row > 0) {
		terminal.columns = size.ws_col;
		terminal.rows = size.ws_row;
	}
}

static void
go_in(void)
{
	struct termios raw = terminal.before;

	terminal.entered = 1;
	say(enter, sizeof(enter) - 1);
	if (terminal.keys) {
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		raw.c_cc[VMIN] = 0;
		raw.c_cc[VTIME] = 0;
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	measure();
}

/* go_out - also in a signal handler */
static void
go_out(void)
{
	if (!terminal.entered)
		return;
	terminal.entered = 0;
	say(leave, sizeof(leave) - 1);
	if (terminal.keys)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
}

/* ---- signals ---- */

static void
on_end(int number)
{
	go_out();
	(void)raise(number);	/* by default, from now on: SA_RESETHAND */
}

static void
on_change(int number)
{
	if (number == SIGTSTP)
		terminal.stopped = 1;
	else if (number == SIGCONT)
		terminal.continued = 1;
	else
		terminal.resized = 1;
}

/* handle - but what is ignored, as after nohup(1), stays so */
static void
handle(int number, const struct sigaction *action)
{
	struct sigaction old;

	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		(void)sigaction(number, action, NULL);
}

/* watch - those that end a program, and those that only come while we wait */
static void
watch(void)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE,
		SIGALRM, SIGUSR1, SIGUSR2, SIGABRT, SIGSEGV, SIGFPE, SIGILL,
		SIGSYS, SIGTRAP, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,
		SIGPWR };
	static const int changes[] = { SIGWINCH, SIGTSTP, SIGCONT };
	struct sigaction action = { .sa_handler = on_end,
	    .sa_flags = (int)SA_RESETHAND };
	sigset_t set;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		handle(ends[i], &action);
	action = (struct sigaction){ .sa_handler = on_change };
	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		handle(changes[i], &action);
		(void)sigaddset(&set, changes[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &set, &terminal.waiting);
}

/* stop - as ^Z does, until somebody wants us to go on */
static void
stop(void)
{
	go_out();
	(void)kill(getpid(), SIGSTOP);
	go_in();
}

/* terminal_open - ours from now on */
bool
terminal_open(void)
{
	const char *term = getenv("TERM");

	terminal.plain = !isatty(STDOUT_FILENO) || term == NULL ||
	    strcmp(term, "dumb") == 0;
	if (terminal.plain)
		return true;
	terminal.keys = tcgetattr(STDIN_FILENO, &terminal.before) == 0;
	watch();
	go_in();
	return false;
}

/* terminal_close - also when it was none */
void
terminal_close(void)
{
	if (!terminal.plain)
		go_out();
	buf_drop(&terminal.lines);
}

/* ---- keys ---- */

/* read_key - one that means something, or TERMINAL_DRAW */
static enum terminal_event
read_key(void)
{
	char c = '\0';

	if (read(STDIN_FILENO, &c, 1) == -1 && errno != EINTR)
		terminal.keys = false;
	return c == 'q' || c == 'Q' ? TERMINAL_QUIT :
	    c == ' ' ? TERMINAL_TIME : TERMINAL_DRAW;
}

/* change - what a signal told.  A shell that lets us go on may have changed the
 * terminal */
static enum terminal_event
change(void)
{
	if (terminal.stopped)
		stop();
	else if (terminal.continued)
		go_in();
	terminal.stopped = terminal.continued = terminal.resized = 0;
	measure();
	return TERMINAL_DRAW;
}

/* terminal_wait - signals only come here */
enum terminal_event
terminal_wait(int64_t ms)
{
	struct pollfd in = { .fd = terminal.keys ? STDIN_FILENO : -1,
	    .events = POLLIN };
	struct timespec time = clock_timespec(ms > 0 ? ms : 0);
	int n = ppoll(&in, 1, &time, terminal.plain ? NULL :
	    &terminal.waiting);

	if (terminal.resized || terminal.stopped || terminal.continued)
		return change();
	if (n == 1 && (in.revents & POLLIN) != 0)
		return read_key();
	if (n == 1) {
		terminal.keys = false;	/* it is gone */
		return TERMINAL_DRAW;
	}
	return TERMINAL_TIME;
}

/* ---- lines ---- */

/* add_text - how many letters there was room for */
static unsigned
add_text(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0' && (terminal.plain || n < terminal.columns);
	    text++, n++)
		buf_byte(&terminal.lines, *text >= ' ' && *text <= '~' ?
		    *text : '?');
	return n;
}

/* terminal_line - one line feed less than there are lines, so that it never
 * scrolls.  After the last column there is nothing to clear: many terminals
 * would clear the letter in it */
void
terminal_line(enum terminal_style style, const char *text)
{
	struct buf *lines = &terminal.lines;

	if (terminal.plain) {
		(void)add_text(text);
		buf_byte(lines, '\n');
		return;
	}
	if (terminal.used == terminal.rows)
		return;
	buf_text(lines, terminal.used++ > 0 ? "\r\n" : "\033[H");
	buf_text(lines, styles[style]);
	buf_text(lines, add_text(text) < terminal.columns ?
	    "\033[0m\033[K" : "\033[0m");
}

/* terminal_left - without end, if nobody sees where */
unsigned
terminal_left(void)
{
	return terminal.plain ? UINT_MAX : terminal.rows - terminal.used;
}

/* terminal_flush - at once, so that it does not flicker */
int
terminal_flush(void)
{
	if (!terminal.plain && terminal.used < terminal.rows)
		buf_text(&terminal.lines, "\r\n\033[J");
	(void)fwrite(terminal.lines.data, 1, terminal.lines.len, stdout);
	buf_cut(&terminal.lines, 0);
	terminal.used = 0;
	return fflush(stdout) == EOF ? -1 : 0;
}
