/* SPDX-License-Identifier: BSD-2-Clause */
/* test_track - which lines belong to which message: ids that come again,
 * content filters, notices, several logs of the same thing, many messages */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "control/track/block.h"
#include "tests/unit/scratch.h"

static void
fail_of(const char *text)
{
	fail_msg("%s", text);
}

/* add_told - "ID+ID(relation) remarks 1 to 2 copies 7:delivered", ended by ; */
static void
add_told(const struct block *block, struct buf *out)
{
	size_t remarks = 0, to = 0;

	for (size_t i = 0; i < block->stay_count; i++) {
		const struct message *stay = block->stays[i];

		buf_texts(out, i > 0 ? "+" : "", *stay->queue_id != '\0' ?
		    stay->queue_id : "-");
		if (i > 0)
			buf_texts(out, "(", stay->relation, ")");
		remarks += stay->remarks.count;
		to += stay->delivery_count;
	}
	buf_format(out, " remarks %zu to %zu", remarks, to);
	for (size_t i = 0; i < block->copy_count; i++)
		buf_format(out, " MID %" PRIu64 ":%s", block->copies[i]->mid,
		    block->copies[i]->verdict);
	buf_text(out, ";");
}

/* tell - what is found in logs of these lines, as one text */
static void
tell(const char *text, size_t most, const char *const *logs, size_t count,
    const char *wanted)
{
	char *dir = scratch_new();
	const char *paths[4] = { NULL };
	struct logs_query query = { .files = paths, .count = count,
		.complain = fail_of };
	const struct conf conf = { .maillog_file = "", .mail_logs_file = "" };
	const struct kept kept = { .count = 0 };
	own(buf) struct buf got = BUF;
	struct word word;
	struct search search = { .word = &word, .most = most,
	    .syslog_name = "" };
	struct logs *opened;
	struct story story;
	struct block block = { .story = &story, .word = &word, .name = "X" };

	for (size_t i = 0; i < count; i++)
		paths[i] = scratch_file(dir, (const char *[]){ "a", "b", "c",
		    "d" }[i], logs[i]);
	assert_true(word_read(text, &word));
	opened = logs_open(&conf, &query);
	search_run(&search, opened);
	story_build(&story, &search, &kept);
	for (size_t i = 0; i < story.count; i++)
		if (story.messages[i]->wanted) {
			block_gather(&block, story.messages[i]);
			add_told(&block, &got);
		}
	buf_text(&got, search.left_out ? " more" : "");
	assert_string_equal(got.data, wanted);
	block_drop(&block);
	story_drop(&story);
	search_drop(&search);
	logs_close(opened);
	word_drop(&word);
	for (size_t i = 0; i < count; i++)
		free((char *)paths[i]);
	scratch_free(dir);
}

#define TELL(word, wanted, ...) tell((word), 100, \
    (const char *[]){ __VA_ARGS__ }, \
    sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), (wanted))

#define AT(time, program, text) "2026-11-" time ":00+00:00 gw " program \
    "[1]: " text "\n"
#define SMTPD(time, id, client) AT(time, "postfix/smtpd", id ": client=" client)
#define CLEANUP(time, id, text) AT(time, "postfix/cleanup", \
    id ": message-id=<" text ">")
#define QMGR(time, id, from) AT(time, "postfix/qmgr", id ": from=<" from \
    ">, size=100, nrcpt=1 (queue active)")
#define SENT(time, id, to, said) AT(time, "postfix/smtp", id ": to=<" to \
    ">, relay=x, delay=0.1, dsn=2.0.0, status=sent (" said ")")
#define REMOVED(time, id) AT(time, "postfix/qmgr", id ": removed")
#define ORIGIN(time, mid, id) AT(time, "tdc-milter", "TDC: MID " mid \
    " queue-id " id " from <a@x> to <b@y> policy P size 3")
#define DELIVERED(time, mid) AT(time, "tdc-forwarder", "TDC: MID " mid \
    " successfully delivered for scanning with X.")

/* A message with a copy. */
#define WHOLE(day, id, mid, from, text) \
    SMTPD(day "T07:00", id, "c[192.0.2.1]") \
    CLEANUP(day "T07:00", id, text) ORIGIN(day "T07:00", mid, id) \
    QMGR(day "T07:00", id, from) SENT(day "T07:00", id, "b@y", "250 ok") \
    REMOVED(day "T07:00", id) DELIVERED(day "T07:01", mid)

