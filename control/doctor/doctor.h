/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor - what a start, a reload and a message would meet on this machine
 *
 *	doctor_look(&conf, &findings);
 *
 * All that is not in tdc.cf or a table: Postfix, the spool and its disk, what
 * runs, the clock.  What cannot be known is a note and no warning: there may be no
 * Postfix here, and whoever asks may not be root.
 *
 * Nothing is changed, and nothing waits for longer than a moment (postconf(1):
 * ten seconds, systemctl(1): five).
 */
#ifndef CONTROL_DOCTOR_DOCTOR_H
#define CONTROL_DOCTOR_DOCTOR_H

#include <sys/types.h>

#include "base/conf/conf.h"
#include "control/doctor/finding.h"
#include "control/doctor/postfix.h"

/* doctor_look - all of the following. */
void	doctor_look(const struct conf *, struct findings *);

/* doctor_milters - do the smtpd(8)s of Postfix use milter_socket, and how? */
void	doctor_milters(const struct conf *, const struct postfix *,
	    struct findings *);

/* doctor_local - will mail that remediation forwards make copies? */
void	doctor_local(const struct conf *, const struct postfix *,
	    struct findings *);

/* doctor_socket - may smtpd(8) connect to it? */
void	doctor_socket(const struct conf *, const struct postfix *,
	    struct findings *);

/* doctor_socket_lacks - the bit of milter_socket_mode that smtpd(8), which is
 * Postfix's mail_owner, needs and has not; 0: it may connect, or its users or
 * groups are not known here. */
mode_t	doctor_socket_lacks(const struct conf *, const char *mail_owner);

/* doctor_networks - clients whose mail is outgoing for Postfix, and inbound for
 * us. */
void	doctor_networks(const struct conf *, const struct postfix *,
	    struct findings *);

/* doctor_spool - can copies be written? */
void	doctor_spool(const struct conf *, const struct postfix *,
	    struct findings *);

/* doctor_history - can what becomes of copies be written down? */
void	doctor_history(const struct conf *, struct findings *);

/* doctor_command - can alert_command be run? */
void	doctor_command(const struct conf *, struct findings *);

/* doctor_running - are the programs that run those that are installed, with
 * tdc.cf as it is, and may they open as many files as they need? */
void	doctor_running(const struct conf *, const struct postfix *,
	    struct findings *);

/* doctor_units - has systemd read their units as they are? */
void	doctor_units(struct findings *);

/* doctor_clock - does anything keep it right? */
void	doctor_clock(struct findings *);

#endif
