/* SPDX-License-Identifier: BSD-2-Clause */
/* resolver: whatever fails, the next question is asked anew, and nobody waits
 * for one that does not come to an end */
/* WRAP: pthread_create ub_resolve clock_now */
#include "tests/unit/forward/net/resolver_rig.h"

#include "tests/unit/no_threads.h"

static void
test_answer(void **state)
{
	struct resolver *dns = resolver();
	struct resolver_answer answer;
	const char *why;

	(void)state;
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	assert_int_equal(resolver_ask(dns, "localhost", TYPE_MX,
	    clock_now() + 60000, &answer), DNS_NO_DATA);
	assert_string_equal(answer.why, "NoData");
	resolver_drop(&answer);
	assert_int_equal(resolver_ask(dns, "a..b", TYPE_A,
	    clock_now() + 60000, &answer), DNS_NO_NAME);
	settle();
	assert_null(resolver_free(dns));
	assert_null(resolver_free(NULL));
}

/* However often there is no thread: the next one serves. */
static void
test_no_thread(void **state)
{
	struct resolver *dns = resolver();
	char text[RESOLVER_NEWS];
	const char *why;

	(void)state;
	assert_int_equal(resolver_news(dns, text), RESOLVER_NO_NEWS);
	for (unsigned i = 0; i < 2 * CONTEXT_QUESTIONS; i++) {
		no_threads = 1;
		assert_int_equal(ask(dns, 60000, &why), DNS_OURS);
		assert_string_equal(why, "no thread");
	}
	assert_int_equal(resolver_news(dns, text), RESOLVER_TROUBLE);
	assert_string_equal(text, "no thread for a question: "
	    "Resource temporarily unavailable");
	assert_int_equal(resolver_news(dns, text), RESOLVER_NO_NEWS);
	assert_int_equal(resolver_under_way(), 0);
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	settle();
	resolver_free(dns);
}

/* One of two has a thread. */
static void
test_half(void **state)
{
	struct resolver_round round = { .count = 2,
	    .queries = { { .type = TYPE_MX }, { .type = TYPE_A } } };
	struct resolver *dns = resolver();

	(void)state;
	no_threads = 1;
	resolver_begin(dns, "localhost", &round);
	assert_true(resolver_await(&round, clock_now() + 60000));
	assert_false(resolver_await(&round, clock_now() + 60000));
	resolver_end(&round);
	assert_int_equal(round.queries[0].status, DNS_OURS);
	assert_int_equal(round.queries[1].status, DNS_FOUND);
	resolver_drop(&round.queries[0].answer);
	resolver_drop(&round.queries[1].answer);
	settle();
	resolver_free(dns);
}

/* What the library cannot do by itself is nobody's answer. */
static void
test_refusals(void **state)
{
	static const struct {
		int failed;
		enum dns_status status;
	} cases[] = {
		{ UB_NOMEM, DNS_OURS }, { UB_INITFAIL, DNS_OURS },
		{ UB_PIPE, DNS_OURS }, { UB_SYNTAX, DNS_NO_NAME },
		{ UB_SERVFAIL, DNS_LATER },
	};
	struct resolver *dns = resolver();
	char text[RESOLVER_NEWS];
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool ours = cases[i].status == DNS_OURS;

		atomic_store(&refusal, cases[i].failed);
		assert_int_equal(ask(dns, 60000, &why), cases[i].status);
		assert_string_equal(why, ub_strerror(cases[i].failed));
		assert_int_equal(resolver_news(dns, text), ours ?
		    RESOLVER_TROUBLE : RESOLVER_NO_NEWS);
		if (ours)
			assert_non_null(strstr(text, why));
	}
	atomic_store(&refusal, 0);
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	settle();
	resolver_free(dns);
}

/* A question that never ends keeps nobody: not who asked, not who stops, not
 * who takes the resolver down. */
static void
test_stuck(void **state)
{
	struct resolver *dns = resolver();
	const char *why;

	(void)state;
	set_stuck(true);
	assert_int_equal(ask(dns, 5, &why), DNS_LATER);
	assert_string_equal(why, "timeout");
	resolver_stop(dns);
	assert_int_equal(ask(dns, 60000, &why), DNS_LATER);
	assert_null(resolver_free(dns));
	/* the second waited for the first, which asked the same */
	assert_int_equal(resolver_under_way(), 1);
	set_stuck(false);
	settle();
}

/* fill - so many different questions that do not come to an end */
static void
fill(struct resolver *dns, unsigned count)
{
	const char *why;

	for (unsigned i = 0; i < count; i++) {
		own(str) char *name = mem_format("%u.localhost", i);

		assert_int_equal(ask_for(dns, name, TYPE_A, 0, &why),
		    DNS_LATER);
	}
}

/* begin - a round of one question */
static void
begin(struct resolver *dns, const char *name, struct resolver_round *round)
{
	*round = (struct resolver_round){ .count = 1,
	    .queries = { { .type = TYPE_A } } };
	resolver_begin(dns, name, round);
}

