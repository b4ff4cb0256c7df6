/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl top: what goes on, again and again */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digits.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/top/screen.h"
#include "control/top/terminal.h"

enum { PAUSE_MS = 2000, SHORTEST_MS = 100, LONGEST_MS = 3600000 };

struct call {
	int64_t		 pause;		/* ms */
	uint64_t	 count;		/* 0: without end */
};

/* ---- arguments ---- */

/* parse_pause - "2", "0.5": seconds */
static bool
parse_pause(const char *text, int64_t *out)
{
	char *end;
	double ms;

	if (text[strspn(text, "0123456789.")] != '\0')
		return false;
	ms = strtod(text, &end) * 1000;
	if (end == text || *end != '\0' || ms < SHORTEST_MS || ms > LONGEST_MS)
		return false;
	*out = (int64_t)ms;
	return true;
}

/* take - one option; EX_OK or EX_USAGE */
static int
take(struct call *call, int option, const char *value)
{
	switch (option) {
	case 'd':
		return parse_pause(value, &call->pause) ? EX_OK :
		    complain_value("top",
		    "-d: not from 0.1 to 3600 seconds:", value);
	case 'n':
		return digits_parse(value, strlen(value), UINT32_MAX,
		    &call->count) && call->count > 0 ? EX_OK :
		    complain_value("top", "-n: bad number", value);
	default:
		return complain_option("top", option, value);
	}
}

/* read_call - EX_OK or EX_USAGE */
static int
read_call(int argc, char **argv, struct call *call)
{
	int option, code = EX_OK;

	optind = 0;
	opterr = 0;
	while (code == EX_OK && (option = getopt(argc, argv, "+:d:n:")) != -1)
		code = take(call, option, option_word(argv));
	if (code == EX_OK && optind < argc)
		code = complain_value("top", "unexpected argument",
		    argv[optind]);
	return code;
}

/* ---- the loop ---- */

/* show - how it was at the last look; without a new one, and why */
static int
show(const struct screen *screen, const struct err *err)
{
	if (err != NULL)
		terminal_line(TERMINAL_BOLD, err->text);
	screen_draw(screen);
	return terminal_flush();
}

/* pause_until - that time; false: nobody wants to see more */
static bool
pause_until(int64_t at, const struct screen *screen, const struct err *err)
{
	enum terminal_event event;

	while ((event = terminal_wait(at - clock_now())) == TERMINAL_DRAW)
		if (show(screen, err) == -1)
			return false;
	return event != TERMINAL_QUIT;
}

/* watch - after a first look */
static void
watch(struct screen *screen, const struct call *call, bool plain)
{
	const struct err *trouble = NULL;
	struct err err;

	for (uint64_t n = 1; ; n++) {
		int64_t next = clock_now() + call->pause;

		if (show(screen, trouble) == -1 || n == call->count ||
		    !pause_until(next, screen, trouble))
			return;
		if (plain)
			terminal_line(TERMINAL_PLAIN, "");
		trouble = screen_look(screen, &err) == -1 ? &err : NULL;
	}
}

/* do_top - a spool that vanishes meanwhile is told on the screen */
int
do_top(struct control *control, int argc, char **argv)
{
	struct screen screen = { .conf = &control->conf };
	struct call call = { .pause = PAUSE_MS };
	struct err err;

	/* getopt wants a name before the arguments */
	if (read_call(argc + 1, argv - 1, &call) != EX_OK)
		return EX_USAGE;
	if (screen_look(&screen, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	watch(&screen, &call, terminal_open());
	terminal_close();
	screen_drop(&screen);
	return EX_OK;
}
