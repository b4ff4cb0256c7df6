/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the API says, when it is odd or cannot be noted, and what becomes of a message
 * whose recipients or rows are many, or whose verdict comes back
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain history_count maps_find owners_find piece_find
 * WRAP: state_messages state_note state_noted state_piece_step state_pieces
 * WRAP: state_step state_undo todo_find
 */
#include "tests/unit/remediate/actions/fails_by_name.h"

static void
see(enum api_verdict verdict, const char *word)
{
	struct api_message message = SAYS;

	message.verdict = verdict;
	message.word = word;
	plan_see(&rem, &message);
}

static void
count_message(void *arg, const struct state_message *message)
{
	(void)message;
	++*(int *)arg;
}

static int
noted_messages(void)
{
	const struct state_message_query query = { .limit = 10 };
	struct err err;
	int count = 0, n = state_messages(rem.state, &query, count_message,
	    &count, &err);

	assert_int_equal(n, count);
	return count;
}

/* a word that we do not know is told once, ever, and never acted on */
static void
test_unknown_word(void **state)
{
	(void)state;
	see(API_UNKNOWN, "");
	assert_int_equal(told[LOG_verdict_unknown], 0);
	/* whether it was told cannot be asked: then it is told later */
	fail_at("state_noted", 1);
	see(API_UNKNOWN, "wicked");
	failed_once();
	assert_int_equal(told[LOG_verdict_unknown], 0);
	see(API_UNKNOWN, "wicked");
	see(API_UNKNOWN, "wicked");
	assert_int_equal(told[LOG_verdict_unknown], 1);
	see(API_UNKNOWN, "worse");
	assert_int_equal(told[LOG_verdict_unknown], 2);
	assert_int_equal(noted_messages(), 0);
	assert_false(rem.missed);
}

/* what is harmless, and always was, is not kept; what nobody can tell of is not,
 * either */
static void
test_harmless(void **state)
{
	(void)state;
	see(API_NEUTRAL, "neutral");
	assert_int_equal(noted_messages(), 0);
	see(API_BEC, "bec");
	assert_int_equal(noted_messages(), 1);
	fail_at("state_messages", 1);
	see(API_NEUTRAL, "neutral");
	failed_once();
	see(API_NEUTRAL, "neutral");
	assert_int_equal(noted_messages(), 1);
}

/* the envelope sender is noted before the message, and if it cannot be, the message
 * is missed: it comes again */
static void
test_return_path(void **state)
{
	static const char *const calls[] = { "state_noted", "state_note" };
	struct api_message message = SAYS;
	own(str) char *noted = NULL;
	struct err err;

	(void)state;
	message.return_path = "bounce@x.example";
	for (int i = 0; i < 2; i++) {
		rem.missed = false;
		fail_at(calls[i], 1);
		plan_see(&rem, &message);
		failed_once();
		assert_true(rem.missed);
		assert_int_equal(told[LOG_remediation_trouble], 1);
		assert_int_equal(noted_messages(), 0);
	}
	rem.missed = false;
	plan_see(&rem, &message);
	plan_see(&rem, &message);
	assert_false(rem.missed);
	assert_int_equal(noted_messages(), 1);
	assert_int_equal(state_noted(rem.state, STATE_NOTE_RETURN "id-1",
	    &noted, &err), 0);
	assert_string_equal(noted, "bounce@x.example");
	/* that of the header needs no note */
	message.id = "id-2";
	message.return_path = message.sender;
	free(noted);
	plan_see(&rem, &message);
	assert_int_equal(state_noted(rem.state, STATE_NOTE_RETURN "id-2",
	    &noted, &err), 0);
	assert_string_equal(noted, "");
}

