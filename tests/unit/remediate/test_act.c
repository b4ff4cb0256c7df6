/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is named by the API leaves the mailbox, and nothing else does
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

static const struct mail plain = { .queue_id = "4Q1" };

/* ---- what is done ---- */

static void
test_forward_and_delete(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/Later/2", &plain);
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/INBOX/1"));
	assert_false(is_there("bob@corp.example/Later/2"));
	assert_int_equal(files("store/.quarantine", "bob"), 2);
	assert_int_equal(files("", "mail."), 1);
	/* and once is enough */
	say(&message);
	assert_int_equal(files("", "mail."), 1);
}

/* said - the mail that was sent */
static char *
said(void)
{
	own(dir) DIR *dir = opendir(rig_dir);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		own(str) char *path = mem_format("%s/%s", rig_dir,
		    entry->d_name);

		if (strncmp(entry->d_name, "mail.", 5) == 0 &&
		    strstr(entry->d_name, ".args") == NULL)
			return scratch_read(path);
	}
	fail_msg("no mail");
	return NULL;
}

static void
test_forwarded_mail(void **state)
{
	const struct api_message message = SAYS;
	own(str) char *text = NULL;
	char *part;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	text = said();
	assert_non_null(strstr(text, "\nAuto-Submitted: auto-generated\n"));
	assert_non_null(strstr(text, "\nX-TDC-Remediation: 1\n"));
	assert_non_null(strstr(text, "\nTo: soc@corp.example\n"));
	assert_non_null(strstr(text, "\nMessage-ID: <tdc-remediation."));
	part = strstr(text, "Content-Type: message/rfc822");
	assert_non_null(part);
	assert_non_null(strstr(part, "\n\nReceived: from mx.x.example"));
	assert_non_null(strstr(part, "\n\nhello\n"));
}

static void
test_forward_once_for_all(void **state)
{
	static const char *const both[] = { "BOB@corp.example",
		"<ann@corp.example>", "eve@corp.example" };
	struct api_message message = SAYS;

	(void)state;
	message.mailboxes = both;
	message.mailbox_count = 3;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .to2 = "ann@corp.example" });
	put("bob@corp.example/INBOX/1", &plain);
	put("ann@corp.example/INBOX/1", &plain);
	say(&message);
	expect("bob@corp.example", STATE_DONE, "");
	expect("ann@corp.example", STATE_DONE, "");
	assert_int_equal(files("", "mail."), 1);
	assert_int_equal(files("store/.quarantine", ""), 2);
}

static void
test_forward_alone(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	rig_conf("remediation_sender = tdc@corp.example\n");
	rig_settings.conf.remediation_action = CONF_REMEDIATE_FORWARD;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(files("", "mail."), 1);
}

static void
test_report(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_REPORT;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	expect(NULL, STATE_REPORTED, "");
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(store_opens, 0);
}

/* ---- what is left alone ---- */

static void
test_reused_message_id(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q9" });
	/* the old one, which came through us, too, and one that did not */
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1",
	    .time = START - 30 * 24 * HOUR });
	put("bob@corp.example/Later/1", &(struct mail){ .queue_id = "4Q9",
	    .by = "mx.elsewhere.example", .time = START - HOUR });
	put("bob@corp.example/Later/2", &(struct mail){ .queue_id = "4Q9",
	    .time = START - 30 * 24 * HOUR });
	put("bob@corp.example/Later/3", &(struct mail){ .queue_id = "4Q9" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_true(is_there("bob@corp.example/Later/2"));
	assert_false(is_there("bob@corp.example/Later/3"));
	assert_true(is_there("bob@corp.example/Later/1"));
	assert_int_equal(files("store/.quarantine", ""), 1);
}

/* a site that removes Received: fields */
static void
test_header_sum(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q9" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/INBOX/1"));
}

static void
test_header_sum_of_old(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q9",
	    .accepted = START + HOUR });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "" });
	say(&message);
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

static void
test_not_ours(void **state)
{
	const struct api_message message = SAYS;
	struct state_message_query query = { .id = "id-1" };
	struct todo_list list;
	struct err err;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .id = "<2@x.example>", .client = "192.0.2.2" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	assert_int_equal(todo_messages(rem.state, &query, &list, &err), 0);
	assert_false(list.items[0].message.planned);	/* it may come yet */
	todo_drop(&list);
	rig_now += 2 * PLAN_PATIENCE;
	turn();
	assert_int_equal(todo_messages(rem.state, &query, &list, &err), 0);
	assert_true(list.items[0].message.planned);
	assert_string_equal(list.items[0].message.reason,
	    "this gateway did not journal it");
	todo_drop(&list);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(store_opens, 0);
}

static void
test_named_by_one_alone(void **state)
{
	static const char *const other[] = { "ann@corp.example" };
	struct api_message message = SAYS;

	(void)state;
	message.mailboxes = other;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	put("ann@corp.example/INBOX/1", &plain);
	say(&message);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_true(is_there("ann@corp.example/INBOX/1"));
	assert_int_equal(store_opens, 0);
}

static void
test_bad_ids(void **state)
{
	static const char *const ids[] = { "", "<>", "< >", "*", "<*", "1@x",
		"<1@x>\r\nA1 EXPUNGE", "<\xff@x>", "<1@x><2@x>" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		struct api_message message = SAYS;
		own(str) char *id = mem_format("id-%zu", i);

		message.id = id;
		message.message_id = ids[i];
		say(&message);
	}
	assert_int_equal(store_opens, 0);
}

static void
test_verdicts(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	rig_conf("remediation_verdicts = bec\nremediation_scope = retro\n");
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);			/* another verdict */
	message.id = "id-2";
	message.verdict = API_BEC;
	say(&message);			/* not retrospective */
	message.id = "id-3";
	message.verdict = API_UNKNOWN;
	message.retro = true;
	say(&message);
	message.id = "id-4";
	message.verdict = API_BEC;
	message.timestamp = START - 31 * 24 * HOUR;
	say(&message);			/* too old */
	assert_int_equal(store_opens, 0);
	message.id = "id-5";
	message.timestamp = START;
	say(&message);
	expect(NULL, STATE_DONE, "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_forward_and_delete), TEST(test_forwarded_mail),
		TEST(test_forward_once_for_all), TEST(test_forward_alone),
		TEST(test_report), TEST(test_reused_message_id),
		TEST(test_header_sum), TEST(test_header_sum_of_old),
		TEST(test_not_ours), TEST(test_named_by_one_alone),
		TEST(test_bad_ids), TEST(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
