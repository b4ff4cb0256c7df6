/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of the journaled copies are meant, for which recipients
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/proof/join.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define CLIENT	"192.0.2.1"

static const char *const bob[] = { "bob@corp.example" };
static const char *const both[] = { "Bob@Corp.example", "eve@corp.example" };

static void
test_clients(void **state)
{
	static const struct { const char *one, *other; bool same; } cases[] = {
		{ CLIENT, CLIENT, true }, { CLIENT, "192.0.2.2", false },
		{ CLIENT, "::ffff:192.0.2.1", true },
		{ "2001:db8::1", "2001:DB8:0::1", true },
		{ "2001:db8::1", CLIENT, false },
		{ "unix", "UNIX", true }, { "unix", CLIENT, false },
		{ CLIENT, "unix", false }, { "", "", false },
		{ "", CLIENT, false }, { CLIENT, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (join_same_client(cases[i].one, cases[i].other) !=
		    cases[i].same)
			fail_msg("%s %s", cases[i].one, cases[i].other);
	assert_true(join_tells(CLIENT));
	assert_true(join_tells("::1"));
	assert_false(join_tells(""));
	assert_false(join_tells("unix"));
}

static void
test_names(void **state)
{
	static const struct { const char *lines, *address; bool there; }
	cases[] = {
		{ "bob@x", "bob@x", true }, { "bob@x", "BOB@X", true },
		{ "eve@x\nbob@x\n", "bob@x", true },
		{ " <bob@x>\t\r\neve@x", "bob@x", true },
		{ "\n\n<bob@x>", "bob@x", true },
		{ "<\n>\n \nbob@x", "bob@x", true },
		{ "bob@x.y", "bob@x", false }, { "bob@", "bob@x", false },
		{ "bob@y", "bob@x", false }, { "", "bob@x", false },
		{ "<>", "", false }, { "\n", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (join_names(cases[i].lines, cases[i].address) !=
		    cases[i].there)
			fail_msg("%s: %s", cases[i].lines, cases[i].address);
}

/* ---- copies ---- */

/* How many messages the API has named. */
static size_t
named(void *arg, const char *recipient)
{
	assert_int_equal(strcasecmp(recipient, "bob@corp.example"), 0);
	return *(size_t *)arg;
}

/* What comes of some copies for bob; rows with a MID are there. */
struct copies {
	const char	*name, *client;
	size_t		 named;
	struct join_row	 rows[3];
	const char	*queue_ids;	/* NULL: nobody is meant */
	size_t		 copies;
	bool		 ambiguous, others;
};

#define ROW(n, id, from) { .mid = n, .queue_id = id, .client = from,	\
    .fields_sum = "", .message_id = "", .sender = "", .accepted = n,	\
    .recipients = bob, .recipient_count = 1 }

static const struct copies sets[] = {
	{ "one", CLIENT, 1, { ROW(1, "4Q1", CLIENT) }, "4Q1", 1, false, false },
	{ "two copies of one message", CLIENT, 1,
	  { ROW(1, "4Q1", CLIENT), ROW(2, "4Q1", CLIENT) }, "4Q1", 2, false,
	  false },
	{ "two messages", CLIENT, 1,
	  { ROW(1, "4Q1", CLIENT), ROW(2, "4Q2", CLIENT) }, "4Q1 4Q2", 2, true,
	  false },
	{ "... that the API has both", CLIENT, 2,
	  { ROW(1, "4Q1", CLIENT), ROW(2, "4Q2", CLIENT) }, "4Q1 4Q2", 2,
	  false, false },
	{ "ids of which one is part of another", CLIENT, 1,
	  { ROW(1, "14Q12", CLIENT), ROW(2, "4Q1", CLIENT),
	    ROW(3, "4Q1", CLIENT) }, "14Q12 4Q1", 3, true, false },
	{ "another client's", CLIENT, 1,
	  { ROW(1, "4Q1", "192.0.2.9"), ROW(2, "4Q2", CLIENT) }, "4Q2", 1,
	  false, true },
	{ "... alone is not it", CLIENT, 1, { ROW(1, "4Q1", "192.0.2.9") },
	  NULL, 0, false, true },
	{ "... of whom nothing is known may be it", CLIENT, 1,
	  { ROW(1, "4Q1", "") }, "4Q1", 1, false, false },
	{ "no queue id proves nothing", CLIENT, 1, { ROW(1, "", CLIENT) },
	  NULL, 0, false, false },
	{ "... nor does it keep one that does", CLIENT, 2,
	  { ROW(1, "", CLIENT), ROW(2, "4Q2", CLIENT) }, "4Q2", 2, false,
	  false },
	{ "... that comes before it", CLIENT, 2,
	  { ROW(1, "4Q1", CLIENT), ROW(2, "", CLIENT) }, "4Q1", 2, false,
	  false },
};

static void
check(const struct copies *set)
{
	const struct state_message message = { .id = "1",
		.client = set->client, .mailboxes = "bob@corp.example\n" };
	size_t count = set->named;
	struct join_facts facts = { .message = &message, .rows = set->rows,
		.named = named, .arg = &count };
	struct join join;

	while (facts.count < 3 && set->rows[facts.count].mid != 0)
		facts.count++;
	join_open(&facts, &join);
	if (join.count != (set->queue_ids != NULL) ||
	    join.others != set->others)
		fail_msg("%s: %zu", set->name, join.count);
	if (join.count > 0) {
		const struct join_recipient *one = &join.recipients[0];

		assert_string_equal(one->address, "bob@corp.example");
		assert_string_equal(one->queue_ids, set->queue_ids);
		assert_int_equal(one->copies, set->copies);
		assert_int_equal(one->ambiguous, set->ambiguous);
	}
	join_close(&join);
	assert_int_equal(join.count, 0);
}

static void
test_copies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		check(&sets[i]);
}

/* Who is named by one of both alone is left alone, and everybody is once there. */
static void
test_recipients(void **state)
{
	const struct state_message message = { .id = "1", .client = CLIENT,
		.mailboxes = "ann@corp.example\nbob@corp.example" };
	struct join_row rows[] = { ROW(1, "4Q1", CLIENT),
		ROW(2, "4Q1", CLIENT), ROW(3, "4Q2", CLIENT) };
	size_t count = 1;
	const struct join_facts facts = { .message = &message, .rows = rows,
		.count = 3, .named = named, .arg = &count };
	struct join join;

	(void)state;
	rows[0].recipients = both;
	rows[0].recipient_count = 2;
	rows[2].recipients = both + 1;	/* of another one's alone */
	join_open(&facts, &join);
	assert_int_equal(join.count, 1);
	assert_string_equal(join.recipients[0].address, "Bob@Corp.example");
	assert_int_equal(join.recipients[0].copies, 2);
	assert_int_equal(join.recipients[0].mid, 1);
	assert_string_equal(join.recipients[0].queue_ids, "4Q1");
	assert_false(join.recipients[0].ambiguous);
	join_close(&join);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients), cmocka_unit_test(test_names),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
