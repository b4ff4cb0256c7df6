/* SPDX-License-Identifier: BSD-2-Clause */
/* test_again - what the policy of today says of messages of the past, also of
 * those whose header decided */
#include <string.h>

#include "control/policy/policy_again.h"
#include "tests/unit/policy/policy_fixture.h"

static struct buf heard = BUF;

static void
hear(void *arg, const struct again_answer *answer)
{
	(void)arg;
	buf_format(&heard, "<%s> %s by %s: %d\n", answer->recipient->address,
	    answer->intake != NULL ? answer->intake : "-",
	    answer->by != NULL ? answer->by : "-", answer->difference);
}

static void
hear_line(void *arg, const char *text)
{
	(void)arg;
	buf_texts(&heard, text, "\n");
}

static const struct past_recipient had = { .address = "r@corp.example",
	.intake = "j@intake.example", .policy = "default", .mid = 7 };
static const struct past_recipient had_not = { .address = "r@corp.example" };

/* same_but - what was heard, with % for the directory */
static void
same_but(const char *dir, const char *wanted, const char *what)
{
	own(buf) struct buf got = BUF;
	size_t n = strlen(dir);

	for (const char *at = heard.data; *at != '\0';)
		if (strncmp(at, dir, n) == 0) {
			buf_byte(&got, '%');
			at += n;
		} else {
			buf_byte(&got, *at++);
		}
	same(got.data, wanted, what);
}

/* One message, and what the lines of a tdc.cf make of it. */
struct past {
	const char	*lines;
	const struct past_recipient *to;
	const char	*client;
	enum skip	 skipped;
	const char	*wanted;
};

static void
ask(struct fixture *fixture, const struct past *past)
{
	own(str) char *lines = mem_format("intake_address = j@intake.example\n"
	    "default_policy = DEFAULT\ninternal_networks = 10.0.0.0/8\n%s",
	    past->lines);
	const struct past_message message = { .queue_id = "4Q", .message_id = "",
		.sender = "s@client.example", .client = { .address = past->client,
		.name = "mx.client.example", .helo = "" }, .size = 1000,
		.skipped = past->skipped, .recipients = past->to, .count = 1 };
	struct again *again;
	struct err err;

	configure(fixture, lines);
	if (again_load(&fixture->conf, &again, &err) == -1)
		fail_msg("%s", err.text);
	buf_cut(&heard, 0);
	again_ask(again, &message, hear, NULL);
	again_free(again);
	conf_drop(&fixture->conf);
	same_but(fixture->dir, past->wanted, past->lines);
}

#define OUTSIDE "192.0.2.1"
#define RELAYS "trusted_relays = 198.51.100.0/24\n"
#define RELAY "198.51.100.1"
#define JOURNALED "<r@corp.example> j@intake.example by default_policy (%/tdc.cf:2)"
#define NO_COPY "<r@corp.example> - by "

static void
write_checks(const struct fixture *fixture)
{
	free(scratch_file(fixture->dir, "h", "/^X-Spam: yes/ NO\n"));
}

/* What a header said is not known: it decides again while that is still set, and
 * no longer. */
static void
by_header(void **state)
{
	static const struct past rows[] = {
		{ "", &had_not, OUTSIDE, SKIP_NOT,
		    JOURNALED ": 3\n" },
		{ "unclean_header_checks = regexp:%/h\n", &had_not, OUTSIDE,
		    SKIP_UNCLEAN,
		    NO_COPY "unclean_header_checks (%/tdc.cf:4): 0\n" },
		{ "", &had_not, OUTSIDE, SKIP_UNCLEAN,
		    JOURNALED ": 3\n" },
		{ "journal_reports = skip\n", &had_not, OUTSIDE, SKIP_REPORT,
		    NO_COPY "journal_reports (%/tdc.cf:4): 0\n" },
		{ "", &had_not, OUTSIDE, SKIP_REPORT,
		    JOURNALED ": 3\n" },
		{ "skip_daemon_names = filtered\n", &had_not, OUTSIDE, SKIP_DAEMON,
		    NO_COPY "skip_daemon_names (%/tdc.cf:4): 0\n" },
		{ "", &had_not, OUTSIDE, SKIP_DAEMON,
		    JOURNALED ": 3\n" },
		{ RELAYS, &had_not, RELAY, SKIP_INTERNAL,
		    NO_COPY "internal_networks (%/tdc.cf:3): 0\n" },
		{ RELAYS, &had_not, OUTSIDE, SKIP_INTERNAL,
		    JOURNALED ": 3\n" },
		{ RELAYS "directions = all\n", &had_not, RELAY, SKIP_INTERNAL,
		    JOURNALED ": 3\n" },
		{ "", &had_not, "", SKIP_INTERNAL,
		    NO_COPY "internal_networks (%/tdc.cf:3): 0\n" },
	};

	write_checks(*state);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ask(*state, &rows[i]);
}

