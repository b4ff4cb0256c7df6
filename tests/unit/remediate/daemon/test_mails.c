/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mails about failures, the message that is forwarded, and batches: what they hold
 * whatever comes from outside, and what is said when they cannot be made
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain state_batch
 */
#include "tests/unit/remediate/remediate_rig.h"

#include <glob.h>

#include "remediate/forwarding.h"
#include "remediate/notify.h"
#include "tests/unit/remediate/told.h"

static int batch_result;		/* -1: it fails, so: */
static enum err_kind batch_kind;
static unsigned batches;

int	__real_state_batch(struct state *, const struct state_batch *,
	    int64_t *, struct err *);
int	__wrap_state_batch(struct state *, const struct state_batch *,
	    int64_t *, struct err *);
int
__wrap_state_batch(struct state *state, const struct state_batch *batch,
    int64_t *out, struct err *err)
{
	batches++;
	return batch_result == -1 ? err_set(err, batch_kind, "no batch") :
	    __real_state_batch(state, batch, out, err);
}

static int
set_up(void **state)
{
	rig_up(state);
	memset(told, 0, sizeof(told));
	batch_result = 0;
	batches = 0;
	return 0;
}

/* the_mail - the only one that sendmail has got; new */
static char *
the_mail(void)
{
	own(str) char *pattern = mem_format("%s/mail.*[0-9]", rig_dir);
	glob_t found;
	char *text;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 1);
	text = scratch_read(found.gl_pathv[0]);
	globfree(&found);
	return text;
}

/* ---- about failures ---- */

static void
test_failures(void **state)
{
	own(str) char *text = NULL;

	(void)state;
	rig_conf("remediation_notify = ops@corp.example\n");
	rem_turn_begin(&rem);
	rem_failed(&rem, "MID 7 for bob@corp.example: no");
	rem_failed(&rem, "MID 8 for ann@corp.example: no");
	rem_turn_end(&rem);
	text = the_mail();
	assert_non_null(strstr(text, "\nSubject: remediation failed (gw)\n"));
	assert_non_null(strstr(text, "\n\nMID 7 for bob@corp.example: no\n"
	    "MID 8 for ann@corp.example: no\n\n-- \ntdc-remediator on gw\n"));
	/* a turn in which nothing fails, or of which nobody wants mail, has none */
	rem_turn_begin(&rem);
	rem_turn_end(&rem);
	rig_conf("");
	rem_turn_begin(&rem);
	rem_failed(&rem, "MID 9");
	rem_turn_end(&rem);
	free(text);
	text = the_mail();
	assert_int_equal(told[LOG_remediation_trouble], 0);
}

/* a flood of failures is one mail of some size, which says that it is not all */
static void
test_flood(void **state)
{
	own(str) char *text = NULL;
	const char *more;

	(void)state;
	rig_conf("remediation_notify = ops@corp.example\n");
	rem_turn_begin(&rem);
	for (unsigned i = 0; i < 5000; i++)
		rem_failed(&rem, "MID 4711 for bob@corp.example: no");
	rem_turn_end(&rem);
	text = the_mail();
	assert_in_range(strlen(text), 64 << 10, 66 << 10);
	more = strstr(text, "... and more: tdcctl remediation-report\n");
	assert_non_null(more);
	assert_null(strstr(more + 1, "... and more"));
	assert_null(strstr(more, "MID 4711"));
}

