/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the lease asks etcd, and what it makes of the answers: the lease is ours
 * only when etcd says so, and nothing that is published or read is lost
 *
 * NEEDS: REMEDIATION
 * WRAP: etcd_ask etcd_code
 */
#include "tests/unit/remediate/lease/etcd_script.h"

static void
test_take(void **state)
{
	(void)state;
	SAYS(NOBODY, GRANT(7), TXN(.succeeded = true));
	assert_int_equal(ask(), 0);
	assert_true(mine && lease_is_mine(lease) && lease_reached(lease));
	assert_int_equal(lease->created, 50);
	SAYS(KEPT(60), HELD(&ours));
	assert_int_equal(ask(), 0);
	assert_true(mine);
	/* etcd shortens it */
	SAYS(KEPT(3), HELD(&ours));
	assert_int_equal(ask(), 0);
	assert_true(mine && lease->until < clock_boot() + 3000);
}

static void
test_another_has_it(void **state)
{
	(void)state;
	SAYS(HELD(&another));
	assert_int_equal(ask(), 0);
	assert_false(mine);
	assert_string_equal(lease_holder(lease), "other.example");
	/* it was quicker */
	SAYS(NOBODY, GRANT(7), TXN(.pairs = &another, .count = 1), REVOKE);
	assert_int_equal(ask(), 0);
	assert_false(mine);
	assert_string_equal(lease_holder(lease), "other.example");
	assert_int_equal(lease->id, 0);
}

/* an answer was lost, and the question asked twice */
static void
test_asked_twice(void **state)
{
	(void)state;
	SAYS(NOBODY, GRANT(7), TXN(.pairs = &ours, .count = 1));
	assert_int_equal(ask(), 0);
	assert_true(mine);
	assert_int_equal(lease->created, 9);
	lease->created = 0;		/* it was not heard at all */
	SAYS(HELD(&ours), KEPT(60), HELD(&ours));
	assert_int_equal(ask(), 0);
	assert_true(mine);
	lease->created = 0;
	SAYS(NOBODY, REVOKE, NOBODY, GRANT(9), TXN(.succeeded = true));
	assert_int_equal(ask(), 0);
	assert_true(mine);
	assert_int_equal(lease->id, 9);
}

static void
test_lost(void **state)
{
	(void)state;
	held();
	SAYS(KEPT(0), REVOKE, HELD(&another));
	assert_int_equal(ask(), 0);
	assert_false(mine || lease_is_mine(lease));
	assert_string_equal(lease_holder(lease), "other.example");
	/* a person has deleted the key */
	held();
	SAYS(KEPT(60), NOBODY, REVOKE, NOBODY);
	assert_int_equal(ask(), 0);
	assert_false(mine || lease_is_mine(lease));
	assert_string_equal(lease_holder(lease), "");
}

static void
test_take_fails(void **state)
{
	(void)state;
	SAYS(NO("kv/range"));
	must_fail(ask(), "etcd says no");
	assert_false(lease_reached(lease));
	SAYS(NOBODY, NO("lease/grant"));
	must_fail(ask(), "etcd says no");
	SAYS(NOBODY, GRANT(0));
	must_fail(ask(), "etcd grants a lease without a number");
	SAYS(NOBODY, GRANT(7), NO("kv/txn"));
	must_fail(ask(), "etcd says no");
	/* it may be ours all the same; what cannot be revoked runs out */
	SAYS(NOBODY, NO("lease/revoke"), NO("kv/range"));
	must_fail(ask(), "etcd says no");
}

/* until it runs out a failure changes nothing */
static void
test_renew_fails(void **state)
{
	(void)state;
	held();
	SAYS(NO("lease/keepalive"));
	assert_int_equal(ask(), 0);
	assert_true(mine && !lease_reached(lease));
	SAYS(KEPT(60), NO("kv/range"));
	assert_int_equal(ask(), 0);
	assert_true(mine && !lease_reached(lease));
	SAYS(KEPT(0), REVOKE, NO("kv/range"));
	must_fail(ask(), "etcd says no");
}

static int
publish(void)
{
	return lease_publish(lease, "id-1", "text", 4, &err);
}

static void
test_publish(void **state)
{
	(void)state;
	held();
	SAYS(GRANT(5), TXN(.inner = true));
	assert_int_equal(publish(), 1);
	SAYS(TXN(.succeeded = true));		/* in the same book */
	assert_int_equal(publish(), 0);
	/* the book is gone, and the next one takes it */
	SAYS(NOT_FOUND("kv/txn"), GRANT(6), TXN(.inner = true));
	assert_int_equal(publish(), 1);
	assert_int_equal(lease->book, 6);
	/* somebody else has the lease: that is known from then on */
	SAYS(TXN(.succeeded = false));
	must_fail(publish(), "the lease is not ours any more");
	must_fail(publish(), "we do not hold the lease (any more)");
}

