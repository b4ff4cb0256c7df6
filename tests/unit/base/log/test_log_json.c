/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of the log as JSON: each argument has a name, and any bytes pass */
#include "base/log/log_json.h"

#include <jansson.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static json_t *
render(enum log_event event, const char *text, ...)
{
	const struct log_line line = { &log_rows[event], "tdc-test",
	    1795680000123, text };
	own(buf) struct buf out = BUF;
	json_error_t error;
	json_t *object;
	va_list args;

	va_start(args, text);
	log_json(&line, args, &out);
	va_end(args);
	assert_true(out.len < LOG_JSON_MAX);
	assert_null(strchr(out.data, '\n'));
	object = json_loadb(out.data, out.len, 0, &error);
	if (object == NULL)
		fail_msg("%s: %s", error.text, out.data);
	return object;
}

static void
assert_text(const json_t *object, const char *key, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, key));

	assert_non_null(text);
	assert_string_equal(text, wanted);
}

static void
assert_number(const json_t *object, const char *key, json_int_t wanted)
{
	const json_t *number = json_object_get(object, key);

	assert_true(json_is_integer(number));
	assert_int_equal(json_integer_value(number), wanted);
}

/* words - of a list of fields; none of them twice, or one of ours */
static size_t
words(const struct log_row *row)
{
	own(str) char *list = mem_text(row->fields), *seen = mem_text(" ");
	char *rest = list, *word;
	size_t n = 0;

	if (*row->fields == '\0')
		return 0;
	while ((word = strsep(&rest, " ")) != NULL) {
		own(str) char *key = mem_format(" %s ", word);
		char *more = mem_format("%s%s ", seen, word);

		if (*word == '\0' || strstr(seen, key) != NULL ||
		    strstr(" time level program event text more_recipients "
		    "count pid ", key) != NULL)
			fail_msg("%s: '%s' in \"%s\"", row->name, word,
			    row->fields);
		free(seen);
		seen = more;
		n++;
	}
	return n;
}

/* conversions - and that they are such as log_json() reads */
static size_t
conversions(const struct log_row *row)
{
	static const char *const known[] = { "s", "u", "d", "zu", "llu" };
	size_t n = 0;

	for (const char *at = row->format; (at = strchr(at, '%')) != NULL; n++) {
		bool found = false;

		at++;
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			found = found ||
			    strncmp(at, known[i], strlen(known[i])) == 0;
		if (!found)
			fail_msg("%s: %%%.4s", row->name, at);
	}
	return n;
}

static void
test_every_argument_has_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < LOG_EVENTS; i++) {
		const struct log_row *row = &log_rows[i];

		if (words(row) != conversions(row))
			fail_msg("%s: \"%s\" for \"%s\"", row->name,
			    row->fields, row->format);
		assert_true(words(row) <= LOG_FIELDS_MAX);
	}
}

static void
test_object(void **state)
{
	json_t *object = render(LOG_connected, "the line", 7ULL, "127.0.0.1",
	    "192.0.2.1", 25U);

	(void)state;
	assert_number(object, "dcid", 7);
	assert_text(object, "interface", "127.0.0.1");
	assert_text(object, "address", "192.0.2.1");
	assert_number(object, "port", 25);
	assert_text(object, "event", "connected");
	assert_text(object, "level", "info");
	assert_text(object, "program", "tdc-test");
	assert_text(object, "text", "the line");
	assert_true(json_real_value(json_object_get(object, "time")) ==
	    1795680000.123);
	assert_int_equal(json_object_size(object), 9);
	json_decref(object);
}

/* What escape() did to a text is undone, and json_text.h keeps its bytes. */
static void
test_bytes(void **state)
{
	static const struct { const char *bytes, *wanted; } rows[] = {
		{ "plain", "plain" },
		{ "it's <so>", "it's <so>" },
		{ "a\\b", "a\\\\b" },
		{ "\\x41", "\\\\x41" },
		{ "J\xc3\xbcrgen", "J\xc3\xbcrgen" },
		{ "bad \xff\xc3", "bad \\xff\\xc3" },
		{ "a\r\n\x1b[2J", "a\r\n\x1b[2J" },
		{ "\xc2\x9b", "\xc2\x9b" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = ESCAPE_INSIDE(rows[i].bytes, '\'');
		json_t *object = render(LOG_response, text, 1ULL, text);

		assert_text(object, "reply", rows[i].wanted);
		assert_text(object, "text", text);
		json_decref(object);
	}
}

static void
test_recipients(void **state)
{
	static const struct {
		const char	*list;
		const char	*wanted[3];
		json_int_t	 more;
	} rows[] = {
		{ "<a@x>", { "a@x" }, 0 },
		{ "<a@x>,<\"b,\\>c\"@y>,<d>", { "a@x", "\"b,>c\"@y", "d" }, 0 },
		{ "<a>,<b> and 12 more", { "a", "b" }, 12 },
		{ "<>", { "" }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		json_t *object = render(LOG_origin, "", 1ULL, "q", "s",
		    rows[i].list, "p", 2ULL);
		json_t *list = json_object_get(object, "recipients");
		size_t n = 0;

		for (; n < 3 && rows[i].wanted[n] != NULL; n++)
			assert_string_equal(json_string_value(
			    json_array_get(list, n)), rows[i].wanted[n]);
		assert_int_equal(json_array_size(list), n);
		if (rows[i].more > 0)
			assert_number(object, "more_recipients", rows[i].more);
		else
			assert_null(json_object_get(object, "more_recipients"));
		assert_text(object, "policy", "p");
		assert_number(object, "size", 2);
		json_decref(object);
	}
}

/* As long as can be: texts without end, of bytes that take six each. */
static void
test_longest(void **state)
{
	char *text = mem_new(100000);
	json_t *object;
	const char *cut;

	(void)state;
	memset(text, '\x01', 99999);
	object = render(LOG_connection_error, "", 1ULL, text, 25U, text, text,
	    text);
	cut = json_string_value(json_object_get(object, "reason"));
	assert_int_equal(strlen(cut), 1003);
	assert_string_equal(cut + 1000, "...");
	json_decref(object);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_argument_has_a_name),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
