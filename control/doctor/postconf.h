/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postconf - what postconf(1) says
 *
 *	own(buf) struct buf out = BUF;
 *
 *	if (postconf_run((const char *[]){ "-M", NULL }, &out, &err) == -1)
 *		finding_note(findings, "%s", err.text);
 *
 * It is found by PATH, or in the usual places for root's programs.  It finds
 * main.cf as all of Postfix does, so MAIL_CONFIG counts.
 */
#ifndef CONTROL_DOCTOR_POSTCONF_H
#define CONTROL_DOCTOR_POSTCONF_H

#include "base/buf.h"
#include "base/err.h"

/* postconf_run - run it with these arguments, 15 at most, then NULL, and add
 * what it prints; it has ten seconds.  -1: it is not there, it failed, or it
 * was late; out may have a part then. */
int	postconf_run(const char *const *arguments, struct buf *out,
	    struct err *);

#endif
