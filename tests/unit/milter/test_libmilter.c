/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libmilter's system calls fail: sessions go on, or who waits is told that they do
 * not; as the functions that stand in libc's place see to it
 *
 * WRAP: dlsym fcntl ppoll writev
 */
#include <dlfcn.h>
#include <limits.h>
#include <sys/uio.h>

#include "tests/unit/milter/milter_rig.h"
#include "tests/unit/variadic.h"

#define FOR_GOOD UINT_MAX

enum { BUSY = 4, MOST = 16 };		/* libmilter keeps two threads that wait */

static struct faults *faults;		/* of the milter that runs */

/* fails - one of so many */
static bool
fails(_Atomic unsigned *times)
{
	unsigned left = *times;

	while (left != 0 && left != FOR_GOOD &&
	    !atomic_compare_exchange_weak(times, &left, left - 1))
		;
	if (left != 0)
		errno = faults->error;
	return left != 0;
}

/* is_session - a connection, and not what libmilter itself waits for */
static bool
is_session(int fd)
{
	struct sockaddr_un name;
	socklen_t length = sizeof(name);

	return getpeername(fd, (struct sockaddr *)&name, &length) == 0;
}

int	__real_ppoll(struct pollfd *, nfds_t, const struct timespec *,
	    const sigset_t *);
int	__wrap_ppoll(struct pollfd *, nfds_t, const struct timespec *,
	    const sigset_t *);
int
__wrap_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *patience,
    const sigset_t *mask)
{
	bool ours = milter_rig_is_it && n > 0 && fds->events != POLLRDHUP;
	bool session = ours && is_session(fds->fd);
	int result, error;

	if (ours && fails(session ? &faults->session_polls : &faults->polls))
		return -1;
	if (!session)
		return __real_ppoll(fds, n, patience, mask);
	faults->waiting++;
	result = __real_ppoll(fds, n, patience, mask);
	error = errno;
	faults->waiting--;
	errno = error;
	return result;
}

ssize_t __real_writev(int, const struct iovec *, int);
ssize_t __wrap_writev(int, const struct iovec *, int);
ssize_t
__wrap_writev(int fd, const struct iovec *parts, int n)
{
	struct stat st;

	if (milter_rig_is_it && fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    fails(&faults->writes))
		return -1;
	return __real_writev(fd, parts, n);
}

WRAP_FCNTL(milter_rig_is_it && command == F_DUPFD_CLOEXEC && fails(&faults->dups))

typedef int create_thread(pthread_t *, const pthread_attr_t *, void *(*)(void *),
    void *);
static create_thread *libcs;

static int
create(pthread_t *out, const pthread_attr_t *attr, void *(*begin)(void *), void *arg)
{
	if (milter_rig_is_it && fails(&faults->threads))
		return faults->error;
	return libcs(out, attr, begin, arg);
}

void	*__real_dlsym(void *, const char *);
void	*__wrap_dlsym(void *, const char *);
void *
__wrap_dlsym(void *handle, const char *name)
{
	void *symbol = __real_dlsym(handle, name);

	if (strcmp(name, "pthread_create") != 0)
		return symbol;
	libcs = (create_thread *)symbol;
	return (void *)create;
}

static struct milter *
begin(void **state, int error)
{
	struct milter *milter = *state;

	faults = milter->faults;
	faults->error = error;
	milter_rig_begin(milter, "");
	return milter;
}

/* served - one message more, on that connection; it is left */
static void
served(int fd)
{
	assert_int_equal(mta_message(fd), 'a');
	mta_hang_up(fd);
}

/* of which nothing fails: what the others are compared with */
static void
test_plain(void **state)
{
	struct milter *milter = begin(state, 0);
	int fd = mta_new(milter, MTA_ASKS);

	assert_int_equal(mta_client(fd), 'c');
	assert_int_equal(mta_message(fd), 'a');
	served(fd);
	assert_int_equal(milter_rig_end(milter), EX_OK);
	assert_int_equal(milter_rig_count(milter, COUNT_JOURNALED), 2);
	assert_int_equal(milter_rig_count(milter, COUNT_MESSAGES), 2);
	assert_false(milter_rig_says(milter, "maillog", "Warning"));
	assert_false(milter_rig_says(milter, "stderr", "libmilter"));
}

/* What passes is not seen by anybody. */
static void
test_passing(void **state)
{
	struct milter *milter = begin(state, ENOMEM);
	int fd = mta_new(milter, MTA_ASKS);

	assert_int_equal(mta_client(fd), 'c');
	for (unsigned i = 1; i < 4; i++) {
		faults->polls = faults->session_polls = i;
		faults->writes = i;
		assert_int_equal(mta_message(fd), 'a');
	}
	served(fd);
	assert_int_equal(milter_rig_end(milter), EX_OK);
	assert_int_equal(milter_rig_count(milter, COUNT_JOURNALED), 4);
	assert_false(milter_rig_says(milter, "maillog", "Warning"));
	assert_false(milter_rig_says(milter, "stderr", "libmilter"));
}

/* lost - the process ends, and says what it takes along; nobody waits */
static void
lost(void **state, const char *call, size_t which)
{
	struct milter *milter = begin(state, ENOMEM);
	own(str) char *says = mem_format("libmilter: %s: Cannot allocate memory: no "
	    "session can be served, 1 messages under way get no copy", call);
	int fd = mta_new(milter, MTA_ASKS);

	assert_int_equal(mta_client(fd), 'c');
	assert_int_equal(mta_envelope(fd), 'c');
	*(_Atomic unsigned *)(void *)((char *)faults + which) = FOR_GOOD;
	do
		MTA_SAY(fd, 'L', "Subject\0 again");
	while (mta_answer(fd) == 'c');
	close(fd);
	assert_int_equal(milter_rig_gone(milter), EX_OSERR);
	assert_true(milter_rig_says(milter, "stderr", says));
	assert_true(milter_rig_says(milter, "maillog", says));
	assert_int_equal(milter_rig_count(milter, COUNT_JOURNALED), 0);
}

