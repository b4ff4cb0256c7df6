/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/alert/alert_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/own.h"
#include "base/start/start.h"

enum {
	LOOK = 20,		/* ms between looks whether it has ended */
	KILL_WAIT = 1000	/* ms for a killed one to go, at our end */
};

/* ---- until it ends ---- */

/* What it has said so far. */
struct saying {
	int		 fd;		/* does not wait */
	bool		 open;		/* it may say more */
	size_t		 length;
	char		*said;		/* ALERT_SAID */
};

/* hear - what is there now, of which the end is thrown away */
static void
hear(struct saying *saying)
{
	char bytes[4096];
	ssize_t n = AGAIN(read(saying->fd, bytes, sizeof(bytes)));
	size_t room = ALERT_SAID - 1 - saying->length;

	if (n == 0 || (n == -1 && errno != EAGAIN))
		saying->open = false;
	if (n <= 0)
		return;
	if ((size_t)n < room)
		room = (size_t)n;
	memcpy(saying->said + saying->length, bytes, room);
	saying->length += room;
	saying->said[saying->length] = '\0';
}

/* rest - for a moment, or until it says something that is wanted: one that says
 * more and more is read slowly */
static void
rest(const struct saying *saying)
{
	struct pollfd fd = { .fd = saying->fd, .events = POLLIN };
	bool listens = saying->open && saying->length < ALERT_SAID - 1;

	(void)poll(&fd, listens ? 1 : 0, LOOK);
}

static bool
is_over(int64_t until, const _Atomic int64_t *deadline)
{
	int64_t now = clock_now(), end = *deadline;

	return now >= until || (end != 0 && now >= end);
}

/* wait_for - in time, or killed: false; one that even then does not go, since a
 * disk has it, is waited for as long as we are there */
static bool
wait_for(struct started *started, struct saying *saying,
    const _Atomic int64_t *deadline)
{
	int64_t until = clock_now() + ALERT_TIME;
	bool in_time = true;

	while (!start_over(started)) {
		if (in_time && is_over(until, deadline)) {
			in_time = false;
			start_kill(started);
		}
		if (!in_time && *deadline != 0 &&
		    clock_now() >= *deadline + KILL_WAIT)
			return false;
		hear(saying);
		rest(saying);
	}
	return in_time;
}

/* alert_run - from its beginning to its end */
void
alert_run(char *const argv[], char *const environment[],
    const _Atomic int64_t *deadline, struct alert_end *out)
{
	own(fd) int in = -1, to = -1;
	struct saying saying = { .open = true, .said = out->said };
	struct start start = { .what = START_ALERT, .path = argv[0],
		.argv = argv, .environment = environment, .fds = START_FDS,
		.group = true };
	struct started started;
	int fds[2];

	*out = (struct alert_end){ .how = ALERT_NOT_RUN };
	if (pipe2(fds, O_CLOEXEC) == -1) {
		out->error = errno;
		return;
	}
	saying.fd = in = fds[0];
	to = fds[1];
	(void)fcntl(in, F_SETFL, O_NONBLOCK);
	start.fds[1] = start.fds[2] = to;
	out->error = start_program(&start, &started);
	if (out->error != 0)
		return;
	close(fd_give(&to));
	out->how = wait_for(&started, &saying, deadline) ? ALERT_ENDED : ALERT_LATE;
	if (!start_wait(&started, 0, &out->status))
		start_leave(&started);
	hear(&saying);
}

/* ---- what came of it ---- */

/* alert_end_well - whether it did what it should */
bool
alert_end_well(const struct alert_end *end)
{
	return end->how == ALERT_ENDED && WIFEXITED(end->status) &&
	    WEXITSTATUS(end->status) == 0;
}

/* what - became of it */
static const char *
what(const struct alert_end *end, char out[128])
{
	if (end->how == ALERT_NOT_RUN)
		snprintf(out, 128, "it cannot be run: %s",
		    strerror(end->error));
	else if (end->how == ALERT_LATE)
		snprintf(out, 128, "killed, since it did not end in time");
	else if (WIFEXITED(end->status))
		snprintf(out, 128, "exit status %d", WEXITSTATUS(end->status));
	else
		snprintf(out, 128, "ended by signal %d", WTERMSIG(end->status));
	return out;
}

/* one_line - blanks for line feeds, and none at its end */
static const char *
one_line(const char *said, char out[ALERT_SAID])
{
	size_t n = strlen(said);

	memcpy(out, said, n + 1);
	for (size_t i = 0; i < n; i++)
		if (out[i] == '\n')
			out[i] = ' ';
	while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\r'))
		out[--n] = '\0';
	return out;
}

/* alert_end_text - for people */
const char *
alert_end_text(const struct alert_end *end, char out[ALERT_END_TEXT])
{
	char said[ALERT_SAID], text[128];

	one_line(end->said, said);
	snprintf(out, ALERT_END_TEXT, "%s%s%s", what(end, text),
	    *said != '\0' ? ": " : "", ESCAPE(said));
	return out;
}
