/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter_rig - a milter in a child, with a libmilter that is real, and an MTA
 *
 *	MILTER_TEST(test_x)			-- it runs, and has said nothing yet
 *	int fd = mta_new(milter, MTA_ASKS);
 *	assert_int_equal(mta_message(fd), 'a');
 *	mta_hang_up(fd);
 *	assert_int_equal(milter_rig_end(milter), EX_OK);
 *	... milter_rig_log(milter), milter_rig_count(milter, COUNT_JOURNALED) ...
 *
 * What is to fail there while it runs is in *milter->faults, which both share; the
 * test has the functions that look there.
 */
#ifndef TESTS_MILTER_RIG_H
#define TESTS_MILTER_RIG_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/daemon/daemon.h"
#include "base/own.h"
#include "milter/accept.h"
#include "milter/callbacks.h"
#include "milter/leave.h"
#include "milter/raise.h"
#include "milter/signals.h"
#include "milter/socket.h"
#include "milter/unserved.h"
#include "milter/vital.h"
#include "tests/unit/spool_rig.h"

enum { MILTER_PATIENCE_MS = 20000 };	/* until a test has failed */

/* So many calls of a kind fail; FOR_GOOD: until it is 0 again.  And how many threads
 * wait for the rest of a packet. */
struct faults {
	_Atomic unsigned polls, session_polls, writes, threads, dups;
	_Atomic int	 error;
	_Atomic unsigned waiting;
};

struct milter {
	char		*dir;
	pid_t		 pid;
	struct faults	*faults;
};

static struct service milter_service = { .lock = PTHREAD_MUTEX_INITIALIZER };
static struct daemon milter_self = { .name = "tdc-milter" };
static bool milter_rig_is_it;		/* this is the child */

static void *
milter_rig_house(void *unused)
{
	(void)unused;
	for (;;)
		switch (signals_wait(1000)) {
		case SIGTERM:
			leave_now();
		}
	return NULL;
}

/* milter_rig_run - what main() does that is no matter of daemons; ready: to say so */
static inline _Noreturn void
milter_rig_run(const char *cf, const char *stderr_path, int ready)
{
	const struct given given = { .socket = -1, .ready = -1 };
	struct policy *policy;
	pthread_t house;
	struct err err;

	milter_rig_is_it = true;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	must(freopen(stderr_path, "w", stderr) != NULL);
	must(settings_load(cf, NULL, &milter_service.current, &policy, &err) == 0);
	milter_service.policy = policy_live_new(policy);
	must(log_open("tdc-milter", &milter_service.current->conf, false, &err) == 0);
	must(callbacks_register(&milter_service, true) == 0);
	must(socket_open(&milter_service.current->conf, &given, &err) == 0);
	must(service_open_spool(&milter_service, &err) == 0);
	raise_begin(&milter_service);
	accept_open(&milter_service);
	leave_begin(&milter_service, &milter_self);
	vital_begin(&milter_service);
	signals_block();
	must(unserved_begin(&milter_service) == 0);
	must(pthread_create(&house, NULL, milter_rig_house, NULL) == 0);
	must(write(ready, "", 1) == 1);
	(void)smfi_main();
	_exit(EX_SOFTWARE);
}

