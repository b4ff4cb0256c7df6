/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * terminal: a program on a pseudo-terminal, whose keys, signals, sizes and end come
 * from here; whatever ends it, the terminal is as it was before
 */
#include "control/top/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "tests/unit/scratch.h"

#define ENTER "\033[?1049h\033[?25l"
#define DRAWN "\033]drawn\a"		/* the program has said all that it draws */
#define LEAVE "\033[0m\033[?25h\033[?1049l"

enum { PATIENCE_MS = 20000, WIDE = 200, GONE = 3 };

static struct program {
	pid_t		 pid;
	int		 master, slave;	/* the latter so that it is never gone */
	int		 events;	/* what the program tells of each */
	char		 screen[16384];	/* all that came */
	size_t		 length;	/* of that */
	const char	*last;		/* of it, the last draw */
	unsigned	 draws;
	struct termios	 before;
} it;

/* ---- the program ---- */

static int64_t interval = 60000;	/* between two looks of it */
static bool no_keys, no_hangup;

/* draw - two lines, of which the first is wide, and tell: an event, and how many
 * lines there was room for */
static void
draw(int events, char event)
{
	char text[WIDE + 1], told[2] = { event, 0 };

	memset(text, 'x', WIDE);
	text[WIDE] = '\0';
	terminal_line(TERMINAL_HEAD, text);
	terminal_line(TERMINAL_BOLD, "a\tb\xc3");
	told[1] = (char)terminal_left();
	if (terminal_flush() == -1)
		_exit(GONE);
	if (write(STDOUT_FILENO, DRAWN, sizeof(DRAWN) - 1) == -1 ||
	    write(events, told, 2) != 2)
		_exit(4);
}

static _Noreturn void
run(int events)
{
	static const char letters[] = { [TERMINAL_TIME] = 'T', [TERMINAL_DRAW] = 'D',
		[TERMINAL_QUIT] = 'Q' };
	enum terminal_event event;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (no_hangup)
		signal(SIGHUP, SIG_IGN);
	if (terminal_open())
		_exit(5);
	draw(events, 'O');
	do {
		event = terminal_wait(interval);
		draw(events, letters[event]);
	} while (event != TERMINAL_QUIT);
	terminal_close();
	_exit(0);
}

/* become - the foreground of that terminal */
static void
become(int master, int slave)
{
	setsid();
	(void)ioctl(slave, TIOCSCTTY, 0);
	/* which a shell has ignored by what it starts in the background */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	for (int fd = no_keys; fd <= 2; fd++)
		dup2(slave, fd);
	if (no_keys)
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	close(master);
	close(slave);
	setenv("TERM", "xterm", 1);
}

/* ---- from here ---- */

static void
size(unsigned short rows, unsigned short columns)
{
	const struct winsize size = { .ws_row = rows, .ws_col = columns };

	assert_int_equal(ioctl(it.master, TIOCSWINSZ, &size), 0);
}

/* await - until that has come to the screen so often; returns what follows the last
 * but one */
static const char *
await(const char *what, unsigned often)
{
	struct pollfd one = { .fd = it.master, .events = POLLIN };

	for (;;) {
		const char *from = it.screen, *next;
		ssize_t got;

		for (unsigned n = 1; (next = strstr(from, what)) != NULL; n++) {
			if (n == often)
				return from;
			from = next + strlen(what);
		}
		assert_int_equal(poll(&one, 1, PATIENCE_MS), 1);
		got = read(it.master, it.screen + it.length,
		    sizeof(it.screen) - 1 - it.length);
		assert_true(got > 0);
		it.length += (size_t)got;
		it.screen[it.length] = '\0';
	}
}

/* told - the next event is that one, and so many lines were left; it.last is what came
 * to the screen since the one before */
static void
told(char event, int lines)
{
	struct pollfd one = { .fd = it.events, .events = POLLIN };
	char got[2];

	assert_int_equal(poll(&one, 1, PATIENCE_MS), 1);
	assert_int_equal(read(it.events, got, 2), 2);
	assert_int_equal(got[0], event);
	assert_int_equal(got[1], lines);
	it.last = await(DRAWN, ++it.draws);
}

