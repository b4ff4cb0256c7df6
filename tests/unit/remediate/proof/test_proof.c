/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message is the journaled one only if one of our gateways gave it that queue
 * id at that time
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/proof/proof.h"

#include <string.h>

#include "base/mem.h"
#include "history/sums.h"
#include "remediate/proof/message_id.h"
#include "remediate/proof/trace.h"
#include "tests/unit/scratch.h"

#define TIME	INT64_C(1700000000000)	/* Tue, 14 Nov 2023 22:13:20 +0000 */
#define DATE	"; Tue, 14 Nov 2023 22:13:20 +0000"
#define OURS	"Received: from a (a [192.0.2.1]) by gw.example (Postfix) " \
		"with ESMTP id 4Q1"
#define ID	"Message-ID: <1@x>\n"
#define FIELDS	"From: a@x\nDate: today\nTo: b@y\n"

static const struct {
	const char	*header;
	enum proof	 proof;
} rows[] = {
	{ OURS DATE "\n" ID "\n", PROOF_QUEUE_ID },
	/* as Postfix writes it, below what others added later */
	{ "Received: from gw.example by store.example with LMTP id zzz" DATE
	  "\nReturn-Path: <a@x>\nReceived: from a (unknown [192.0.2.1])\r\n"
	  "\t(using TLSv1.3 with cipher X (256/256 bits)\r\n\t key-exchange "
	  "X25519)\r\n\tby gw.example (Postfix) with ESMTPS id 4Q1\r\n"
	  "\tfor <b@y>; Tue, 14 Nov 2023 23:13:20 +0100 (CET)\r\n" ID "\n",
	  PROOF_QUEUE_ID },
	{ "Received: by GW.Example. (Postfix, from userid 0)\n id 4Q1" DATE
	  "\n" ID, PROOF_QUEUE_ID },
	{ "Received: by gw2.example id 4Q2" DATE "\n" ID, PROOF_QUEUE_ID },
	/* an id that is nearly that */
	{ OURS "0" DATE "\n" ID, PROOF_OTHER },
	{ "Received: by gw.example id 4q1" DATE "\n" ID, PROOF_OTHER },
	{ "Received: by gw.example id 4Q" DATE "\n" ID, PROOF_OTHER },
	/* another time */
	{ OURS "; Tue, 14 Nov 2023 20:13:19 +0000\n" ID, PROOF_OTHER },
	{ OURS "; Wed, 15 Nov 2023 00:13:21 +0000\n" ID, PROOF_OTHER },
	{ OURS "; Tue, 14 Nov 2023 20:13:20 +0000\n" ID, PROOF_QUEUE_ID },
	{ OURS "; yesterday\n" ID, PROOF_OTHER },
	{ OURS "\n" ID, PROOF_OTHER },
	/* not ours */
	{ "Received: by gw.example.com id 4Q1" DATE "\n" ID, PROOF_NONE },
	{ "X-Received: by gw.example id 4Q1" DATE "\n" ID, PROOF_NONE },
	{ ID "\nReceived: by gw.example id 4Q1" DATE "\n", PROOF_NONE },
	/* what a client says of itself */
	{ "Received: from by gw.example id 4Q1 (x [192.0.2.1])\n"
	  "\tby mx.other.example (Postfix) with SMTP id 4R" DATE "\n" ID,
	  PROOF_NONE },
	{ "Received: from x (by gw.example id 4Q1) by mx.other.example id 4R"
	  DATE "\n" ID, PROOF_NONE },
	{ "Received: from x by mx.other.example id 4R for "
	  "<\"a by gw.example id 4Q1\"@y>" DATE "\n" ID, PROOF_NONE },
	{ "Received: from x by mx.other.example id 4R for "
	  "<a by gw.example id 4Q1>" DATE "\n" ID, PROOF_NONE },
	{ "Received: from x (a\\) by gw.example id 4Q1 (b) c) by mx.o id 4R"
	  DATE "\n" ID, PROOF_NONE },
	{ "Received: by gw.example with SMTP; id 4Q1" DATE "\n" ID,
	  PROOF_QUEUE_ID },
	/* whatever Message-IDs it has */
	{ OURS DATE "\n\n", PROOF_QUEUE_ID },
	{ OURS DATE "\n" ID ID, PROOF_QUEUE_ID },
	{ OURS DATE "\nMessage-ID: <1@X>\n", PROOF_QUEUE_ID },
	{ OURS DATE "\nMessage-ID: <1@x> <2@x>\n", PROOF_QUEUE_ID },
	{ OURS DATE "\nMessage-Id:\n\t<1@x>\n", PROOF_QUEUE_ID },
	{ OURS DATE "\nMessage-ID:\n", PROOF_QUEUE_ID },
	/* a field of ours that is forged neither protects ... */
	{ "Received: by gw.example id 4Q0" DATE "\n" OURS DATE "\n" ID ID,
	  PROOF_QUEUE_ID },
	{ OURS DATE "\nReceived: by gw.example id 4Q0" DATE "\n" ID,
	  PROOF_QUEUE_ID },
	/* ... nor, with an id that it cannot know, condemns */
	{ "Received: by gw.example id 4Q0" DATE "\n" FIELDS ID ID,
	  PROOF_OTHER },
	/* known by another Message-ID: it must show that one */
	{ "Received: by gw.example id 4Q3" DATE "\n" ID, PROOF_QUEUE_ID },
	{ "Received: by gw.example id 4Q3" DATE "\nMessage-ID: <3@x>\n" ID,
	  PROOF_QUEUE_ID },
	{ "Received: by gw.example id 4Q3" DATE "\n" ID "Message-ID: <3@x>\n",
	  PROOF_QUEUE_ID },
	{ "Received: by gw.example id 4Q3" DATE "\nMessage-ID: <3@x>\n",
	  PROOF_IDS },
	{ "Received: by gw.example id 4Q3" DATE "\nMessage-ID: <3@x>\n"
	  "Message-ID: <4@x>\n", PROOF_IDS },
	{ "Received: by gw.example id 4Q3" DATE "\nMessage-ID: <3@x>\n"
	  OURS DATE "\n", PROOF_QUEUE_ID },
	{ "Received: by gw.example id 4Q3" DATE "\nMessage-ID: <3@x>\n"
	  FIELDS, PROOF_IDS },
	/* the same fields, and what may be older is not it */
	{ FIELDS ID, PROOF_FIELDS },
	{ "Received: by store.example id 9" DATE "\n" FIELDS ID,
	  PROOF_FIELDS },
	{ "Received: by store.example id 9; Tue, 14 Nov 2023 22:11:00 +0000\n"
	  FIELDS ID, PROOF_NONE },
	{ "Received: by store.example id 9\n" FIELDS ID, PROOF_NONE },
	{ OURS "9" DATE "\n" FIELDS ID, PROOF_OTHER },
	{ "From: c@x\nDate: today\nTo: b@y\n" ID, PROOF_NONE },
	/* for that it must have exactly that Message-ID */
	{ FIELDS ID ID, PROOF_NONE },
	{ FIELDS, PROOF_NONE },
};

