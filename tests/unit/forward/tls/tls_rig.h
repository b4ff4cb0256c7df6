/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_rig - a configuration for tls.h, in a directory of its own, and one function of
 * the library that fails for want of memory
 *
 *	conf.tls_ca_path = dir;
 *	assert_int_equal(tls_new(&conf, &tls, &err), 0);	-- freed by the rig
 */
#ifndef TESTS_TLS_RIG_H
#define TESTS_TLS_RIG_H

#include "forward/tls/tls.h"
#include "tests/unit/failing.h"
#include "tests/unit/forward/tls/tls_peer.h"

static char *dir;
static struct conf conf;
static struct tls *tls;
static struct err err;

static inline int
set_up(void **state)
{
	own(str) char *cf = NULL;
	struct err ignored;

	(void)state;
	dir = scratch_new();
	cf = scratch_file(dir, "tdc.cf", "user =\n");
	failing = NULL;
	tls = NULL;
	return conf_load(cf, &conf, &ignored);
}

static inline int
tear_down(void **state)
{
	(void)state;
	tls = tls_free(tls);
	conf_drop(&conf);
	scratch_free(dir);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
