/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl monitor: each event of the daemons, as it comes */
#include "control/queue/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/daemon/daemon.h"
#include "base/digits.h"
#include "base/escape.h"
#include "base/group_readable.h"
#include "base/log/log_listeners.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

enum { LOOK_MS = 1000, TRIES = 5, DAY_S = 86400 };

/* ---- until it ends ---- */

static volatile sig_atomic_t ended;

static void
end(int unused)
{
	(void)unused;
	ended = 1;
}

/* monitor_begin - a write that waits is interrupted, too */
void
monitor_begin(void)
{
	const struct sigaction ending = { .sa_handler = end };
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		(void)sigaction(signals[i], &ending, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* monitor_ended - by a signal */
bool
monitor_ended(void)
{
	return ended != 0;
}

/* monitor_write - all of it */
bool
monitor_write(const char *bytes, size_t n)
{
	while (n > 0 && !ended) {
		ssize_t k = write(STDOUT_FILENO, bytes, n);

		if (k == -1 && errno != EINTR)
			return false;
		if (k > 0) {
			bytes += k;
			n -= (size_t)k;
		}
	}
	return !ended;
}

/* monitor_wait - and see whether anybody reads still */
bool
monitor_wait(int fd, int ms)
{
	struct pollfd fds[2] = { { .fd = STDOUT_FILENO },
	    { .fd = fd, .events = POLLIN } };

	(void)poll(fds, 2, ms);
	return !ended && (fds[0].revents & (POLLERR | POLLHUP)) == 0;
}

/* ---- the socket that hears ---- */

struct ear {
	char	*path;		/* of the directory */
	char	 name[24];
	int	 dir, fd;
};

/* name_it - where it is in the directory, however long the way there is */
static struct sockaddr_un
name_it(const struct ear *ear)
{
	struct sockaddr_un name = { AF_UNIX, "" };

	snprintf(name.sun_path, sizeof(name.sun_path), "/proc/self/fd/%d/%s",
	    ear->dir, ear->name);
	return name;
}

static void
ear_close(struct ear *ear)
{
	if (ear->fd != -1) {
		(void)unlinkat(ear->dir, ear->name, 0);
		close(ear->fd);
	}
	if (ear->dir != -1)
		close(ear->dir);
	(void)rmdir(ear->path);		/* unless others listen */
	ear->dir = ear->fd = -1;
}

/* admit - tdc-milter, where it is another user */
static int
admit(const struct ear *ear)
{
	own(fd) int spool = openat(ear->dir, "..", O_PATH | O_DIRECTORY |
	    O_CLOEXEC);
	gid_t group;

	if (spool == -1 || !group_writers(spool, &group))
		return 0;
	return fchownat(ear->dir, "", (uid_t)-1, group, AT_EMPTY_PATH) == 0 &&
	    fchmodat(ear->dir, ".", 0750, 0) == 0 &&
	    fchownat(ear->dir, ear->name, (uid_t)-1, group, 0) == 0 &&
	    fchmodat(ear->dir, ear->name, 0660, 0) == 0 ? 0 : -1;
}

/* try - once; another that ends now may take the directory with it */
static int
try(struct ear *ear)
{
	struct sockaddr_un name;
	int error;

	if (mkdir(ear->path, 0700) == -1 && errno != EEXIST)
		return -1;
	ear->dir = open(ear->path, O_PATH | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (ear->dir == -1)
		return -1;
	/* of a process with our pid that has ended */
	(void)unlinkat(ear->dir, ear->name, 0);
	ear->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	name = name_it(ear);
	if (ear->fd != -1 && bind(ear->fd, (const struct sockaddr *)&name,
	    sizeof(name)) == 0 && admit(ear) == 0)
		return 0;
	error = errno;
	ear_close(ear);
	errno = error;
	return -1;
}

static int
ear_open(struct ear *ear, struct err *err)
{
	for (int i = 0; i < TRIES; i++)
		if (try(ear) == 0)
			return 0;
		else if (errno != ENOENT)
			break;
	return err_sys(err, "listen in %s", ear->path);
}

/* is_there - unless the spool was replaced, or somebody has removed it */
static bool
is_there(const struct ear *ear)
{
	own(str) char *path = mem_format("%s/%s", ear->path, ear->name);

	return access(path, F_OK) == 0;
}

/* hear - one datagram, if there is any; false: it is time to end */
static bool
hear(const struct ear *ear)
{
	static char bytes[LOG_LISTENERS_BYTES];
	ssize_t n = recv(ear->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	return n <= 0 || monitor_write(bytes, (size_t)n);
}

static int
monitor_events(const char *spool)
{
	own(str) char *path = mem_format("%s/" LOG_LISTENERS_DIR, spool);
	struct ear ear = { .path = path, .dir = -1, .fd = -1 };
	struct err err;
	int result = EX_OK;

	snprintf(ear.name, sizeof(ear.name), "%ld", (long)getpid());
	(void)umask(077);
	monitor_begin();
	do {
		if (ear.fd != -1 && is_there(&ear))
			continue;
		ear_close(&ear);
		if (ear_open(&ear, &err) == -1) {
			result = complain(EX_CANTCREAT, err.text);
			break;
		}
	} while (monitor_wait(ear.fd, LOOK_MS) && hear(&ear));
	ear_close(&ear);
	return result;
}

/* ---- the verb ---- */

/* take_interval - 0: it is none */
static unsigned
take_interval(const char *text)
{
	uint64_t number = 0;

	return digits_parse(text, strlen(text), DAY_S, &number) ?
	    (unsigned)number : 0;
}

/* listen_to - the daemons, as their user: the socket must be theirs */
static int
listen_to(const struct conf *conf)
{
	struct spool *spool;
	struct err err;

	if (geteuid() == 0 && daemon_drop(conf, &err) == -1)
		return complain(EX_NOPERM, err.text);
	if (look_into_spool(conf, &spool, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	spool_close(spool);
	return monitor_events(conf->spool_directory);
}

/* do_monitor - until it is interrupted */
int
do_monitor(struct control *control, int argc, char **argv)
{
	own(str) char *reason = NULL;
	unsigned seconds;

	if (argc == 0)
		return listen_to(&control->conf);
	if (strcmp(argv[0], "--counters") != 0) {
		reason = mem_format("unexpected argument '%s'", ESCAPE(argv[0]));
		return complain_arguments("monitor", reason);
	}
	seconds = argc == 1 ? 1 : take_interval(argv[1]);
	if (seconds == 0) {
		reason = mem_format("'%s' is no number of seconds from 1 to %d",
		    ESCAPE(argv[1]), DAY_S);
		return complain_arguments("monitor", reason);
	}
	return monitor_counters(&control->conf, seconds);
}
