/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service_rig - a milter's service, with its spool and log in a directory of its own,
 * and no libmilter
 *
 *	dir = scratch_new();
 *	service_start(SERVICE_USUAL "log_skipped = yes\n", false);
 *	...
 *	service_stop();				-- no message is open
 *	scratch_free(dir);
 */
#ifndef TESTS_SERVICE_RIG_H
#define TESTS_SERVICE_RIG_H

#include "base/own.h"
#include "milter/service.h"
#include "tests/unit/scratch.h"

#define SERVICE_USUAL "intake_address = in@take.example\ndefault_policy = DEFAULT\n"

static struct service service = { .lock = PTHREAD_MUTEX_INITIALIZER };
static char *dir;

/* service_start - with these lines in its tdc.cf */
static inline void
service_start(const char *lines, bool debug)
{
	own(str) char *spool = mem_format("%s/spool", dir);
	own(str) char *text = mem_format("user =\nmaillog_file = %s/maillog\n"
	    "spool_directory = %s\nspool_sync = no\nmin_free_space = 0\n%s", dir,
	    spool, lines);
	own(str) char *cf = scratch_file(dir, "tdc.cf", text);
	struct policy *policy;
	struct err err;

	assert_int_equal(mkdir(spool, 0700), 0);
	if (settings_load(cf, NULL, &service.current, &policy, &err) == -1)
		fail_msg("%s", err.text);
	service.policy = policy_live_new(policy);
	assert_int_equal(log_open("test", &service.current->conf, debug, &err), 0);
	assert_int_equal(service_open_spool(&service, &err), 0);
}

static inline void
service_stop(void)
{
	assert_int_equal(service.open_messages, 0);
	log_flush();
	service.counters = counters_close(service.counters);
	spool_close(service.spool);
	policy_live_free(service.policy);
	settings_leave(service.current);
	service = (struct service){ .lock = PTHREAD_MUTEX_INITIALIZER };
}

static inline uint64_t
get(enum counter which)
{
	return counter_get(service.counters, which);
}

#endif
