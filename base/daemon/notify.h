/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notify - tell the service manager how we are: sd_notify(3) without its
 * library
 *
 *	notify_send("READY=1");
 *	if (notify_watchdog() > 0)
 *		notify_send("WATCHDOG=1");	-- twice as often
 *
 * One datagram to the socket that NOTIFY_SOCKET names: a path, or an abstract
 * name after "@".  Without that variable nobody listens, and nothing is done.
 * A datagram that cannot be sent changes nothing: a manager that waits for it
 * acts on its absence.
 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

void	 notify_send(const char *state);	/* "READY=1", "WATCHDOG=1", ... */

/* notify_number - what a variable of the environment says, as a decimal number;
 * false: it is none. */
bool	 notify_number(const char *variable, uint64_t *out);

/* notify_watchdog - microseconds after which the manager takes a silent
 * process for dead (WATCHDOG_USEC, for the process WATCHDOG_PID); 0: never. */
uint64_t notify_watchdog(void);

#endif