/* The row that decides is named, and what is not what it was. */
static void
by_row(void **state)
{
	static const struct past_recipient intake = { .address =
		"j@intake.example" };
	static const struct past rows[] = {
		{ "max_message_size = 999\n", &had, OUTSIDE, SKIP_NOT,
		    NO_COPY "max_message_size (%/tdc.cf:4): 2\n" },
		{ "max_message_size = 1000\n", &had, OUTSIDE, SKIP_NOT,
		    JOURNALED ": 0\n" },
		{ "", &intake, OUTSIDE, SKIP_NOT,
		    "<j@intake.example> - by itself an intake address: 0\n" },
		{ "policy_maps = check_sender static:k@intake.example\n", &had,
		    OUTSIDE, SKIP_NOT,
		    "<r@corp.example> k@intake.example by check_sender "
		    "static:k@intake.example, key s@client.example: 1\n" },
		{ "policy_maps = check_recipient inline:{corp.example=NO}\n", &had,
		    OUTSIDE, SKIP_NOT,
		    NO_COPY "check_recipient inline:{corp.example=NO}, key "
		    "corp.example: 2\n" },
		{ "", &had, "10.1.2.3", SKIP_NOT,
		    NO_COPY "internal_networks (%/tdc.cf:3): 2\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ask(*state, &rows[i]);
}

/* Whatever no log and no history tells is said to be taken for granted. */
static void
assumed(void **state)
{
	struct fixture *fixture = *state;
	struct again *again;
	struct err err;

	configure(fixture, "intake_address = j@intake.example\n" RELAYS
	    "skip_daemon_names = filtered\njournal_reports = skip\n"
	    "unclean_header_checks = regexp:%/h\n"
	    "policy_maps = check_sender static:NO, check_helo inline:{a.b=NO}\n");
	write_checks(fixture);
	if (again_load(&fixture->conf, &again, &err) == -1)
		fail_msg("%s", err.text);
	buf_cut(&heard, 0);
	again_assumed(again, hear_line, NULL);
	again_free(again);
	conf_drop(&fixture->conf);
	same_but(fixture->dir, "the client gave no HELO name\n"
	    "the daemon is none of skip_daemon_names\n"
	    "the client before a trusted relay is unknown, and outside "
	    "internal_networks\nthe header is clean\n"
	    "the message is no journal report\n", "assumed");
}

/* A policy that cannot be loaded answers nothing. */
static void
no_policy(void **state)
{
	struct fixture *fixture = *state;
	struct again *again = NULL;
	struct err err;

	configure(fixture, "policy_maps = check_sender texthash:%/none\n"
	    "intake_address = j@intake.example\n");
	assert_int_equal(again_load(&fixture->conf, &again, &err), -1);
	assert_non_null(strstr(err.text, "/none: No such file"));
	assert_null(again);
	conf_drop(&fixture->conf);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_header, setup, teardown),
		cmocka_unit_test_setup_teardown(by_row, setup, teardown),
		cmocka_unit_test_setup_teardown(assumed, setup, teardown),
		cmocka_unit_test_setup_teardown(no_policy, setup, teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_drop(&heard);
	return failed;
}
