/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs that use the spool: one forwarder, and any number of milters.
 *
 * A lock belongs to the open file, not to the process, so that looking who
 * holds it, in whichever process, neither takes nor loses it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/helpers.h"
#include "base/own.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

#define FORWARDER_LOCK "lock"

enum { HELPERS_KEPT = 2 };

/* write_pid - the lock is what counts; on a full disk the pid may not fit */
static void
write_pid(int fd)
{
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	if (AGAIN(ftruncate(fd, 0)) == 0)
		(void)AGAIN(pwrite(fd, pid, (size_t)n, 0));
}

/* spool_lock_holder - 0: nobody; -1: somebody whose pid is not known */
long
spool_lock_holder(const struct spool *spool)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	own(fd) int fd = spool_openat(spool->dir, FORWARDER_LOCK, O_RDONLY);
	char pid[32] = "";
	long holder;

	if (fd == -1 && errno == EACCES)
		return SPOOL_HIDDEN;
	if (fd == -1 || AGAIN(fcntl(fd, F_OFD_GETLK, &whole)) == -1 ||
	    whole.l_type == F_UNLCK)
		return 0;
	if (AGAIN(pread(fd, pid, sizeof(pid) - 1, 0)) <= 0)
		return -1;
	holder = strtol(pid, NULL, 10);
	return holder > 0 ? holder : -1;
}

/* spool_lock - become the one forwarder */
int
spool_lock(struct spool *spool, struct err *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	own(fd) int fd = spool_openat(spool->dir, FORWARDER_LOCK,
	    O_RDWR | O_CREAT);

	if (fd == -1)
		return err_sys(err, "spool: open 'lock'");
	if (AGAIN(fcntl(fd, F_OFD_SETLK, &whole)) == -1) {
		if (errno != EAGAIN && errno != EACCES)
			return err_sys(err, "spool: lock");
		return err_set(err, ERR_LATER,
		    "spool: locked by another forwarder, pid %ld",
		    spool_holder(spool));
	}
	write_pid(fd);
	spool->lock = fd_give(&fd);
	spool_present(spool, 0);
	return 0;
}

/* spool_holder - pid of the forwarder that runs */
long
spool_holder(const struct spool *spool)
{
	long holder = spool->lock != -1 ? (long)getpid() :
	    spool_lock_holder(spool);

	return holder != SPOOL_HIDDEN ? holder : 0;
}

/* spool_attend - be one of the milters, for others to see, and write also when
 * there are no more threads.  The pid is for older programs, which look for no
 * other; and where the ranges are gone, or an older milter has locked the whole
 * file, we do the same. */
void
spool_attend(struct spool *spool)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	own(fd) int fd = spool_openat(spool->dir, SPOOL_MILTER_LOCK,
	    O_RDWR | O_CREAT);
	int slot;

	(void)helpers_keep(spool->helpers, HELPERS_KEPT);
	if (fd == -1)
		return;
	slot = spool_take_slot(fd);
	if (slot == -1 && AGAIN(fcntl(fd, F_OFD_SETLK, &whole)) == -1)
		return;
	write_pid(fd);
	spool->attend = fd_give(&fd);
	if (slot != -1)
		spool_present(spool, slot);
}

/* spool_relock - in the new place; the old lock goes when there is a new one */
int
spool_relock(struct spool *spool, struct err *err)
{
	int lock = spool->lock, attend = spool->attend;

	spool->lock = -1;
	if (lock != -1 && spool_lock(spool, err) == -1) {
		spool->lock = lock;
		return -1;
	}
	if (lock != -1)
		(void)close(lock);
	if (attend == -1)
		return 0;
	(void)close(attend);
	spool->attend = -1;
	spool_attend(spool);
	return 0;
}

/* spool_attendant - pid of one that runs, if any does */
long
spool_attendant(const struct spool *spool)
{
	struct spool_program milters[SPOOL_MILTERS];

	return spool_milters(spool, milters) > 0 ? milters[0].pid : 0;
}
