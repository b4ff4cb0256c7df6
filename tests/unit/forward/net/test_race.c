/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * race: who begins when, who wins, in a world in which time only passes while
 * somebody waits
 *
 * WRAP: clock_now poll __poll_chk connect_start connect_finish
 */
#include "forward/net/race.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define NEVER INT64_C(1000000)		/* beyond all patience */
#define PATIENCE 1000

/* An address: what comes of connecting to it, and how long after. */
struct lane {
	int		 family;
	int64_t		 after;		/* ms; -1: it fails at once */
	int		 number;	/* errno; 0: it is connected */
};

static const struct lane *lanes;
static int64_t ticks, cancelled_at;
static struct { int fd; int64_t begun; } started[RACE_MAX];
static struct buf trace = BUF;

int64_t __wrap_clock_now(void);
int __wrap_poll(struct pollfd *, nfds_t, int);
int __wrap___poll_chk(struct pollfd *, nfds_t, int, size_t);
int __wrap_connect_start(const struct endpoint *,
    const struct connect_source *, int *, struct conn_ends *, struct err *);
int __wrap_connect_finish(const struct endpoint *, int,
    struct conn_ends *, struct err *);

int64_t
__wrap_clock_now(void)
{
	return ticks;
}

/* index_of - of the lane; an address's port is its number */
static size_t
index_of(const struct endpoint *address)
{
	return ((const struct sockaddr_in *)&address->sockaddr)->sin_port;
}

int
__wrap_connect_start(const struct endpoint *to,
    const struct connect_source *source, int *out_fd,
    struct conn_ends *out_ends, struct err *err)
{
	size_t i = index_of(to);

	(void)source, (void)out_ends;
	buf_format(&trace, "%d+%c ", (int)ticks, 'a' + (int)i);
	if (lanes[i].after == -1)
		return conn_errno(err, lanes[i].number);
	*out_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (size_t j = 0; j < COUNT(started); j++)
		if (started[j].fd == *out_fd)	/* one that was closed */
			started[j].fd = -1;
	started[i].fd = *out_fd;
	started[i].begun = ticks;
	return 0;
}

int
__wrap_connect_finish(const struct endpoint *to, int fd,
    struct conn_ends *out_ends, struct err *err)
{
	size_t i = index_of(to);

	(void)fd, (void)out_ends;
	return lanes[i].number == 0 ? 0 : conn_errno(err, lanes[i].number);
}

/* ready_at - when poll() would tell of a descriptor */
static int64_t
ready_at(int fd)
{
	if (fd == -1)
		return cancelled_at;
	for (size_t i = 0; i < COUNT(started); i++)
		if (started[i].fd == fd)
			return started[i].begun + lanes[i].after;
	fail_msg("poll() for a descriptor of nobody");
	return 0;
}

int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int64_t end = ticks + timeout;
	int ready = 0;

	for (nfds_t i = 0; i < n; i++)
		if (ready_at(fds[i].fd) < end)
			end = ready_at(fds[i].fd);
	if (end > ticks)
		ticks = end;
	for (nfds_t i = 0; i < n; i++) {
		fds[i].revents = ready_at(fds[i].fd) <= ticks ? POLLOUT : 0;
		ready += fds[i].revents != 0;
	}
	return ready;
}

/* what poll() is with _FORTIFY_SOURCE */
int
__wrap___poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	assert_true(n * sizeof(*fds) <= size);
	return __wrap_poll(fds, n, timeout);
}

static int
open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* run - the race to its end, or to its "enough"th winner; in the trace
 * "T+x": x begins at T; "Tx": x is connected; "Tx-N": it failed, by errno N */
static void
run(struct race *race, unsigned enough)
{
	struct runner *runner;
	unsigned winners = 0;

	while (winners < enough && (runner = race_next(race)) != NULL) {
		buf_format(&trace, "%d%c", (int)ticks,
		    'a' + (int)index_of(&runner->to));
		if (runner->fd == -1) {
			buf_format(&trace, "-%d ", runner->err.sys);
			continue;
		}
		buf_text(&trace, " ");
		close(fd_give(&runner->fd));
		winners++;
	}
	if (winners < enough)
		buf_text(&trace, "end");
	race_drop(race);
}

/* ---- who begins when ---- */

#define V4 AF_INET
#define V6 AF_INET6
#define REFUSED ECONNREFUSED
#define NOWAY ENETUNREACH

