/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lease, when etcd says what it should not, a day is over, or the file of
 * credentials is gone when we leave
 *
 * NEEDS: REMEDIATION
 * WRAP: etcd_ask etcd_code etcd_open
 */
#include "tests/unit/remediate/lease/etcd_script.h"

#include "base/mem.h"

static bool no_etcd;

int	__real_etcd_open(const struct etcd_options *, struct etcd **,
	    struct err *);
int	__wrap_etcd_open(const struct etcd_options *, struct etcd **,
	    struct err *);
int
__wrap_etcd_open(const struct etcd_options *options, struct etcd **out,
    struct err *why)
{
	return no_etcd ? err_set(why, ERR_LATER, "no credentials") :
	    __real_etcd_open(options, out, why);
}

/* our key was not made, and none stands there: it is nobody's */
static void
test_not_made(void **state)
{
	(void)state;
	SAYS(NOBODY, GRANT(7), TXN(.succeeded = false), REVOKE);
	assert_int_equal(ask(), 0);
	assert_false(mine || lease_is_mine(lease));
	assert_string_equal(lease_holder(lease), "");
	assert_int_equal(lease->id, 0);
}

static int
publish(const char *id)
{
	return lease_publish(lease, id, "text", 4, &err);
}

/* what is published after a day goes into the next book */
static void
test_next_day(void **state)
{
	(void)state;
	held();
	SAYS(GRANT(5), TXN(.inner = true));
	assert_int_equal(publish("id-1"), 1);
	SAYS(TXN(.inner = true));
	assert_int_equal(publish("id-2"), 1);
	assert_int_equal(lease->book, 5);
	lease->book_until = clock_boot();
	SAYS(GRANT(6), TXN(.inner = true));
	assert_int_equal(publish("id-3"), 1);
	assert_int_equal(lease->book, 6);
}

static void
test_long_id(void **state)
{
	own(str) char *id = mem_new(LEASE_ID_MAX + 2);
	own(str) char *says_it = mem_format("an id of %d octets is not published; "
	    "1 to %d are possible", LEASE_ID_MAX + 1, LEASE_ID_MAX);

	(void)state;
	held();
	memset(id, 'x', LEASE_ID_MAX + 1);
	assert_int_equal(publish(id), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, says_it);
	/* one less is one */
	id[LEASE_ID_MAX] = '\0';
	SAYS(GRANT(5), TXN(.inner = true));
	assert_int_equal(publish(id), 1);
	assert_true(lease_is_mine(lease));
}

static unsigned given;

static int
see(void *arg, const char *id, const char *text, size_t n, struct err *why)
{
	(void)arg, (void)why;
	assert_string_equal(id, "id-1");
	assert_int_equal(n, 4);
	assert_memory_equal(text, "text", 4);
	given++;
	return 0;
}

#define FOLDER "/tdc/verdicts/"

/* who has put a key there with a name that none of us would give it is passed over,
 * and revisions that go back do not make us read anything twice */
static void
test_odd_keys(void **state)
{
	own(str) char *name = mem_new(sizeof(FOLDER) + LEASE_ID_MAX + 1);
	struct etcd_pair pairs[] = {
		{ .key = name, .key_length = sizeof(FOLDER) + LEASE_ID_MAX,
		    .value = "x", .value_length = 1, .modified = 12 },
		{ .key = FOLDER "id-1", .key_length = sizeof(FOLDER) + 3,
		    .value = "text", .value_length = 4, .modified = 11 },
		{ .key = "k", .key_length = 1, .value = "x",
		    .value_length = 1, .modified = 10 },
	};

	(void)state;
	strcpy(name, FOLDER);
	memset(name + sizeof(FOLDER) - 1, 'x', LEASE_ID_MAX + 1);
	given = 0;
	SAYS({ "kv/range", ANSWER(.pairs = pairs, .count = 3, .more = true) },
	    { "kv/range", ANSWER(.pairs = pairs, .count = 2) });
	lease->seen = 0;
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	assert_int_equal(given, 2);
	assert_int_equal(lease->seen, 50);
}

/* what could not be noted is read from the beginning */
static void
test_again(void **state)
{
	const struct etcd_pair pair = { .key = FOLDER "id-1",
		.key_length = sizeof(FOLDER) + 3, .value = "text",
		.value_length = 4, .modified = 11 };

	(void)state;
	given = 0;
	SAYS({ "kv/range", ANSWER(.pairs = &pair, .count = 1) });
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	lease_again(lease);
	assert_int_equal(lease->seen, 0);
	/* also when another cluster answers: nothing is lost by that */
	SAYS(AT(9, 20, .pairs = &pair, .count = 1));
	assert_int_equal(lease_read(lease, see, NULL, &err), 0);
	assert_int_equal(given, 2);
	assert_int_equal(lease->seen, 20);
}

/* nobody can be told that we leave: it is ours until it runs out, and the connection
 * that we had is still there */
static void
test_leave_fails(void **state)
{
	struct etcd *before = lease->etcd;

	(void)state;
	held();
	no_etcd = true;
	lease_leave(lease);
	no_etcd = false;
	assert_ptr_equal(lease->etcd, before);
	assert_int_equal(lease->id, 7);
	/* and when it can be, it is given back, by a connection of its own */
	SAYS(REVOKE);
	lease_leave(lease);
	assert_int_equal(lease->id, 0);
	assert_false(lease_is_mine(lease));
	assert_true(lease->next > clock_boot());
}

static void
test_long_prefix(void **state)
{
	own(str) char *prefix = mem_new(LEASE_PREFIX_MAX + 2);
	struct lease_options options = { .urls = "http://127.0.0.1:1",
	    .prefix = prefix, .credentials_file = "", .ca_file = "",
	    .ttl = 60000, .name = "gw.example" };
	struct lease *other = NULL;

	(void)state;
	memset(prefix, 'x', LEASE_PREFIX_MAX + 1);
	assert_int_equal(lease_open(&options, &other, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "octets; 1 to "));
	assert_null(other);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_not_made), TEST(test_next_day), TEST(test_long_id),
		TEST(test_odd_keys), TEST(test_again), TEST(test_leave_fails),
		TEST(test_long_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