/* whichever way remediation_verdicts is written, whole words count */
static void
test_verdicts(void **state)
{
	static const struct { const char *words; bool bec, scam; } rows[] = {
		{ "", false, false }, { "bec", true, false },
		{ " ,bec\t,, ", true, false }, { "scam, bec", true, true },
		{ "becx xbec be", false, false }, { "scam\tbec,", true, true },
	};
	struct state_message message = { .timestamp = START };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct conf conf = rig_settings.conf;

		conf.remediation_verdicts = rows[i].words;
		message.verdict = API_BEC;
		assert_int_equal(plan_verdict_fault(&conf, &message, START) ==
		    NULL, rows[i].bec);
		message.verdict = API_SCAM;
		assert_int_equal(plan_verdict_fault(&conf, &message, START) ==
		    NULL, rows[i].scam);
		message.verdict = API_SPAM;
		assert_non_null(plan_verdict_fault(&conf, &message, START));
	}
}

/* two rows of a MID that began again, after a spool was made anew */
static void
test_same_mid(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q9",
	    .id = "<9@x.example>" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/INBOX/9", &(struct mail){ .queue_id = "4Q9",
	    .id = "<9@x.example>" });
	say(&message);
	later();
	expect(NULL, STATE_DONE, "");
	assert_true(is_away());
	assert_true(is_there("bob@corp.example/INBOX/9"));
}

/* of a message to thousands so many mailboxes are looked up */
static void
test_many_mailboxes(void **state)
{
	enum { MANY = 205 };
	const char *many[MANY];
	char names[MANY][32];
	struct api_message message = SAYS;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "u%d@corp.example", i);
		many[i] = names[i];
	}
	many[MANY - 1] = "bob@corp.example";	/* found by its Message-ID */
	message.mailboxes = many;
	message.mailbox_count = MANY;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	later();
	expect("bob@corp.example", STATE_DONE, "");
	assert_true(is_away());
}

/* ---- a verdict that comes back ---- */

static void
withdrawn(void)
{
	there_is();
	store_result = MAILBOX_UNFINISHED;
	turn();
	store_result = MAILBOX_DONE;
	see(API_NEUTRAL, "neutral");
	turn();
	expect(NULL, STATE_WITHDRAWN, "verdict withdrawn");
	assert_int_equal(told[LOG_remediation_withdrawn], 1);
}

/* whether it was stopped for that cannot be asked, or not be noted: then later */
static void
test_back_again(void **state)
{
	static const struct { const char *name; unsigned n; } rows[] = {
		{ "todo_find", 2 }, { "state_step", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (i > 0) {
			rig_down(NULL);
			set_up(NULL);
		}
		withdrawn();
		see(API_PHISHING, "phishing");
		fail_at(rows[i].name, rows[i].n);
		plan_turn(&rem);
		failed_once();
		assert_int_equal(told[LOG_remediation_trouble], 1);
		expect(NULL, STATE_WITHDRAWN, "verdict withdrawn");
		later();
		expect(NULL, STATE_DONE, "");
		assert_true(is_away());
	}
}

/* what a person has undone stays so */
static void
test_undone_stays(void **state)
{
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	there_is();
	turn();
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), 0);
	todo_drop(&list);
	see(API_NEUTRAL, "neutral");
	turn();
	see(API_PHISHING, "phishing");
	later();
	expect(NULL, STATE_RESTORED, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* ---- counting ---- */

/* how many were journaled cannot be asked: nothing is touched before it can */
static void
test_not_counted(void **state)
{
	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	for (unsigned i = 0; i < 12; i++) {
		own(str) char *queue_id = mem_format("4R%u", i);
		own(str) char *id = mem_format("<r%u@x.example>", i);
		own(str) char *api_id = mem_format("id-r%u", i);
		struct api_message message = SAYS;

		journal(&(struct copy){ .mid = 100 + i, .queue_id = queue_id,
		    .id = id });
		message.id = api_id;
		message.message_id = id;
		plan_see(&rem, &message);
	}
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4R0",
	    .id = "<r0@x.example>" });
	rig_settings.conf.remediation_max_share = 100;
	fail_at("history_count", 1);
	turn();
	failed_once();
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_int_equal(told[LOG_remediation_paused], 0);
	later();
	assert_true(is_away());
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_unknown_word), TEST(test_harmless),
		TEST(test_return_path), TEST(test_verdicts),
		TEST(test_same_mid), TEST(test_many_mailboxes),
		TEST(test_back_again), TEST(test_undone_stays),
		TEST(test_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
