/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_listeners - who wants each event as it comes: tdcctl monitor
 *
 *	log_listeners_watch("/var/spool/tdc", "tdc-milter", news);
 *
 * Of the log itself alone.  A listener is a datagram socket of its own in
 * SPOOL/monitor, called by the pid of its process; both are made by root or the
 * user of the programs, and a directory that others may write is not looked
 * into.  A thread looks once a second whether there are any; while there are
 * none nothing else is done.
 *
 * A datagram is any number of whole lines of JSON (log_json.h).  Nothing waits
 * for a listener but the thread that sends to all of them, for 50 ms, and that
 * only for one that has missed nothing: what its socket does not take it misses,
 * and the next line that it gets tells how many:
 * {"event":"missed","count":3,...}.  The
 * first one is {"event":"monitored","pid":4711,...}.  The socket of a process
 * that has ended is removed.
 */
#ifndef BASE_LOG_LISTENERS_H
#define BASE_LOG_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define LOG_LISTENERS_DIR "monitor"	/* in the spool */
enum {
	LOG_LISTENERS = 8,		/* more are not heard */
	LOG_LISTENERS_BYTES = 65536	/* of a datagram, at most */
};

/* log_listeners_news - that there are some, or none any more. */
typedef void log_listeners_news(bool any);

/* log_listeners_watch - from now on those of this spool ("": of none), for the
 * program of that name.  The first time it looks at once, and starts the
 * thread; without one there are no listeners. */
void	log_listeners_watch(const char *spool, const char *program,
	    log_listeners_news *);

/* log_listeners_write - from whole lines in these two parts to all of them;
 * returns the number of bytes that are done with. */
size_t	log_listeners_write(const struct iovec parts[2]);

/* log_listeners_miss - so many events never got as far as that. */
void	log_listeners_miss(uint64_t n);

#endif
