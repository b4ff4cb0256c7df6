/* SPDX-License-Identifier: BSD-2-Clause */
/* A message counts once, under the last state of all its recipients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control/ledger/remedies.h"

enum { HERE = 1000 };

static struct ledger_action actions[8];
static struct ledger_batch batches[] = {
	{ .id = 3, .by = "tdc-remediator" }, { .id = 7, .by = "alice" } };
static struct ledger ledger = { .actions = actions, .batches = batches,
	.batch_count = 2, .pause = "" };

/* add - an action of that message */
static void
add(const char *message, enum state_step step, int what, int64_t batch)
{
	actions[ledger.count] = (struct ledger_action){
		.id = (int64_t)ledger.count + 1, .api_id = message,
		.step = step, .what = what, .batch = batch, .made = HERE };
	ledger.count++;
}

/* is - what one message of two recipients with these steps comes to */
static void
is(enum state_step one, enum state_step other, enum remedy wanted)
{
	struct remedies remedies;

	ledger.count = 0;
	add("a", one, CONF_REMEDIATE_DELETE, 3);
	add("b", STATE_DONE, CONF_REMEDIATE_FORWARD, 3);
	add("a", other, CONF_REMEDIATE_DELETE, 3);
	remedies_count(&ledger, 0, HERE + 1, &remedies);
	assert_int_equal(remedies.count, 2);
	assert_int_equal(remedies.messages[0].count, 2);
	assert_int_equal(remedies.messages[0].remedy, wanted);
	assert_int_equal(remedies.messages[1].remedy, REMEDY_FORWARDED);
	assert_int_equal(remedies.all.total, 1 + (wanted < REMEDY_IN_PROGRESS));
	remedies_drop(&remedies);
}

static void
test_last_state(void **state)
{
	(void)state;
	is(STATE_DONE, STATE_DONE, REMEDY_DELETED);
	is(STATE_DONE, STATE_PURGED, REMEDY_DELETED);
	is(STATE_DONE, STATE_FAILED, REMEDY_FAILED);
	is(STATE_FAILED, STATE_DONE, REMEDY_FAILED);
	is(STATE_FAILED, STATE_DUE, REMEDY_IN_PROGRESS);
	is(STATE_FORWARDED, STATE_FAILED, REMEDY_IN_PROGRESS);
	is(STATE_QUARANTINED, STATE_DONE, REMEDY_IN_PROGRESS);
	is(STATE_RESTORED, STATE_DONE, REMEDY_DELETED);
	is(STATE_RESTORED, STATE_WITHDRAWN, REMEDY_RESTORED);
	is(STATE_REPORTED, STATE_IGNORED, REMEDY_REPORTED);
	is(STATE_SEEN, STATE_SEEN, REMEDY_IGNORED);
}

static void
test_both(void **state)
{
	const struct ledger_action action = { .step = STATE_DONE,
		.what = CONF_REMEDIATE_BOTH };

	(void)state;
	assert_int_equal(remedy_of(&action), REMEDY_BOTH);
	assert_string_equal(remedy_title(REMEDY_BOTH, 1),
	    "Message Forwarded and Deleted");
	assert_string_equal(remedy_title(REMEDY_FAILED, 0), "Messages Failed");
	assert_string_equal(remedy_word(REMEDY_IN_PROGRESS), "in_progress");
}

/* batches, those of a person, and what is not in the span */
static void
test_batches(void **state)
{
	struct remedies remedies;
	size_t first;

	(void)state;
	ledger.count = 0;
	add("x", STATE_DONE, CONF_REMEDIATE_DELETE, 7);
	add("y", STATE_REPORTED, CONF_REMEDIATE_DELETE, 0);
	add("z", STATE_FAILED, CONF_REMEDIATE_DELETE, 3);
	add("w", STATE_DONE, CONF_REMEDIATE_DELETE, 3);
	add("v", STATE_DONE, CONF_REMEDIATE_DELETE, 3);
	actions[3].made = HERE - 1;
	actions[4].made = HERE + 1;
	remedies_count(&ledger, HERE, HERE + 1, &remedies);
	assert_int_equal(remedies.count, 3);
	assert_int_equal(remedies.all.total, 2);
	assert_int_equal(remedies.automatic.of[REMEDY_FAILED], 1);
	assert_int_equal(remedies.automatic.total, 1);
	assert_int_equal(remedies.searched.of[REMEDY_DELETED], 1);
	assert_int_equal(remedies.searched.total, 1);
	assert_int_equal(remedies_batch(&remedies, 0, &first), 1);
	assert_string_equal(remedies.messages[first].actions[0]->api_id, "y");
	assert_int_equal(remedies_batch(&remedies, 7, &first), 1);
	assert_int_equal(first, 2);
	assert_int_equal(remedies_batch(&remedies, 5, &first), 0);
	assert_null(ledger_batch(&ledger, 5));
	assert_ptr_equal(ledger_batch(&ledger, 7), &batches[1]);
	remedies_drop(&remedies);
}

static void
test_nothing(void **state)
{
	struct remedies remedies;

	(void)state;
	ledger.count = 0;
	remedies_count(&ledger, 0, HERE, &remedies);
	assert_int_equal(remedies.count + remedies.all.total, 0);
	remedies_drop(&remedies);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_state),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