/* begin - it runs, on a terminal of that size */
static void
begin(unsigned short rows, unsigned short columns, int lines)
{
	int events[2];

	it.master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_int_equal(grantpt(it.master) | unlockpt(it.master), 0);
	it.slave = open(ptsname(it.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_not_equal(it.slave, -1);
	assert_int_equal(tcgetattr(it.slave, &it.before), 0);
	assert_true((it.before.c_lflag & (tcflag_t)(ICANON | ECHO)) ==
	    (tcflag_t)(ICANON | ECHO));
	size(rows, columns);
	it.length = it.draws = 0;
	it.screen[0] = '\0';
	assert_int_equal(pipe(events), 0);
	it.pid = fork();
	assert_int_not_equal(it.pid, -1);
	if (it.pid == 0) {
		close(events[0]);
		become(it.master, it.slave);
		run(events[1]);
	}
	close(events[1]);
	it.events = events[0];
	told('O', lines);
}

/* shown - how many columns of the wide line */
static size_t
shown(void)
{
	const char *line = strchr(it.last, 'x');

	assert_non_null(line);
	return strspn(line, "x");
}

/* ended - by that signal, or, 0, by itself; and the terminal is as it was */
static void
ended(int number)
{
	struct termios now;
	int status;

	assert_int_equal(waitpid(it.pid, &status, 0), it.pid);
	assert_true(number != 0 ? WIFSIGNALED(status) && WTERMSIG(status) == number :
	    status == 0);
	(void)await(LEAVE, 1);
	assert_int_equal(tcgetattr(it.slave, &now), 0);
	assert_int_equal(now.c_lflag, it.before.c_lflag);
	close(it.master);
	close(it.slave);
	close(it.events);
}

static void
keys(const char *text)
{
	assert_int_equal(write(it.master, text, strlen(text)), strlen(text));
}

static void
test_keys(void **state)
{
	struct termios now;

	(void)state;
	begin(10, 40, 8);
	assert_non_null(strstr(it.last, ENTER));
	assert_non_null(strstr(it.last, "\033[H\033[7m"));
	assert_non_null(strstr(it.last, "\r\n\033[1ma?b?\033[0m\033[K"));
	assert_int_equal(shown(), 40);
	assert_int_equal(tcgetattr(it.slave, &now), 0);
	assert_int_equal(now.c_lflag & (tcflag_t)(ICANON | ECHO), 0);
	keys("a");
	told('D', 8);
	keys(" ");
	told('T', 8);
	keys("Q");
	told('Q', 8);
	ended(0);
}

/* What does not fit is cut, and a terminal that does not tell its size has one. */
static void
test_sizes(void **state)
{
	(void)state;
	begin(10, 40, 8);
	size(2, 7);
	told('D', 0);
	assert_int_equal(shown(), 7);
	assert_null(strstr(it.last, "\033[J"));
	size(1, 7);
	told('D', 0);
	assert_null(strstr(it.last, "a?b?"));
	size(0, 50);
	told('D', 22);
	assert_int_equal(shown(), 80);
	size(30, 0);
	told('D', 22);
	keys("q");
	told('Q', 22);
	ended(0);
}

static void
test_time(void **state)
{
	(void)state;
	interval = 20;
	begin(10, 40, 8);
	told('T', 8);
	assert_int_equal(kill(it.pid, SIGINT), 0);
	ended(SIGINT);
	interval = 60000;
}

/* Each signal that ends it leaves the terminal as it was. */
static void
test_signals(void **state)
{
	static const int numbers[] = { SIGTERM, SIGQUIT, SIGUSR1, SIGALRM };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		begin(10, 40, 8);
		assert_int_equal(kill(it.pid, numbers[i]), 0);
		ended(numbers[i]);
	}
}

/* Stopped it gives the terminal back, and takes it again, whatever was set there. */
static void
test_stopped(void **state)
{
	struct termios now;
	int status;

	(void)state;
	begin(10, 40, 8);
	assert_int_equal(kill(it.pid, SIGTSTP), 0);
	assert_int_equal(waitpid(it.pid, &status, WUNTRACED), it.pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(tcgetattr(it.slave, &now), 0);
	assert_int_equal(now.c_lflag, it.before.c_lflag);
	size(20, 30);
	assert_int_equal(kill(it.pid, SIGCONT), 0);
	told('D', 18);
	assert_non_null(strstr(it.last, LEAVE ENTER));
	assert_int_equal(shown(), 30);
	assert_int_equal(tcgetattr(it.slave, &now), 0);
	assert_int_equal(now.c_lflag & (tcflag_t)(ICANON | ECHO), 0);
	assert_int_equal(kill(it.pid, SIGTERM), 0);
	ended(SIGTERM);
}

/* Without keys it only shows, and a size that changes. */
static void
test_no_keys(void **state)
{
	(void)state;
	no_keys = true;
	begin(10, 40, 8);
	keys("q");
	size(11, 40);
	told('D', 9);
	assert_int_equal(kill(it.pid, SIGTERM), 0);
	ended(SIGTERM);
	no_keys = false;
}

/* A terminal that is gone ends what does not mind SIGHUP by its next line. */
static void
test_gone(void **state)
{
	int status;

	(void)state;
	no_hangup = true;
	begin(10, 40, 8);
	close(it.slave);
	close(it.master);
	assert_int_equal(waitpid(it.pid, &status, 0), it.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), GONE);
	close(it.events);
	no_hangup = false;
}

/* What is no terminal, or a dumb one, gets plain lines of any length. */
static void
test_plain(void **state)
{
	static const char *const terms[] = { NULL, "dumb", "xterm" };
	char *dir = scratch_new(), *path = scratch_file(dir, "out", "");
	char wide[WIDE + 1], *text;
	int saved = dup(STDOUT_FILENO), file = open(path, O_WRONLY | O_TRUNC);

	(void)state;
	memset(wide, 'x', WIDE);
	wide[WIDE] = '\0';
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	for (size_t i = 0; i < 3; i++) {
		bool plain;

		if (terms[i] == NULL)
			unsetenv("TERM");
		else
			setenv("TERM", terms[i], 1);
		plain = terminal_open();
		terminal_line(TERMINAL_HEAD, wide);
		terminal_line(TERMINAL_PLAIN, "a\033b");
		if (!plain || terminal_left() != UINT_MAX || terminal_flush() != 0 ||
		    terminal_wait(-1) != TERMINAL_TIME)
			fail_msg("%zu", i);
		terminal_close();
	}
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(file);
	text = scratch_read(path);
	assert_int_equal(strlen(text), 3 * (WIDE + 1 + 4));
	assert_non_null(strstr(text, "x\na?b\nx"));
	free(text);
	free(path);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