/* milter_rig_begin - with these lines in its tdc.cf, too */
static inline void
milter_rig_begin(struct milter *milter, const char *lines)
{
	own(str) char *spool = mem_format("%s/spool", milter->dir);
	own(str) char *said = mem_format("%s/stderr", milter->dir);
	own(str) char *text = mem_format("user =\nmaillog_file = %s/maillog\n"
	    "milter_socket = %s/sock\nspool_directory = %s\nspool_sync = no\n"
	    "min_free_space = 0\nintake_address = in@take.example\n"
	    "default_policy = DEFAULT\n%s", milter->dir, milter->dir, spool,
	    lines);
	own(str) char *cf = scratch_file(milter->dir, "tdc.cf", text);
	int ready[2];
	char byte;

	must(mkdir(spool, 0700) == 0);
	must(pipe(ready) == 0);
	milter->pid = fork();
	must(milter->pid != -1);
	if (milter->pid == 0)
		milter_rig_run(cf, said, ready[1]);
	close(ready[1]);
	must(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
}

/* milter_rig_gone - it ends by itself: its exit status */
static inline int
milter_rig_gone(struct milter *milter)
{
	int status;

	must(waitpid(milter->pid, &status, 0) == milter->pid);
	milter->pid = -1;
	must(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* milter_rig_end - as by its service manager */
static inline int
milter_rig_end(struct milter *milter)
{
	must(kill(milter->pid, SIGTERM) == 0);
	return milter_rig_gone(milter);
}

/* milter_rig_file - a file of it, as it is now; new */
static inline char *
milter_rig_file(const struct milter *milter, const char *name)
{
	own(str) char *path = mem_format("%s/%s", milter->dir, name);

	return access(path, F_OK) == 0 ? scratch_read(path) : mem_text("");
}

/* milter_rig_says - whether that stands in a file of it */
static inline bool
milter_rig_says(const struct milter *milter, const char *name, const char *what)
{
	own(str) char *text = milter_rig_file(milter, name);

	return strstr(text, what) != NULL;
}

/* milter_rig_count - once it has ended */
static inline uint64_t
milter_rig_count(const struct milter *milter, enum counter which)
{
	own(str) char *path = mem_format("%s/spool", milter->dir);
	own(fd) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct counters *counters;
	struct err err;
	uint64_t n;

	must(counters_peek(dir, &counters, &err) == 0);
	n = counter_get(counters, which);
	counters_close(counters);
	return n;
}

static inline int
milter_rig_set_up(void **state)
{
	struct milter *milter = mem_new(sizeof(*milter));

	milter->dir = scratch_new();
	milter->pid = -1;
	milter->faults = mmap(NULL, sizeof(*milter->faults),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(milter->faults != MAP_FAILED);
	*state = milter;
	return 0;
}

static inline int
milter_rig_tear_down(void **state)
{
	struct milter *milter = *state;

	if (milter->pid != -1) {
		kill(milter->pid, SIGKILL);
		waitpid(milter->pid, NULL, 0);
	}
	munmap(milter->faults, sizeof(*milter->faults));
	scratch_free(milter->dir);
	free(milter);
	return 0;
}

#define MILTER_TEST(f) cmocka_unit_test_setup_teardown(f, milter_rig_set_up, \
    milter_rig_tear_down)

/* ---- the MTA ---- */

enum {
	MTA_ASKS = 0x100f7f,		/* all but what it wants no reply to */
	MTA_SILENT = 0x1fffff
};

static inline void
mta_say(int fd, char command, const void *bytes, size_t n)
{
	uint32_t length = htonl((uint32_t)n + 1);

	(void)send(fd, &length, sizeof(length), MSG_NOSIGNAL);
	(void)send(fd, &command, 1, MSG_NOSIGNAL);
	(void)send(fd, bytes, n, MSG_NOSIGNAL);
}

#define MTA_SAY(fd, command, text) mta_say(fd, command, text, sizeof(text))

static inline bool
mta_read(int fd, void *bytes, size_t n)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	for (size_t at = 0; at < n; ) {
		ssize_t got;

		must(poll(&one, 1, MILTER_PATIENCE_MS) == 1);
		got = recv(fd, (char *)bytes + at, n - at, 0);
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

/* mta_answer - its letter; 0: it hung up */
static inline char
mta_answer(int fd)
{
	char bytes[256];
	uint32_t n;

	if (!mta_read(fd, &n, sizeof(n)))
		return 0;
	n = ntohl(n);
	must(n > 0 && n <= sizeof(bytes));
	return mta_read(fd, bytes, n) ? bytes[0] : '\0';
}

static inline int
mta_call(const struct milter *milter)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%.90s/sock", milter->dir);
	must(connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0);
	return fd;
}

static inline void
mta_offer(int fd, uint32_t protocol)
{
	const uint32_t offer[] = { htonl(6), htonl(0x1ff), htonl(protocol) };

	mta_say(fd, 'O', offer, sizeof(offer));
}

/* mta_new - a connection on which the milter knows what the MTA can */
static inline int
mta_new(const struct milter *milter, uint32_t protocol)
{
	int fd = mta_call(milter);

	mta_offer(fd, protocol);
	must(mta_answer(fd) == 'O');
	return fd;
}

/* mta_client - of a session; its answer */
static inline char
mta_client(int fd)
{
	MTA_SAY(fd, 'D', "Cj\0gw.example\0v\0Postfix 3.7");
	MTA_SAY(fd, 'C', "mx.example\0" "4\0\x19" "192.0.2.1");
	return mta_answer(fd);
}

/* mta_envelope - up to DATA, whose answer it is */
static inline char
mta_envelope(int fd)
{
	MTA_SAY(fd, 'D', "M{mail_addr}\0s@x.example");
	MTA_SAY(fd, 'M', "<s@x.example>");
	if (mta_answer(fd) != 'c')
		return 0;
	MTA_SAY(fd, 'D', "R{rcpt_addr}\0r@y.example");
	MTA_SAY(fd, 'R', "<r@y.example>");
	if (mta_answer(fd) != 'c')
		return 0;
	MTA_SAY(fd, 'D', "Ti\0004Yb");
	mta_say(fd, 'T', "", 0);
	return mta_answer(fd);
}

/* mta_rest - the header, the body and the end, whose answer it is */
static inline char
mta_rest(int fd)
{
	MTA_SAY(fd, 'L', "Subject\0 hello");
	if (mta_answer(fd) != 'c')
		return 0;
	mta_say(fd, 'N', "", 0);
	if (mta_answer(fd) != 'c')
		return 0;
	mta_say(fd, 'B', "text\r\n", 6);
	if (mta_answer(fd) != 'c')
		return 0;
	mta_say(fd, 'E', "", 0);
	return mta_answer(fd);
}

/* mta_message - a whole one in a session whose client is known: 'a' when it has
 * been seen to */
static inline char
mta_message(int fd)
{
	return mta_envelope(fd) == 'c' ? mta_rest(fd) : '\0';
}

/* mta_hang_up - the milter knows of it then */
static inline void
mta_hang_up(int fd)
{
	mta_say(fd, 'Q', "", 0);
	must(mta_answer(fd) == 0);
	close(fd);
}

#endif
