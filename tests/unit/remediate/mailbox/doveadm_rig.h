/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doveadm_rig - a profile for doveadm.h
 *
 *	rig_up("quarantine=quarantine");
 *	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
 *	rig_down();
 */
#ifndef TESTS_DOVEADM_RIG_H
#define TESTS_DOVEADM_RIG_H

#include "tests/unit/remediate/mailbox/doveadm.h"
#include "tests/unit/remediate/mailbox/mailbox_rig.h"

/* rig_up - and opened for bob */
static inline void
rig_up(const char *words)
{
	own(str) char *all = mem_format("url=https://d.example:8080 "
	    "password=secret %s", words);

	doveadm_clear();
	rig_begin(&mailbox_dovecot, NULL);
	if (rig_load(all) == -1)
		fail_msg("%s", rig.err.text);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
}

#endif
