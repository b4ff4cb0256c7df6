/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deliver - the life of a worker: its connection, and copies over it
 *
 *	workers_connect(forwarder, deliver_main, now);
 *
 * The lead of a site opens its connection on behalf of a copy, and writes to
 * the log what happens; others open theirs silently, and are logged when they
 * are ready.  Then they take copies until there are none, the connection is
 * used up, or it breaks.
 *
 * Where many copies wait, up to flight_messages of them share one flight, no
 * more than leave as many to each connection.  Their files are opened one
 * after the other, so that a connection needs one descriptor for them.  With
 * auto it is pace.h that says how many may share one.
 *
 * A copy that meets a connection which the intake closed while it rested was
 * not tried: it goes back and gets a fresh one, once.  So do those that were
 * in one flight with it.  When that is seen before a byte of it was said, it
 * may go back LEASE_RETURNS times.
 *
 * So it is with a copy that is refused for now (4xx) where others were taken
 * before, or that finds the connection closed after those: the intake has had
 * enough of this connection, which ends, and of as many on any other, as pace.h
 * has it.  The same copy refused once more has had an attempt.
 */
#ifndef FORWARD_DELIVER_H
#define FORWARD_DELIVER_H

/* deliver_main - worker: a struct worker.  Returns NULL. */
void	*deliver_main(void *worker);

#endif