static void
test_again(void **state)
{
	static const char log[] = WHOLE("20", "A1B2C3", "1", "a@x", "one@x")
	    WHOLE("24", "A1B2C3", "2", "a@x", "two@x")
	    WHOLE("24", "D1B2C3", "3", "c@x", "three@x");

	(void)state;
	TELL("A1B2C3", "A1B2C3 remarks 0 to 1 MID 1:delivered;"
	    "A1B2C3 remarks 0 to 1 MID 2:delivered;", log);
	TELL("1", "A1B2C3 remarks 0 to 1 MID 1:delivered;", log);
	TELL("<two@x>", "A1B2C3 remarks 0 to 1 MID 2:delivered;", log);
	TELL("C@x", "D1B2C3 remarks 0 to 1 MID 3:delivered;", log);
	TELL("a1b2c3", "", log);
	TELL("e@x", "", log);
}

static void
test_filter(void **state)
{
	/* amavis reports the id; the Message-ID is the same. */
	static const char said[] =
	    SMTPD("24T07:00", "4FirstZ", "c[192.0.2.1]")
	    CLEANUP("24T07:00", "4FirstZ", "m@x")
	    AT("24T07:00", "amavis", "(12-01) Passed CLEAN {Relayed}, <a@x> -> "
	    "<b@y>, Queue-ID: 4FirstZ, Message-ID: <m@x>, queued_as: 4NextZZ")
	    SMTPD("24T07:01", "4NextZZ", "localhost[127.0.0.1]")
	    CLEANUP("24T07:01", "4NextZZ", "m@x")
	    SENT("24T07:01", "4FirstZ", "b@y", "250 2.0.0 from MTA(smtp:"
	    "[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4NextZZ")
	    REMOVED("24T07:01", "4FirstZ") ORIGIN("24T07:01", "5", "4NextZZ")
	    SENT("24T07:02", "4NextZZ", "b@y", "250 ok")
	    REMOVED("24T07:02", "4NextZZ");
	/* Another one says nothing. */
	static const char silent[] =
	    SMTPD("24T07:00", "4FirstZ", "c[192.0.2.1]")
	    CLEANUP("24T07:00", "4FirstZ", "m@x")
	    SMTPD("24T07:00", "4NextZZ", "localhost[127.0.0.1]")
	    CLEANUP("24T07:00", "4NextZZ", "m@x")
	    SENT("24T07:01", "4FirstZ", "b@y", "250 ok")
	    SENT("24T07:02", "4NextZZ", "b@y", "250 ok");
	/* From outside it is another message. */
	static const char outside[] =
	    WHOLE("24", "4FirstZ", "1", "a@x", "m@x")
	    WHOLE("24", "4NextZZ", "2", "a@x", "m@x");

	(void)state;
	TELL("4FirstZ", "4FirstZ+4NextZZ(queued again) remarks 1 to 2 MID 5:;",
	    said);
	TELL("4NextZZ", "4FirstZ+4NextZZ(queued again) remarks 1 to 2 MID 5:;",
	    said);
	TELL("5", "4FirstZ+4NextZZ(queued again) remarks 1 to 2 MID 5:;", said);
	TELL("m@x", "4FirstZ+4NextZZ(queued again) remarks 0 to 2;", silent);
	TELL("4NextZZ", "4FirstZ+4NextZZ(queued again) remarks 0 to 2;",
	    silent);
	TELL("4FirstZ", "4FirstZ remarks 0 to 1 MID 1:delivered;", outside);
	TELL("m@x", "4FirstZ remarks 0 to 1 MID 1:delivered;"
	    "4NextZZ remarks 0 to 1 MID 2:delivered;", outside);
}

static void
test_notice(void **state)
{
	static const char log[] = WHOLE("24", "A1B2C3", "1", "a@x", "m@x")
	    AT("24T08:00", "postfix/smtpd", "A1B2C4: client=c[192.0.2.1]")
	    QMGR("24T08:00", "A1B2C4", "a@x")
	    CLEANUP("24T08:01", "B1B2C4", "n@gw")
	    AT("24T08:01", "postfix/bounce", "A1B2C4: sender non-delivery "
	    "notification: B1B2C4")
	    QMGR("24T08:01", "B1B2C4", "") REMOVED("24T08:01", "A1B2C4")
	    SENT("24T08:02", "B1B2C4", "a@x", "250 ok");

	(void)state;
	TELL("A1B2C4", "A1B2C4+B1B2C4(sender non-delivery notification) "
	    "remarks 1 to 1;", log);
	TELL("n@gw", "A1B2C4+B1B2C4(sender non-delivery notification) "
	    "remarks 1 to 1;", log);
}

