/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which journaled message the API means, by its Message-ID or by all the rest
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/proof/fit.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define TIME	INT64_C(1700000000000)
#define HOUR	INT64_C(3600000)

static const char *const bob[] = { "Bob@corp.example" };
static const char *const ann[] = { "ann@corp.example" };

/* A good row is made of what is not told; those with a MID are there. */
#define ROW	.mid = 1

static void
fill(struct join_row *row)
{
	if (row->queue_id == NULL)
		row->queue_id = "4Q1";
	if (row->client == NULL)
		row->client = "192.0.2.1";
	if (row->message_id == NULL)
		row->message_id = "";
	if (row->sender == NULL)
		row->sender = "a@x.example";
	if (row->accepted == 0)
		row->accepted = TIME;
	if (row->ended == 0)
		row->ended = TIME;
	if (row->recipients == NULL)
		row->recipients = bob;
	row->recipient_count = 1;
	row->fields_sum = "";
}

static const struct {
	const char	*name;
	const char	*message_id, *return_path, *client;
	struct join_row	 rows[3];
	enum fit	 fit;
	const char	*queue_id;	/* of the first that is it */
	bool		 another_id, more;
} cases[] = {
	{ .name = "nothing", .message_id = "<1@x>", .fit = FIT_NONE },
	{ .name = "nothing, without a name", .fit = FIT_NAMELESS },
	{ .name = "by its Message-ID", .message_id = "<1@x>",
	  .rows = { { ROW, .message_id = "<1@x>", .client = "192.0.2.9" } },
	  .fit = FIT_BY_ID, .queue_id = "4Q1" },
	{ .name = "... that is no good one", .message_id = "*",
	  .rows = { { ROW, .message_id = "*" } },
	  .fit = FIT_BY_ID, .queue_id = "4Q1" },
	{ .name = "... and not by others", .message_id = "<1@x>",
	  .rows = { { ROW, .message_id = "<2@x>", .queue_id = "4Q2" },
		{ ROW, .message_id = "<1@x>" } },
	  .fit = FIT_BY_ID, .queue_id = "4Q1" },
	{ .name = "case matters", .message_id = "<1@X>",
	  .rows = { { ROW, .message_id = "<1@x>", .sender = "" } },
	  .fit = FIT_NONE },
	/* without one */
	{ .name = "none at all", .rows = { { ROW } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "8 bits, which come as another character",
	  .message_id = "<\xef\xbf\xbd@x>",
	  .rows = { { ROW, .message_id = "<\xe4@x>" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "its return path", .return_path = "<B@y.example>",
	  .rows = { { ROW, .sender = "b@y.example" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "the null sender", .return_path = "<>",
	  .rows = { { ROW, .sender = "" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "... which nobody told", .rows = { { ROW, .sender = "" } },
	  .fit = FIT_NAMELESS },
	{ .name = "another sender", .rows = { { ROW, .sender = "c@x.example" } },
	  .fit = FIT_NAMELESS },
	{ .name = "another client", .client = "192.0.2.2", .rows = { { ROW } },
	  .fit = FIT_NAMELESS },
	{ .name = "no client is told", .client = "", .rows = { { ROW } },
	  .fit = FIT_NAMELESS },
	{ .name = "nor known", .client = "", .rows = { { ROW, .client = "" } },
	  .fit = FIT_NAMELESS },
	{ .name = "another recipient", .rows = { { ROW, .recipients = ann } },
	  .fit = FIT_NAMELESS },
	{ .name = "the end of its time",
	  .rows = { { ROW, .accepted = TIME - FIT_NEAR, .ended = 1 } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "... is over",
	  .rows = { { ROW, .accepted = TIME - FIT_NEAR - 1, .ended = 1 } },
	  .fit = FIT_NAMELESS },
	{ .name = "... nor has it begun",
	  .rows = { { ROW, .accepted = TIME + FIT_NEAR + 1,
		.ended = TIME + FIT_NEAR + 1 } },
	  .fit = FIT_NAMELESS },
	{ .name = "it waited for its intake",
	  .rows = { { ROW, .accepted = TIME - HOUR } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "two copies of one", .rows = { { ROW }, { .mid = 2 } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1" },
	{ .name = "two", .rows = { { ROW }, { ROW, .queue_id = "4Q2" } },
	  .fit = FIT_SEVERAL },
	{ .name = "... at least", .rows = { { ROW } }, .more = true,
	  .fit = FIT_SEVERAL },
	{ .name = "... of which one has a good Message-ID",
	  .rows = { { ROW }, { ROW, .queue_id = "4Q2",
		.message_id = "<2@x>" } },
	  .fit = FIT_SEVERAL },
	{ .name = "no queue id, no proof", .rows = { { ROW, .queue_id = "" } },
	  .fit = FIT_NAMELESS },
	/* the first of two is journaled, and the API has the second */
	{ .name = "another one", .message_id = "<2@x>",
	  .rows = { { ROW, .message_id = "<1@x>" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1", .another_id = true },
	{ .name = "... or none", .rows = { { ROW, .message_id = "<1@x>" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q1", .another_id = true },
	{ .name = "... which is that of a good one of another client",
	  .message_id = "<2@x>",
	  .rows = { { ROW, .message_id = "<2@x>", .client = "192.0.2.2" },
		{ ROW, .message_id = "<1@x>", .queue_id = "4Q2" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q2", .another_id = true },
	{ .name = "... of another time", .message_id = "<2@x>",
	  .rows = { { ROW, .message_id = "<2@x>", .accepted = TIME - HOUR,
		.ended = TIME - HOUR },
		{ ROW, .message_id = "<1@x>", .queue_id = "4Q2" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q2", .another_id = true },
	{ .name = "... of another sender", .message_id = "<2@x>",
	  .rows = { { ROW, .message_id = "<2@x>", .sender = "c@z.example" },
		{ ROW, .message_id = "<1@x>", .queue_id = "4Q2" } },
	  .fit = FIT_BY_FACTS, .queue_id = "4Q2", .another_id = true },
	{ .name = "... and the sender of the bad one is not told",
	  .message_id = "<2@x>",
	  .rows = { { ROW, .message_id = "<2@x>", .accepted = TIME - HOUR,
		.ended = TIME - HOUR },
		{ ROW, .message_id = "<1@x>", .queue_id = "4Q2",
		.sender = "c@z.example" } },
	  .fit = FIT_DOUBT },
	{ .name = "a time of its own alone is no doubt", .message_id = "<2@x>",
	  .rows = { { ROW, .message_id = "<2@x>", .accepted = TIME - HOUR,
		.ended = TIME - HOUR } },
	  .fit = FIT_BY_ID, .queue_id = "4Q1" },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct state_message message = { .id = "1",
			.message_id = cases[i].message_id != NULL ?
			    cases[i].message_id : "",
			.timestamp = TIME, .sender = "a@x.example",
			.client = cases[i].client != NULL ? cases[i].client :
			    "::ffff:192.0.2.1",
			.mailboxes = "eve@corp.example\nbob@corp.example\n" };
		struct join_row rows[3];
		struct fit_facts facts = { .message = &message, .rows = rows,
			.return_path = cases[i].return_path != NULL ?
			    cases[i].return_path : "", .more = cases[i].more };
		enum fit fit;

		memcpy(rows, cases[i].rows, sizeof(rows));
		while (facts.count < 3 && rows[facts.count].mid != 0)
			fill(&rows[facts.count++]);
		fit = fit_choose(&facts);
		if (fit != cases[i].fit || fit_is(fit) != (facts.count > 0))
			fail_msg("%s: %s, %zu", cases[i].name, fit_word(fit),
			    facts.count);
		if (!fit_is(fit))
			continue;
		assert_string_equal(rows[0].queue_id, cases[i].queue_id);
		assert_int_equal(rows[0].another_id, cases[i].another_id);
	}
}

/* What is no fit says why, and what is says by what. */
static void
test_words(void **state)
{
	static const struct { enum fit fit; const char *word; } words[] = {
		{ FIT_NONE, "this gateway did not journal it" },
		{ FIT_NAMELESS, "it has no Message-ID that could" },
		{ FIT_SEVERAL, "more than one message" },
		{ FIT_DOUBT, "what this gateway journaled with its Message-ID" },
		{ FIT_BY_ID, "Message-ID" },
		{ FIT_BY_FACTS, "client, recipient, sender and time" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		assert_int_equal(strncmp(fit_word(words[i].fit), words[i].word,
		    strlen(words[i].word)), 0);
	assert_string_equal(fit_word((enum fit)9), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
