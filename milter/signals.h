/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals - reload by SIGHUP and SIGUSR1, stop by SIGTERM and SIGINT, be
 * replaced by SIGUSR2
 *
 * libmilter has a thread that waits for SIGHUP, SIGTERM and SIGINT and takes
 * each of them as an order to stop.  Administrators, logrotate and systemd
 * send SIGHUP to reload, and a second waiter would race with libmilter's.
 * So libmilter must not get any: it calls sigwait(3), and this module has a
 * sigwait of its own that never returns.  The linker prefers the program's
 * function to libc's.  Our own waiting uses sigtimedwait(2).
 */
#ifndef MILTER_SIGNALS_H
#define MILTER_SIGNALS_H

/* signals_block - before any thread is made: so that all inherit it. */
void	signals_block(void);

/* signals_wait - until one of the five comes or ms have passed; returns the
 * signal, or 0. */
int	signals_wait(int ms);

#endif
