/* SPDX-License-Identifier: BSD-2-Clause */
/* resolver: what is known is not asked for again, for as long as it is good */
/* WRAP: ub_resolve clock_now */
#include "tests/unit/forward/net/resolver_rig.h"

/* What is known is not asked for again, until its time is over; that there is
 * none of a kind for a second, that there is no such name never. */
static void
test_kept(void **state)
{
	struct resolver *dns = resolver();
	const char *why;

	(void)state;
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	assert_int_equal(ask_for(dns, "localhost", TYPE_MX, 60000, &why),
	    DNS_NO_DATA);
	assert_int_equal(ask_for(dns, "no.invalid", TYPE_A, 60000, &why),
	    DNS_NO_NAME);
	settle();
	set_stuck(true);
	assert_int_equal(ask_for(dns, "LocalHost", TYPE_A, 0, &why),
	    DNS_FOUND);
	assert_int_equal(ask_for(dns, "localhost", TYPE_MX, 0, &why),
	    DNS_NO_DATA);
	assert_string_equal(why, "NoData");
	assert_int_equal(resolver_under_way(), 0);
	assert_int_equal(ask_for(dns, "no.invalid", TYPE_A, 0, &why),
	    DNS_LATER);
	atomic_fetch_add(&later, FINDING_NO_DATA);
	assert_int_equal(ask_for(dns, "localhost", TYPE_MX, 0, &why),
	    DNS_LATER);
	assert_int_equal(ask(dns, 0, &why), DNS_FOUND);
	atomic_fetch_add(&later, FINDING_MAX);
	assert_int_equal(ask(dns, 0, &why), DNS_LATER);
	set_stuck(false);
	settle();
	resolver_free(dns);
}

/* An answer is good until it is dropped, whoever goes before. */
static void
test_held(void **state)
{
	struct resolver *dns = resolver();
	struct resolver_answer first, second;

	(void)state;
	assert_int_equal(resolver_ask(dns, "localhost", TYPE_A,
	    clock_now() + 60000, &first), DNS_FOUND);
	assert_int_equal(resolver_ask(dns, "localhost", TYPE_A,
	    clock_now() + 60000, &second), DNS_FOUND);
	assert_ptr_equal(first.result, second.result);
	settle();
	resolver_drop(&first);
	resolver_free(dns);
	assert_memory_equal(second.result->data[0], "\x7f\0\0\1", 4);
	resolver_drop(&second);
}

/* Of two the one that is known is told at once. */
static void
test_known_half(void **state)
{
	struct resolver_round round = { .count = 2,
	    .queries = { { .type = TYPE_MX }, { .type = TYPE_A } } };
	struct resolver *dns = resolver();
	const char *why;

	(void)state;
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	settle();
	set_stuck(true);
	resolver_begin(dns, "localhost", &round);
	assert_true(resolver_await(&round, clock_now() + 60000));
	assert_int_equal(round.queries[1].status, DNS_FOUND);
	assert_false(resolver_await(&round, clock_now() + 5));
	set_stuck(false);
	assert_true(resolver_await(&round, clock_now() + 60000));
	resolver_end(&round);
	assert_int_equal(round.queries[0].status, DNS_NO_DATA);
	resolver_drop(&round.queries[0].answer);
	resolver_drop(&round.queries[1].answer);
	settle();
	resolver_free(dns);
}

/* There is room for so many, and then for those whose time has come. */
static void
test_room(void **state)
{
	struct resolver *dns = resolver();
	const char *why;

	(void)state;
	for (unsigned i = 0; i < FINDING_COUNT + 10; i++) {
		own(str) char *name = mem_format("%u.localhost", i);

		assert_int_equal(ask_for(dns, name, TYPE_A, 60000, &why),
		    DNS_FOUND);
	}
	settle();
	assert_int_equal(dns->context->kept, FINDING_COUNT);
	atomic_fetch_add(&later, FINDING_MAX);
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	settle();
	assert_int_equal(dns->context->kept, 1);
	resolver_free(dns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_known_half),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