static void
test_not_sent(void **state)
{
	struct err err;

	(void)state;
	rig_conf("remediation_notify = ops@corp.example\n");
	free(scratch_file(rig_dir, "refuse", ""));
	rem_turn_begin(&rem);
	rem_failed(&rem, "MID 7");
	rem_turn_end(&rem);
	assert_int_equal(told[LOG_remediation_trouble], 1);
	/* no Postfix at all */
	*rig_settings.sendmail = '\0';
	assert_int_equal(notify_send_mail(&rem, "x", "y", &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "there is no Postfix to send mail by: set "
	    "remediation_sendmail");
}

/* texts from outside are one line, of some length */
static void
test_text(void **state)
{
	own(buf) struct buf out = BUF;
	own(str) char *text = mem_new(802);

	(void)state;
	notify_text("Subject:", "a\r\nBcc: b\tc\x7f\xff", &out);
	assert_string_equal(out.data, "Subject: a  Bcc: b c \xff\n");
	memset(text, 'x', 800);
	buf_cut(&out, 0);
	notify_text("", text, &out);
	assert_int_equal(out.len, 802);
	text[800] = 'x';
	buf_cut(&out, 0);
	notify_text("", text, &out);
	assert_int_equal(out.len, 805);
	assert_string_equal(out.data + 800, "x...\n");
}

/* ---- the message itself ---- */

/* forwarded - what the attachment of such a message is; new */
static char *
forwarded(const char *bytes, size_t n)
{
	static const char head[] = "filename=\"original.eml\"\n\n";
	own(buf) struct buf raw = BUF, out = BUF;
	const struct state_message message = { .id = "id-1", .word = "phishing",
		.subject = "s", .sender = "a@x.example", .message_id = "<1@x>" };
	const struct state_action action = { .mid = 7, .queue_ids = "4Q1",
		.recipient = "bob@corp.example" };
	const struct forwarding forwarding = { &action, &message, &raw };
	char *from, *end;

	buf_bytes(&raw, bytes, n);
	forwarding_compose(&rem, &forwarding, &out);
	from = strstr(out.data, head);
	assert_non_null(from);
	from += sizeof(head) - 1;
	end = strstr(from, "\n--");
	assert_non_null(end);
	return mem_bytes(from, (size_t)(end - from));
}

/* whichever line ends it has, sendmail gets those of its own; nothing else changes */
static void
test_lines(void **state)
{
	static const struct { const char *raw, *sent; } rows[] = {
		{ "", "" },
		{ "A: b\r\n\r\nc\r\n", "A: b\n\nc\n" },
		{ "A: b\n\nc\n", "A: b\n\nc\n" },
		{ "A: b\r\n\nc", "A: b\n\nc" },
		{ "a\rb\r\r\nc\r", "a\rb\r\nc\r" },
		{ "\r\n", "\n" }, { "\n", "\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *sent = forwarded(rows[i].raw,
		    strlen(rows[i].raw));

		assert_string_equal(sent, rows[i].sent);
	}
}

/* ---- batches ---- */

static void
is_batch(const char *name)
{
	struct err err;

	rem_turn_begin(&rem);
	assert_int_equal(rem_batch(&rem, &err), 0);
	assert_string_equal(rem.batch_name, name);
	assert_true(rem.batch != 0);
	/* the turn's, however often it is asked for */
	batches = 0;
	assert_int_equal(rem_batch(&rem, &err), 0);
	assert_int_equal(batches, 0);
}

static void
test_batches(void **state)
{
	struct err err;

	(void)state;
	is_batch("poll-20231114T221320Z");
	is_batch("poll-20231114T221320Z.1");
	is_batch("poll-20231114T221320Z.2");
	rem.request = "asked for: 7";
	is_batch("remediate-20231114T221320Z");
	is_batch("remediate-20231114T221320Z.1");
	rem.request = NULL;
	rig_now += 1000;
	is_batch("poll-20231114T221321Z");
	/* one that may be made later is not tried under other names */
	rem_turn_begin(&rem);
	batch_result = -1;
	batch_kind = ERR_LATER;
	batches = 0;
	assert_int_equal(rem_batch(&rem, &err), -1);
	assert_int_equal(batches, 1);
	assert_int_equal(rem.batch, 0);
	/* and there is an end of names */
	batch_kind = ERR_NEVER;
	batches = 0;
	assert_int_equal(rem_batch(&rem, &err), -1);
	assert_int_equal(batches, 1000);
	assert_string_equal(err.text, "no batch");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_failures), TEST(test_flood), TEST(test_not_sent),
		TEST(test_text), TEST(test_lines), TEST(test_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