static void
test_repeated(void **state)
{
	/* mail_logs_file has no word of Postfix. */
	static const char asyncos[] =
	    "Tue Nov 24 07:00:00 2026 Info: TDC: MID 1 queue-id A1B2C3 "
	    "from <a@x> to <b@y> policy P size 3\n"
	    "Tue Nov 24 07:01:00 2026 Info: TDC: MID 1 successfully delivered "
	    "for scanning with X.\n";
	static const char maillog[] = WHOLE("24", "A1B2C3", "1", "a@x", "m@x");

	(void)state;
	TELL("A1B2C3", "A1B2C3 remarks 0 to 1 MID 1:delivered;", maillog,
	    asyncos);
	TELL("1", "A1B2C3 remarks 0 to 0 MID 1:delivered;", asyncos);
	TELL("b@y", "A1B2C3 remarks 0 to 0 MID 1:delivered;", asyncos);
}

static void
test_fates(void **state)
{
#define OURS(text) AT("24T07:05", "tdc-forwarder", "TDC: " text)
	static const char log[] = ORIGIN("24T07:00", "1", "A1B2C1")
	    OURS("MID 1 delivery failed to X:TLS Error.")
	    ORIGIN("24T07:00", "2", "A1B2C2")
	    OURS("MID 2 delivery failed to X: Hard Bounced.")
	    OURS("MID 2 goes to the alternate message intake address s@z, "
	    "since i@z did not get it")
	    OURS("MID 2 successfully delivered for scanning with X.")
	    ORIGIN("24T07:00", "3", "A1B2C3")
	    OURS("MID 3 delivery failed to X: Expired.")
	    OURS("MID 3 requeued by uid 0")
	    ORIGIN("24T07:00", "4", "A1B2C4")
	    OURS("MID 4 deleted by uid 0")
	    OURS("MID 0 queue-id A1B2C5 not journaled: policy x");
#undef OURS

	(void)state;
	TELL("1", "A1B2C1 remarks 0 to 0 MID 1:TLS error;", log);
	TELL("2", "A1B2C2 remarks 0 to 0 MID 2:delivered;", log);
	TELL("3", "A1B2C3 remarks 0 to 0 MID 3:;", log);
	TELL("4", "A1B2C4 remarks 0 to 0 MID 4:deleted;", log);
	TELL("A1B2C5", "A1B2C5 remarks 0 to 0;", log);
}

static void
test_last(void **state)
{
	static const char old[] = WHOLE("20", "A1B2C1", "1", "a@x", "1@x");
	static const char new[] = WHOLE("23", "A1B2C2", "2", "a@x", "2@x")
	    WHOLE("24", "A1B2C3", "3", "a@x", "3@x");

	(void)state;
	/* The last ones, in whatever order the logs are read. */
	tell("a@x", 2, (const char *[]){ new, old }, 2,
	    "A1B2C2 remarks 0 to 1 MID 2:delivered;"
	    "A1B2C3 remarks 0 to 1 MID 3:delivered; more");
	tell("a@x", 3, (const char *[]){ new, old }, 2,
	    "A1B2C1 remarks 0 to 1 MID 1:delivered;"
	    "A1B2C2 remarks 0 to 1 MID 2:delivered;"
	    "A1B2C3 remarks 0 to 1 MID 3:delivered;");
}

static void
test_refused(void **state)
{
	static const char log[] = AT("24T07:00", "postfix/smtpd",
	    "NOQUEUE: reject: RCPT from c[192.0.2.1]: 550 5.1.1 <b@y>: no; "
	    "from=<a@x> to=<b@y> proto=ESMTP helo=<c>");

	(void)state;
	TELL("b@y", "- remarks 1 to 0;", log);
	TELL("c@y", "", log);
}

/* What a message says is not what we say. */
static void
test_forged(void **state)
{
	static const char log[] = WHOLE("24", "A1B2C3", "1", "a@x", "m@x")
	    AT("24T07:02", "postfix/smtpd", "A1B2C3: TDC: MID 1 delivery "
	    "failed to X: Expired.")
	    AT("24T07:02", "postfix/cleanup", "A1B2C3: warning: header "
	    "Subject: TDC: MID 1 deleted by uid 0");

	(void)state;
	TELL("1", "A1B2C3 remarks 2 to 1 MID 1:delivered;", log);
}