static void
test_no_poll(void **state)
{
	lost(state, "poll", offsetof(struct faults, polls));
}

static void
test_no_write(void **state)
{
	lost(state, "write", offsetof(struct faults, writes));
}

/* A session that cannot be listened to is closed, and the next one is served. */
static void
test_no_session_poll(void **state)
{
	struct milter *milter = begin(state, ENOMEM);
	int fd = mta_new(milter, MTA_ASKS), other;

	assert_int_equal(mta_client(fd), 'c');
	assert_int_equal(mta_envelope(fd), 'c');
	faults->session_polls = FOR_GOOD;
	assert_int_equal(mta_rest(fd), 0);
	close(fd);
	faults->session_polls = 0;
	other = mta_new(milter, MTA_ASKS);
	assert_int_equal(mta_client(other), 'c');
	served(other);
	assert_int_equal(milter_rig_end(milter), EX_OK);
	assert_int_equal(milter_rig_count(milter, COUNT_JOURNALED), 1);
	assert_int_equal(milter_rig_count(milter, COUNT_ABORTED), 1);
	assert_int_equal(milter_rig_count(milter, COUNT_MESSAGES), 2);
}

/* A session that keeps its thread: it has said half a packet. */
struct crowd {
	int	 fds[MOST];
	unsigned count;
};

/* stay - one more, which has been greeted; it has its thread when this returns */
static void
stay(struct crowd *crowd, int fd)
{
	assert_true(crowd->count < MOST);
	assert_int_equal(mta_client(fd), 'c');
	assert_int_equal(mta_envelope(fd), 'c');
	assert_int_equal(send(fd, "\0\0\0\x10LSubj", 9, 0), 9);
	crowd->fds[crowd->count++] = fd;
	for (int ms = 0; faults->waiting != crowd->count; ms += 10) {
		must(ms < MILTER_PATIENCE_MS);
		usleep(10000);
	}
}

/* go_on - all of them, with the other half */
static void
go_on(const struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++) {
		assert_int_equal(send(crowd->fds[i], "ect\0 hello\0", 11, 0), 11);
		assert_int_equal(mta_answer(crowd->fds[i]), 'c');
		assert_int_equal(mta_rest(crowd->fds[i]), 'a');
		mta_hang_up(crowd->fds[i]);
	}
}

static const char no_thread[] = "Warning: no thread for a connection: Resource "
    "temporarily unavailable: it waits for a free one";

/* crowded - all threads are busy, there will be no other, and the first connection
 * for which there was none has been closed, while so many calls failed that give
 * a number for it */
static struct milter *
crowded(void **state, unsigned dups, struct crowd *crowd)
{
	struct milter *milter = begin(state, EAGAIN);

	crowd->count = 0;
	while (crowd->count < BUSY)
		stay(crowd, mta_new(milter, MTA_ASKS));
	faults->threads = FOR_GOOD;
	faults->dups = dups;
	for (;;) {			/* some may be left */
		int fd = mta_call(milter);
		char answer;

		mta_offer(fd, MTA_ASKS);
		answer = mta_answer(fd);
		if (answer == 0) {
			close(fd);
			break;
		}
		assert_int_equal(answer, 'O');
		stay(crowd, fd);
	}
	assert_int_equal(faults->dups, 0);
	return milter;
}

/* A connection without a thread gets the next that is free. */
static void
test_free_thread(void **state)
{
	struct crowd crowd;
	struct milter *milter = crowded(state, 0, &crowd);
	int fd = mta_call(milter);

	go_on(&crowd);
	mta_offer(fd, MTA_ASKS);
	assert_int_equal(mta_answer(fd), 'O');
	assert_int_equal(mta_client(fd), 'c');
	served(fd);
	assert_int_equal(milter_rig_end(milter), EX_OK);
	assert_int_equal(milter_rig_count(milter, COUNT_JOURNALED), crowd.count + 1);
	assert_int_equal(milter_rig_count(milter, COUNT_REFUSED), 1);
	assert_false(milter_rig_says(milter, "maillog", "libmilter"));
}

/* shown_out - one on which Postfix waits, when none gets free */
static void
shown_out(void **state, unsigned dups)
{
	struct crowd crowd;
	struct milter *milter = crowded(state, dups, &crowd);

	go_on(&crowd);
	assert_int_equal(milter_rig_end(milter), EX_OK);
	assert_int_equal(milter_rig_count(milter, COUNT_JOURNALED), crowd.count);
	assert_int_equal(milter_rig_count(milter, COUNT_REFUSED), 1);
	assert_true(milter_rig_says(milter, "maillog", no_thread));
	assert_true(milter_rig_says(milter, "maillog", "Warning: connection from "
	    "Postfix closed, its messages get no copy: no thread was free for "));
}

static void
test_shown_out(void **state)
{
	shown_out(state, 0);
}

/* ... also when there is no number for it just then. */
static void
test_shown_out_later(void **state)
{
	shown_out(state, 2);
}

#define TEST(f) MILTER_TEST(f)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_passing),
		TEST(test_no_poll),
		TEST(test_no_write),
		TEST(test_no_session_poll),
		TEST(test_free_thread),
		TEST(test_shown_out),
		TEST(test_shown_out_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
