/* SPDX-License-Identifier: BSD-2-Clause */
/* row: what stands in a file of rows, and is none */
/* NEEDS: HISTORY */
#include "history/row.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FATE "{\"verdict\":\"delivered\",\"reply\":\"2.0.0 ok\",\"attempts\":1," \
	"\"dcid\":7,\"ended\":1700000000500"

/* an envelope as the spool has it */
static char *envelope;

static int
set_up(void **state)
{
	const char *to = "b@x.example";
	const struct envelope some = { .mid = 12, .intake = "in@take.example",
		.sender = "a@x.example", .recipients = &to,
		.recipient_count = 1, .queue_id = "4Q", .message_id = "<1@x>",
		.client_addr = "", .client_name = "", .helo = "",
		.protocol = "", .gateway = "", .policy = "",
		.accepted = 1700000000000 };
	own(buf) struct buf text = BUF;

	(void)state;
	envelope_format(&some, &text);
	envelope = buf_give(&text);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(envelope);
	return 0;
}

static int
parse(const char *fate, struct arena *arena, struct history_row *out,
    struct err *err)
{
	own(str) char *line = mem_format("%s%s", fate, envelope);

	return row_parse(line, strlen(line), arena, out, err);
}

/* the sums may be missing, or be of another length: then there is none */
static void
test_sums(void **state)
{
	static const struct { const char *fate, *sum; } rows[] = {
		{ FATE ",\"header_sum\":\"" SUM "\"} ", SUM },
		{ FATE "} ", "" },
		{ FATE ",\"header_sum\":\"\"} ", "" },
		{ FATE ",\"header_sum\":\"" SUM "0\"} ", "" },
		{ FATE ",\"header_sum\":7} ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena arena = { 0 };
		struct history_row row;
		struct err err;

		if (parse(rows[i].fate, &arena, &row, &err) == -1)
			fail_msg("row %zu: %s", i, err.text);
		assert_string_equal(row.fate.header_sum, rows[i].sum);
		assert_string_equal(row.fate.fields_sum, "");
		assert_string_equal(row.fate.verdict, "delivered");
		assert_int_equal(row.fate.attempts, 1);
		assert_int_equal(row.fate.ended, 1700000000500);
		assert_int_equal(row.envelope.mid, 12);
		assert_string_equal(row.envelope.recipients[0], "b@x.example");
		arena_drop(&arena);
	}
}

#define WITH(verdict, reply, attempts, dcid, ended) "{\"verdict\":" verdict \
	",\"reply\":" reply ",\"attempts\":" attempts ",\"dcid\":" dcid \
	",\"ended\":" ended "} "

static void
test_none(void **state)
{
	static const char *const fates[] = {
		"", "{", "[] ", "7 ", "{} ",
		WITH("7", "\"\"", "1", "7", "5"),
		WITH("\"x\"", "null", "1", "7", "5"),
		WITH("\"x\"", "\"\\\\u\"", "1", "7", "5"),
		WITH("\"x\"", "\"\"", "\"1\"", "7", "5"),
		WITH("\"x\"", "\"\"", "-1", "7", "5"),
		WITH("\"x\"", "\"\"", "2147483648", "7", "5"),
		WITH("\"x\"", "\"\"", "1", "-7", "5"),
		WITH("\"x\"", "\"\"", "1", "7", "-5"),
		WITH("\"x\"", "\"\"", "1", "7", "5.5"),
		FATE "}", FATE "}\t",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fates) / sizeof(*fates); i++) {
		struct arena arena = { 0 };
		struct history_row row;
		struct err err = { .text = "" };

		if (parse(fates[i], &arena, &row, &err) == 0)
			fail_msg("'%s' was read", fates[i]);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_string_equal(err.text, "no row of a history");
		arena_drop(&arena);
	}
}

/* half of it: the fate, and no envelope */
static void
test_half(void **state)
{
	static const char *const lines[] = { FATE "}", FATE "} ", FATE "} {",
		FATE "} {}" };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct arena arena = { 0 };
		struct history_row row;
		struct err err = { .text = "" };

		assert_int_equal(row_parse(lines[i], strlen(lines[i]), &arena,
		    &row, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_true(*err.text != '\0');
		arena_drop(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums), cmocka_unit_test(test_none),
		cmocka_unit_test(test_half),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