/* Stays that only times and Message-IDs tell apart, or join. */
static void
test_joined(void **state)
{
	/* The id comes again at once, as the first stay has a client. */
	static const char twice[] =
	    SMTPD("24T07:00", "A1B2C3", "c[192.0.2.1]")
	    SENT("24T07:00", "A1B2C3", "b@y", "250 ok")
	    SMTPD("24T07:02", "A1B2C3", "d[192.0.2.2]")
	    SENT("24T07:02", "A1B2C3", "c@y", "250 ok");
	/* Tried again: one recipient. */
	static const char retried[] =
	    SMTPD("24T07:00", "A1B2C3", "c[192.0.2.1]")
	    AT("24T07:00", "postfix/smtp", "A1B2C3: to=<b@y>, relay=x, "
	    "delay=0.1, dsn=4.0.0, status=deferred (later)")
	    SENT("24T07:30", "A1B2C3", "b@y", "250 ok");
	/* A filter that knows the Message-ID alone, before and after its time. */
	static const char named[] =
	    AT("24T06:00", "rspamd", "scanned <m@x>")
	    SMTPD("24T07:00", "A1B2C3", "c[192.0.2.1]")
	    CLEANUP("24T07:00", "A1B2C3", "m@x")
	    AT("24T07:00", "rspamd", "scanned <m@x>")
	    AT("24T07:00", "rspamd", "scanned <mm@x>");
	/* By sendmail(1), and from a filter by IPv6. */
	static const char local[] =
	    AT("24T07:00", "postfix/pickup", "A1B2C3: uid=0 from=<root>")
	    CLEANUP("24T07:00", "A1B2C3", "m@x")
	    SMTPD("24T07:00", "A1B2C4", "localhost[::1]")
	    CLEANUP("24T07:00", "A1B2C4", "m@x")
	    SMTPD("24T07:00", "A1B2C5", "localhost[::1]")
	    CLEANUP("24T07:00", "A1B2C5", "other@x");

	(void)state;
	TELL("A1B2C3", "A1B2C3 remarks 0 to 1;A1B2C3 remarks 0 to 1;", twice);
	TELL("A1B2C3", "A1B2C3 remarks 0 to 1;", retried);
	TELL("A1B2C3", "A1B2C3 remarks 1 to 0;", named);
	TELL("root", "", local);
	TELL("A1B2C3", "A1B2C3+A1B2C4(queued again) remarks 0 to 0;", local);
}

/* Words of "queued as" and of notices may name what is not that message. */
static void
test_not_joined(void **state)
{
#define QUEUED_AS(time, id, next) \
    SENT(time, id, "b@y", "250 2.0.0 Ok: queued as " next)
	/* In a circle: the first one stays the first. */
	static const char circle[] =
	    SMTPD("24T07:00", "A1B2C3", "c[192.0.2.1]")
	    SMTPD("24T07:00", "A1B2C4", "c[192.0.2.1]")
	    QUEUED_AS("24T07:00", "A1B2C3", "A1B2C4")
	    QUEUED_AS("24T07:01", "A1B2C4", "A1B2C3")
	    QUEUED_AS("24T07:01", "A1B2C4", "A1B2C4");
	/* Another server's id, which is one of ours of another time, or of another
	 * Message-ID. */
	static const char chance[] =
	    SMTPD("24T05:00", "A1B2C4", "c[192.0.2.1]")
	    CLEANUP("24T07:00", "A1B2C5", "n@x")
	    SMTPD("24T07:00", "A1B2C3", "c[192.0.2.1]")
	    CLEANUP("24T07:00", "A1B2C3", "m@x")
	    QUEUED_AS("24T07:00", "A1B2C3", "A1B2C4")
	    QUEUED_AS("24T07:00", "A1B2C3", "A1B2C5")
	    AT("24T07:00", "postfix/bounce", "A1B2C3: sender non-delivery "
	    "notification: A1B2C3")
	    AT("24T07:00", "postfix/bounce", "A1B2C3: sender non-delivery "
	    "notification: A1B2C9");
#undef QUEUED_AS

	(void)state;
	TELL("A1B2C4", "A1B2C3+A1B2C4(queued again) remarks 0 to 2;", circle);
	TELL("A1B2C3", "A1B2C3 remarks 2 to 1;", chance);
}

/* Lines of ours that are no longer what they are today, or were cut. */
static void
test_odd(void **state)
{
#define OURS(text) AT("24T07:05", "tdc-milter", "TDC: " text)
	static const char log[] =
	    OURS("MID 1 queue-id A1B2C1 from <a@x> and no more")
	    OURS("MID 1 delivery failed to X: For another reason.")
	    OURS("MID 2 with Message-ID '<m@x>' and no more")
	    OURS("MID 3 queue-id A1B2C3 from <a@x> to <b@y> policy P")
	    OURS("MID 3 RID [0] Response '250 ok");
#undef OURS

	(void)state;
	TELL("1", "A1B2C1 remarks 0 to 0 MID 1:;", log);
	TELL("2", "- remarks 0 to 0 MID 2:;", log);
	TELL("3", "A1B2C3 remarks 0 to 0 MID 3:;", log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_not_joined),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
