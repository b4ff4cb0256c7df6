/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/state/state_lock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/state/state_private.h"

/* Where in the file a lock is; the pid of the daemon begins at 0. */
enum { RIGHTS_AT = 100, QUEUE_AT = 110 };

enum { PAUSE_MS = 100 };

/* lock_file - not the database itself, which must not be opened by others than
 * SQLite: closing it would drop its locks */
static int
lock_file(struct state *state, struct err *err)
{
	own(str) char *path = mem_format("%s.lock", state->path);

	if (state->lock_fd != -1)
		return 0;
	state->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	return state->lock_fd != -1 ? 0 : err_sys(err, "open %s", path);
}

/* set - or give up, one range; -1: errno */
static int
set(const struct state *state, short type, off_t at)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET,
		.l_start = at, .l_len = 1 };

	return AGAIN(fcntl(state->lock_fd, F_OFD_SETLK, &range));
}

/* holder - of the daemon's pid; 0: unknown */
static long
holder(const struct state *state)
{
	char pid[32] = "";

	return AGAIN(pread(state->lock_fd, pid, sizeof(pid) - 1, 0)) > 0 ?
	    strtol(pid, NULL, 10) : 0;
}

/* taken - by somebody else; -1 */
static int
taken(const struct state *state, enum state_right right, struct err *err)
{
	if (right == STATE_RUNS)
		return err_set(err, ERR_LATER, "%s: another tdc-remediator "
		    "runs, pid %ld", state->path, holder(state));
	return err_set(err, ERR_LATER, "%s: another tdc-remediator is at work",
	    state->path);
}

/* wait_for - one range, until then; -1 */
static int
wait_for(const struct state *state, enum state_right right, off_t at,
    int64_t end, struct err *err)
{
	const struct timespec pause = clock_timespec(PAUSE_MS);

	while (set(state, F_WRLCK, at) == -1) {
		if (errno != EAGAIN && errno != EACCES)
			return err_sys(err, "%s: lock", state->path);
		if (clock_now() >= end)
			return taken(state, right, err);
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* write_pid - the lock is what counts; on a full disk the pid may not fit */
static void
write_pid(const struct state *state)
{
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	if (AGAIN(ftruncate(state->lock_fd, 0)) == 0)
		(void)AGAIN(pwrite(state->lock_fd, pid, (size_t)n, 0));
}

/* state_lock - whoever acts stands in the queue first */
int
state_lock(struct state *state, enum state_right right, int64_t patience,
    struct err *err)
{
	const off_t at = RIGHTS_AT + (off_t)right;
	int64_t end = clock_now() + patience;
	int result;

	if (lock_file(state, err) == -1)
		return -1;
	if (right != STATE_ACTS) {
		result = wait_for(state, right, at, end, err);
	} else if (wait_for(state, right, QUEUE_AT, end, err) == -1) {
		return -1;
	} else {
		result = wait_for(state, right, at, end, err);
		(void)set(state, F_UNLCK, QUEUE_AT);
	}
	if (result == 0 && right == STATE_RUNS)
		write_pid(state);
	return result;
}

/* state_unlock - if we have it */
void
state_unlock(struct state *state, enum state_right right)
{
	if (state->lock_fd != -1)
		(void)set(state, F_UNLCK, RIGHTS_AT + (off_t)right);
}

/* state_awaited - for the moment in which somebody only tries, too: that costs
 * a turn, no more */
bool
state_awaited(const struct state *state)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = QUEUE_AT, .l_len = 1 };

	return state->lock_fd != -1 && AGAIN(fcntl(state->lock_fd,
	    F_OFD_GETLK, &range)) == 0 && range.l_type != F_UNLCK;
}