static char *
copies(void)
{
	struct buf out = BUF;
	static const char fields[] = FIELDS ID;
	char sum[HISTORY_SUM];
	struct proof_copy copy = { "4Q1", TIME, sum, false };

	sums_fields(fields, strlen(fields), sum);
	proof_add(&copy, &out);
	copy = (struct proof_copy){ "4Q2", TIME, "", false };
	proof_add(&copy, &out);
	copy = (struct proof_copy){ "4Q3", TIME, sum, true };
	proof_add(&copy, &out);
	copy.queue_id = "";		/* proves nothing */
	proof_add(&copy, &out);
	return buf_give(&out);
}

static enum proof
judge(const char *header, const char *list, int64_t received)
{
	const struct proof_candidate candidate = { .header = header,
		.size = strlen(header), .message_id = "<1@x>",
		.received = received };

	return proof_of(&candidate, list, "gw.example, gw2.example");
}

static void
test_rows(void **state)
{
	own(str) char *list = copies();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (judge(rows[i].header, list, TIME) != rows[i].proof)
			fail_msg("row %zu: %s\n%s", i, proof_word(judge(
			    rows[i].header, list, TIME)), rows[i].header);
}

/* the sum is a proof only for what came at that time */
static void
test_arrival(void **state)
{
	own(str) char *list = copies();
	static const struct { int64_t received; enum proof proof; } at[] = {
		{ 0, PROOF_NONE }, { TIME - PROOF_SKEW, PROOF_FIELDS },
		{ TIME - PROOF_SKEW - 1, PROOF_NONE },
		{ TIME + PROOF_ARRIVAL, PROOF_FIELDS },
		{ TIME + PROOF_ARRIVAL + 1, PROOF_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		assert_int_equal(judge(FIELDS ID, list, at[i].received),
		    at[i].proof);
}

/* the API names none: one of ours with a good one has several, or is not it */
static void
test_named_by_none(void **state)
{
	static const struct { const char *ids; enum proof proof; } shown[] = {
		{ "", PROOF_IDS }, { "Message-ID: <3@x>\n", PROOF_IDS },
		{ "Message-ID: \n", PROOF_IDS },
		{ "Message-ID: <3@x>\nMessage-ID: <4@x>\n", PROOF_QUEUE_ID },
	};
	own(str) char *list = copies();

	(void)state;
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		own(str) char *header = mem_format(
		    "Received: by gw.example id 4Q3" DATE "\n%s" FIELDS,
		    shown[i].ids);
		const struct proof_candidate candidate = { .header = header,
			.size = strlen(header), .message_id = "",
			.received = TIME };

		assert_int_equal(proof_of(&candidate, list, "gw.example"),
		    shown[i].proof);
	}
}

static void
test_no_copies(void **state)
{
	static const char *const lists[] = { "", "\n", "4Q1", "4Q1 x -\n",
		" 1 -\n", "4Q1 -1 -\n", "4Q1 99999999999999999999 -\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		assert_int_equal(judge(OURS DATE "\n" ID, lists[i], TIME),
		    PROOF_OTHER);
}

/* a NUL hides nothing */
static void
test_nul(void **state)
{
	static const char header[] = "Received: by gw.example id 4Q1" DATE
	    "\0 x\n" ID;
	own(str) char *list = copies();
	const struct proof_candidate candidate = { .header = header,
		.size = sizeof(header) - 1, .message_id = "<1@x>" };

	(void)state;
	assert_int_equal(proof_of(&candidate, list, "gw.example"),
	    PROOF_OTHER);
}

static void
test_received(void **state)
{
	static const struct { const char *value, *by, *id; int64_t time; }
	    values[] = {
		{ "by a id b" DATE, "a", "b", TIME },
		{ "BY a ID b; 14 Nov 2023 17:13:20 -0500", "a", "b", TIME },
		{ "by a id b; by c" DATE, "c", "", TIME },
		{ "by a; id b" DATE, "a", "b", TIME },
		{ "id z by a" DATE, "a", "", TIME },
		{ "", "", "", 0 }, { "by", "", "", 0 }, { ";", "", "", 0 },
		{ "by a id", "a", "", 0 }, { "(((", "", "", 0 },
		{ DATE, "", "", TIME }, { "by" DATE, "", "", TIME },
		{ "by a\tid\rb\n" DATE, "a", "b", TIME },
		{ "by \"a\\", "\"a\\", "", 0 }, { "by a(x\\", "a", "", 0 },
		{ "by a(x)id b" DATE, "a", "b", TIME },
		{ "by \"a b\" id <c;d>" DATE, "\"a b\"", "<c;d>", TIME },
		{ "by a id b; Tue, 14 Nov 2023 22:13:20 +0000 x", "a", "b", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		own(buf) struct buf by = BUF, id = BUF;
		struct trace_field received = { &by, &id, -1 };
		bool whole = trace_parse(values[i].value, &received);

		assert_string_equal(by.data, values[i].by);
		assert_string_equal(id.data, values[i].id);
		assert_int_equal(received.time, values[i].time);
		assert_int_equal(whole, by.len > 0 && id.len > 0 &&
		    values[i].time != 0);
	}
}

static void
test_message_id(void **state)
{
	static const char *const good[] = { "<1@x>", "<*>", "<\">",
		"<(x)%\\'@y>" };
	static const char *const bad[] = { "", "<", "<>", ">", "1@x", "<1@x",
		"< >", "<a b@c>", "<1@x> ", "<a\n@x>", "<a\r@x>", "<a\t@x>", "<\x7f@x>",
		"<\xc3\xa4@x>", "<a@x><b@x>", "<a@x> <b@x>",
		"<a>b>", "<a<b>" };
	char longest[MESSAGE_ID_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_null(message_id_fault(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(message_id_fault(bad[i]));
	memset(longest, 'a', sizeof(longest));
	longest[0] = '<';
	longest[MESSAGE_ID_MAX] = '\0';
	longest[MESSAGE_ID_MAX - 1] = '>';
	assert_null(message_id_fault(longest));
	longest[MESSAGE_ID_MAX - 1] = 'a';
	longest[MESSAGE_ID_MAX] = '>';
	longest[MESSAGE_ID_MAX + 1] = '\0';
	assert_non_null(message_id_fault(longest));
}

/* Whatever comes of it has words. */
static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(proof_word(PROOF_QUEUE_ID), "queue id");
	assert_string_equal(proof_word(PROOF_FIELDS), "header sum");
	assert_non_null(strstr(proof_word(PROOF_NONE), "nothing in its header"));
	assert_non_null(strstr(proof_word(PROOF_OTHER), "another message"));
	assert_non_null(strstr(proof_word(PROOF_IDS), "another Message-ID"));
	assert_string_equal(proof_word((enum proof)9), "");
}

/* What would not be a line of its own is none; before 1970 is not told. */
static void
test_add(void **state)
{
	static const struct proof_copy none[] = { { "", TIME, "", false },
		{ "4Q 1", TIME, "", false }, { "4Q1\n", TIME, "", false } };
	static const struct proof_copy early = { "4Q1", -1, "", true };
	own(buf) struct buf out = BUF;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		proof_add(&none[i], &out);
	assert_int_equal(out.len, 0);
	proof_add(&early, &out);
	assert_string_equal(out.data, "4Q1 0 - another-id\n");
}

/* Which gateways are ours, however they are told apart. */
static void
test_gateways(void **state)
{
	static const struct { const char *names; enum proof proof; } lists[] = {
		{ "gw.example", PROOF_QUEUE_ID }, { "GW.EXAMPLE", PROOF_QUEUE_ID },
		{ ",, gw.example\t", PROOF_QUEUE_ID },
		{ "mx.example,gw.example", PROOF_QUEUE_ID },
		{ "", PROOF_NONE }, { " ,\t", PROOF_NONE },
		{ "gw.exampl", PROOF_NONE }, { "gx.example", PROOF_NONE },
	};
	static const char header[] = OURS DATE "\n" ID;
	const struct proof_candidate candidate = { .header = header,
		.size = sizeof(header) - 1, .message_id = "<1@x>",
		.received = TIME };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (proof_of(&candidate, "4Q1 1700000000000 -", lists[i].names)
		    != lists[i].proof)
			fail_msg("'%s'", lists[i].names);
	/* the mark of another line, and what is none */
	assert_int_equal(proof_of(&candidate, "4Q1 1700000000000 - another-xx\n",
	    "gw.example"), PROOF_QUEUE_ID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_arrival),
		cmocka_unit_test(test_no_copies), cmocka_unit_test(test_nul),
		cmocka_unit_test(test_named_by_none),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_message_id),
		cmocka_unit_test(test_words), cmocka_unit_test(test_add),
		cmocka_unit_test(test_gateways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