static const struct {
	const char	*name;
	struct lane	 lanes[RACE_MAX + 1];
	unsigned	 enough;	/* winners; 9: go on to the end */
	const char	*want;
} cases[] = {
	{ "nobody", { { 0 } }, 1, "end" },
	{ "one", { { V4, 10, 0 } }, 1, "0+a 10a " },
	{ "one, and no more", { { V4, 10, 0 } }, 9, "0+a 10a end" },
	{ "the first is fast enough", { { V4, 249, 0 }, { V6, 0, 0 } }, 1,
	  "0+a 249a " },
	{ "IPv4 is silent", { { V4, NEVER, 0 }, { V6, 20, 0 } }, 1,
	  "0+a 250+b 270b " },
	{ "IPv6 is silent", { { V6, NEVER, 0 }, { V4, 20, 0 } }, 1,
	  "0+a 250+b 270b " },
	{ "slow, but faster than the next", { { V4, 300, 0 },
	  { V6, 100, 0 } }, 1, "0+a 250+b 300a " },
	{ "at the same time: in order", { { V4, 300, 0 }, { V6, 50, 0 } }, 1,
	  "0+a 250+b 300a " },
	{ "no way: the next at once", { { V6, -1, NOWAY }, { V4, 20, 0 } }, 1,
	  "0+a 0a-101 0+b 20b " },
	{ "refused: the next at once", { { V4, 5, REFUSED },
	  { V4, 20, 0 } }, 1, "0+a 5a-111 5+b 25b " },
	{ "the second is refused: the third does not wait",
	  { { V4, NEVER, 0 }, { V6, 10, REFUSED }, { V4, 5, 0 } }, 1,
	  "0+a 250+b 260b-111 260+c 265c " },
	{ "families take turns", { { V4, NEVER, 0 }, { V4, NEVER, 0 },
	  { V4, NEVER, 0 }, { V6, NEVER, 0 }, { V6, NEVER, 0 } }, 1,
	  "0+a 250+d 500+b 750+e 1000a-110 1000+c 1250d-110 1500b-110 "
	  "1750e-110 2000c-110 end" },
	{ "all refuse", { { V4, 1, REFUSED }, { V6, -1, NOWAY },
	  { V4, 1, REFUSED } }, 1,
	  "0+a 1a-111 1+b 1b-101 1+c 2c-111 end" },
	{ "the winner is of no use", { { V4, 300, 0 }, { V6, 100, 0 },
	  { V4, 10, 0 } }, 2, "0+a 250+b 300a 300+c 310c " },
	{ "no winner is of any", { { V4, 300, 0 }, { V6, 100, 0 },
	  { V4, 10, 0 } }, 9, "0+a 250+b 300a 300+c 310c 310+b 410b end" },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct race race = RACE;
		int before = open_descriptors();

		race.patience = PATIENCE;
		lanes = cases[i].lanes;
		ticks = 0;
		cancelled_at = NEVER;
		buf_cut(&trace, 0);
		for (size_t n = 0; lanes[n].family != 0; n++) {
			struct endpoint address = { .length = 1 };
			struct sockaddr_in in = {
			    .sin_family = (sa_family_t)lanes[n].family,
			    .sin_port = (in_port_t)n };

			memcpy(&address.sockaddr, &in, sizeof(in));
			race_add(&race, &address);
		}
		run(&race, cases[i].enough);
		if (strcmp(trace.data, cases[i].want) != 0)
			print_error("%s:\n", cases[i].name);
		assert_string_equal(trace.data, cases[i].want);
		assert_int_equal(open_descriptors(), before);
	}
}

/* silent - a race among four who never answer */
static void
silent(struct race *race, const char *want)
{
	static const struct lane all[RACE_MAX] = { { V4, NEVER, 0 },
	    { V6, NEVER, 0 }, { V4, NEVER, 0 }, { V6, NEVER, 0 } };
	int before = open_descriptors();

	lanes = all;
	ticks = 0;
	buf_cut(&trace, 0);
	for (size_t n = 0; n < 4; n++) {
		struct endpoint address = { .length = 1 };

		address.sockaddr.ss_family = (sa_family_t)lanes[n].family;
		((struct sockaddr_in *)&address.sockaddr)->sin_port =
		    (in_port_t)n;
		race_add(race, &address);
	}
	run(race, 1);
	assert_string_equal(trace.data, want);
	assert_int_equal(open_descriptors(), before);
}

/* Nobody goes on beyond the death of the copy, whatever the patience. */
static void
test_death(void **state)
{
	struct race race = RACE;

	(void)state;
	cancelled_at = NEVER;
	race.death = 400;
	silent(&race, "0+a 250+b 400a-110 400+c 400b-110 400+d 400c-110 "
	    "400d-110 end");
}

static void
test_cancel(void **state)
{
	struct race race = RACE;

	(void)state;
	cancelled_at = 300;
	silent(&race, "0+a 250+b 300a-125 end");
}

static void
test_many(void **state)
{
	struct endpoint address = { .length = 1 };
	struct race race = RACE;

	(void)state;
	for (size_t i = 0; i < RACE_MAX + 2; i++)
		race_add(&race, &address);
	assert_int_equal(race.count, RACE_MAX);
}

static int
tear_down(void **state)
{
	(void)state;
	buf_drop(&trace);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_death),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
