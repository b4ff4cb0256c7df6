/* SPDX-License-Identifier: BSD-2-Clause */
/* lease: until when it is ours, how long etcd is left alone, and what can be no
 * lease at all; tests/system/cluster.t has the rest */
/* NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "remediate/lease/lease_private.h"

static struct lease_options
some(void)
{
	return (struct lease_options){ .urls = "http://127.0.0.1:1",
	    .prefix = "/tdc/", .credentials_file = "", .ca_file = "",
	    .ttl = 60000, .name = "gw.example" };
}

static void
deadlines(void **state)
{
	(void)state;
	assert_int_equal(lease_deadline(1000, 60000), 56000);
	assert_int_equal(lease_deadline(1000, 3600000), 3301000);
	/* half a second at least */
	assert_int_equal(lease_deadline(1000, 2000), 2500);
	/* what is shorter than that is over at once */
	assert_int_equal(lease_deadline(1000, 400), 1000);
	assert_int_equal(lease_deadline(1000, 0), 1000);
}

static void
pauses(void **state)
{
	static const int64_t wanted[] = { 0, 10000, 10000, 20000, 40000, 60000,
		60000 };

	(void)state;
	for (unsigned i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_int_equal(lease_pause(60000, i), wanted[i]);
	assert_int_equal(lease_pause(3600000, 1), 60000);
	assert_int_equal(lease_pause(2000, 1000), 60000);
}

/* nobody_there - it is not ours, which is told once for each try */
static void
nobody_there(void **state)
{
	struct lease_options options = some();
	struct lease *lease;
	struct err err;
	bool mine = true;

	(void)state;
	assert_int_equal(lease_open(&options, &lease, &err), 0);
	assert_int_equal(lease_mine(lease, &mine, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_false(lease_reached(lease));
	assert_int_equal(lease_mine(lease, &mine, &err), 0);
	assert_false(mine);
	assert_false(lease_is_mine(lease));
	assert_string_equal(lease_holder(lease), "");
	assert_int_equal(lease_publish(lease, "id", "text", 4, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(lease_publish(lease, "", "text", 4, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(lease_publish(lease, "id", "text", LEASE_TEXT_MAX + 1,
	    &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	lease_leave(lease);
	assert_null(lease_close(lease));
	assert_null(lease_close(NULL));
}

/* own_deadline - what ran out is not ours, whatever etcd thinks */
static void
own_deadline(void **state)
{
	struct lease_options options = some();
	struct lease *lease;
	struct err err;
	bool mine;

	(void)state;
	assert_int_equal(lease_open(&options, &lease, &err), 0);
	lease->id = 7;
	lease->created = 9;
	lease->until = clock_boot() + 60000;
	lease->next = lease->until;
	assert_int_equal(lease_mine(lease, &mine, &err), 0);
	assert_true(mine);
	/* a failure to renew it changes nothing before that */
	lease->next = 0;
	assert_int_equal(lease_mine(lease, &mine, &err), 0);
	assert_true(mine && !lease_reached(lease));
	lease->until = clock_boot() - 1;
	assert_false(lease_is_mine(lease));
	assert_int_equal(lease_mine(lease, &mine, &err), -1);
	lease_close(lease);
}

static void
bad_options(void **state)
{
	static const char *const urls[] = { "", "  ", "10.0.0.1:2379",
		"https://a ftp://b", "a a a a a a a a a a a a a a a a a" };
	struct lease_options options;
	struct lease *lease;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		options = some();
		options.urls = urls[i];
		assert_int_equal(lease_open(&options, &lease, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
	}
	options = some();
	options.prefix = "";
	assert_int_equal(lease_open(&options, &lease, &err), -1);
	options = some();
	options.ttl = 1999;
	assert_int_equal(lease_open(&options, &lease, &err), -1);
	options = some();
	options.credentials_file = "/nonexistent/etcd";
	assert_int_equal(lease_open(&options, &lease, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, "/nonexistent/etcd"));
}

static void
members(void **state)
{
	const struct etcd_options options = { .urls = " https://a/ https://b// "
	    "\thttps://[::1]:2379/etcd/", .credentials_file = "",
	    .ca_file = "" };
	struct etcd *etcd;
	struct err err;

	(void)state;
	assert_int_equal(etcd_open(&options, &etcd, &err), 0);
	assert_int_equal(etcd_members(etcd), 3);
	etcd_close(etcd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines),
		cmocka_unit_test(pauses),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(own_deadline),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