/* nothing of that is for ever, although etcd says so */
static void
test_publish_fails(void **state)
{
	(void)state;
	held();
	SAYS(NO("lease/grant"));
	assert_int_equal(publish(), -1);
	assert_int_equal(err.kind, ERR_LATER);
	SAYS(GRANT(5), NO("kv/txn"));
	assert_int_equal(publish(), -1);
	assert_int_equal(err.kind, ERR_LATER);
	SAYS(NOT_FOUND("kv/txn"), NO("lease/grant"));
	assert_int_equal(publish(), -1);
	assert_int_equal(err.kind, ERR_LATER);
	SAYS(GRANT(6), TXN(.inner = true));
	assert_int_equal(publish(), 1);
	assert_true(lease_is_mine(lease));
}

static unsigned given;
static bool refuses;

static int
see(void *arg, const char *id, const char *text, size_t n, struct err *why)
{
	(void)arg;
	assert_string_equal(id, "id-1");
	assert_int_equal(n, 4);
	assert_memory_equal(text, "text", 4);
	given++;
	return refuses ? err_set(why, ERR_LATER, "not now") : 0;
}

/* in our folder, or not quite */
#define PAIR(name, at) { .key = name, .key_length = sizeof(name) - 1, \
	.value = "text", .value_length = 4, .modified = (at) }
static const struct etcd_pair first[] = {
	PAIR("/tdc/verdicts/id-1", 10), PAIR("/tdc/verdicts/", 11),
	PAIR("/tdc/verdicts/a\0b", 12) };
static const struct etcd_pair second[] = { PAIR("/tdc/verdicts/id-1", 20) };

static void
test_read(void **state)
{
	(void)state;
	given = 0;
	refuses = false;
	SAYS({ "kv/range", ANSWER(.pairs = first, .count = 3, .more = true) },
	    { "kv/range", ANSWER(.pairs = second, .count = 1) });
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	assert_int_equal(given, 2);
	assert_int_equal(lease->seen, 50);
	/* etcd was set up again: all of it is read once more */
	SAYS(AT(2, 90), AT(2, 90, .pairs = second, .count = 1));
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	assert_int_equal(given, 3);
	/* ... or from an older backup */
	SAYS(AT(2, 30), AT(2, 30, .pairs = second, .count = 1));
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	assert_int_equal(given, 4);
	assert_int_equal(lease->seen, 30);
}

static void
test_read_fails(void **state)
{
	(void)state;
	given = 0;
	refuses = true;
	SAYS(NO("kv/range"));
	must_fail(lease_read(lease, see, NULL, &err), "etcd says no");
	SAYS({ "kv/range", ANSWER(.pairs = second, .count = 1) });
	must_fail(lease_read(lease, see, NULL, &err), "not now");
	/* what was refused comes again */
	refuses = false;
	SAYS({ "kv/range", ANSWER(.pairs = second, .count = 1) });
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	assert_int_equal(given, 2);
	SAYS({ "kv/range", ANSWER(.more = true) });
	must_fail(lease_read(lease, see, NULL, &err),
	    "etcd gives the same page again");
}

static void
test_one(void **state)
{
	own(buf) struct buf text = BUF;
	int64_t revision = 0;

	(void)state;
	SAYS(NO("kv/range"));
	assert_int_equal(lease_get(lease, "id-1", &text, &revision, &err), -1);
	SAYS(NOBODY);
	assert_int_equal(lease_get(lease, "id-1", &text, &revision, &err), 0);
	SAYS(HELD(second));
	assert_int_equal(lease_get(lease, "id-1", &text, &revision, &err), 1);
	assert_string_equal(text.data, "text");
	assert_int_equal(revision, 20);
	SAYS(NO("lease/grant"));
	assert_int_equal(lease_replace(lease, "id-1", 20, &text, &err), -1);
	SAYS(GRANT(5), TXN(.succeeded = true));
	assert_int_equal(lease_replace(lease, "id-1", 20, &text, &err), 1);
	SAYS(TXN(.succeeded = false));		/* it was changed since */
	assert_int_equal(lease_replace(lease, "id-1", 20, &text, &err), 0);
	SAYS(NO("kv/txn"));
	assert_int_equal(lease_replace(lease, "id-1", 20, &text, &err), -1);
	assert_int_equal(lease->book, 5);
	SAYS(NOT_FOUND("kv/txn"));
	assert_int_equal(lease_replace(lease, "id-1", 20, &text, &err), -1);
	assert_int_equal(lease->book, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_take), TEST(test_another_has_it),
		TEST(test_asked_twice), TEST(test_lost), TEST(test_take_fails),
		TEST(test_renew_fails), TEST(test_publish),
		TEST(test_publish_fails), TEST(test_read),
		TEST(test_read_fails), TEST(test_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