/* end - its answer, which is there, or will be */
static const struct ub_result *
end(struct resolver_round *round)
{
	const struct ub_result *result;

	assert_true(resolver_await(round, clock_now() + 60000));
	resolver_end(round);
	assert_int_equal(round->queries[0].status, DNS_FOUND);
	result = round->queries[0].answer.result;
	resolver_drop(&round->queries[0].answer);
	return result;
}

/* There are few threads.  What finds none waits, and is asked in its turn; what
 * is asked already is not asked twice; whom nobody waits for is not asked. */
static void
test_few_threads(void **state)
{
	struct resolver *dns = resolver();
	struct resolver_round first, same, other;

	(void)state;
	set_stuck(true);
	begin(dns, "0.localhost", &first);
	begin(dns, "0.LOCALHOST", &same);
	fill(dns, 20);
	begin(dns, "other.localhost", &other);
	assert_int_equal(resolver_under_way(), CONTEXT_RUNNING);
	assert_int_equal(dns->context->open, CONTEXT_RUNNING + 2);
	set_stuck(false);
	(void)end(&other);
	assert_ptr_equal(end(&first), end(&same));
	settle();
	assert_int_equal(dns->context->open, 0);
	assert_int_equal(dns->context->users, 1);
	assert_int_equal(dns->users, 1);
	resolver_free(dns);
}

/* There is an end to those that wait, and it is not the end. */
static void
test_many(void **state)
{
	static struct resolver_round rounds[CONTEXT_QUESTIONS];
	struct resolver *dns = resolver();
	char text[RESOLVER_NEWS];
	const char *why;

	(void)state;
	set_stuck(true);
	for (unsigned i = 0; i < CONTEXT_QUESTIONS; i++)
		begin(dns, "localhost", &rounds[i]);
	assert_int_equal(resolver_news(dns, text), RESOLVER_NO_NEWS);
	assert_int_equal(ask(dns, 0, &why), DNS_OURS);
	assert_string_equal(why, "too many questions");
	assert_int_equal(resolver_news(dns, text), RESOLVER_TROUBLE);
	assert_int_equal(resolver_under_way(), 1);
	set_stuck(false);
	for (unsigned i = 0; i < CONTEXT_QUESTIONS; i++)
		(void)end(&rounds[i]);
	settle();
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	resolver_free(dns);
}

/* One that has ended for good is replaced, so many times; those that wait go
 * over to the next; and those that come back make room. */
static void
test_deaf(void **state)
{
	struct resolver *dns = resolver();
	char text[RESOLVER_NEWS];
	struct resolver_round round;
	const char *why;

	(void)state;
	set_stuck(true);
	fill(dns, CONTEXT_RUNNING);
	begin(dns, "waits.localhost", &round);
	for (unsigned i = 1; i <= DEAF_MAX; i++) {
		own(str) char *wanted = mem_format("none of %u questions has "
		    "come to an end, begun again (%u of %u such)",
		    CONTEXT_RUNNING, i, (unsigned)DEAF_MAX);

		fill(dns, DEAF_QUESTIONS);
		atomic_fetch_add(&later, DEAF_AFTER - 1000);
		assert_int_equal(ask(dns, 0, &why), DNS_LATER);
		assert_int_equal(resolver_news(dns, text), RESOLVER_NO_NEWS);
		atomic_fetch_add(&later, 2000);
		assert_int_equal(ask(dns, 0, &why), DNS_LATER);
		assert_int_equal(resolver_news(dns, text), RESOLVER_TROUBLE);
		assert_string_equal(text, wanted);
		assert_int_equal(dns->deaf, i);
	}
	fill(dns, DEAF_QUESTIONS);
	atomic_fetch_add(&later, DEAF_AFTER + 2000);
	assert_int_equal(ask(dns, 0, &why), DNS_LATER);
	assert_int_equal(dns->deaf, DEAF_MAX);
	set_stuck(false);
	(void)end(&round);
	settle();
	assert_int_equal(dns->deaf, 0);
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	settle();
	resolver_free(dns);
}

/* Slow is not deaf: one answer of whatever kind in a minute will do. */
static void
test_not_deaf(void **state)
{
	struct resolver *dns = resolver();
	struct context *first = dns->context;
	const char *why;

	(void)state;
	set_stuck(true);
	fill(dns, 2 * DEAF_QUESTIONS);
	atomic_fetch_add(&later, DEAF_AFTER);
	set_stuck(false);
	settle();
	atomic_store(&refusal, UB_SERVFAIL);
	assert_int_equal(ask_for(dns, "localhost", TYPE_MX, 60000, &why),
	    DNS_LATER);
	atomic_store(&refusal, 0);
	settle();
	assert_int_equal(ask(dns, 60000, &why), DNS_FOUND);
	assert_ptr_equal(dns->context, first);
	assert_int_equal(dns->deaf, 0);
	settle();
	resolver_free(dns);
}

static void
test_bad_servers(void **state)
{
	struct resolver *dns = NULL;
	struct err err;

	(void)state;
	assert_int_equal(resolver_new("192.0.2.1 ns.test", &dns, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text,
	    "'ns.test' is no address or address@port: syntax error");
	assert_null(dns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_no_thread),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_few_threads),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_not_deaf),
		cmocka_unit_test(test_bad_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
