/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads - libmilter's, when the process may have no more of them
 *
 * Debian's libmilter hands each packet of a session to a worker, and makes
 * one when none is free.  When it cannot, it says so to syslog and forgets
 * the session: nobody ever reads what Postfix sends, and the original stands
 * still until milter_connect_timeout or milter_content_timeout.  A libmilter
 * with a thread for each connection closes it, sleeps, and gives up when that
 * happens too often.
 *
 * So libmilter must not hear of it.  It calls pthread_create(3), and this
 * module has one of its own; the linker prefers the program's function to
 * libc's.  When there is no thread it runs what the thread would have run, in
 * place, and lets its first step, pthread_detach(3), fail: then a worker puts
 * the session back among those that wait for a free one, and the thread of a
 * connection closes it.  Copies are still made, a little later; sessions
 * whose turn does not come are unserved.h's.
 *
 * All that libmilter says to syslog(3) goes into our log in the same way:
 * syslog may wait, the log does not.
 */
#ifndef MILTER_THREADS_H
#define MILTER_THREADS_H

/* threads_scarce - from now on, when libmilter listens: the above.  Before
 * it, a thread that cannot be made ends the program's start. */
void	threads_scarce(void);

#endif
