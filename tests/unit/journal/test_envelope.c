/* SPDX-License-Identifier: BSD-2-Clause */
/* the envelope as a line of JSON */
#include "journal/envelope.h"

#include <jansson.h>
#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "tests/unit/journal/envelope_line.h"

static void
test_format(void **state)
{
	own(buf) struct buf line = BUF;

	(void)state;
	buf_text(&line, "before");
	envelope_format(&usual, &line);
	assert_string_equal(line.data + strlen("before"), usual_line);
}

static void
assert_same(const struct envelope *a, const struct envelope *b)
{
	assert_int_equal(a->mid, b->mid);
	assert_string_equal(a->intake, b->intake);
	assert_string_equal(a->sender, b->sender);
	assert_int_equal(a->recipient_count, b->recipient_count);
	for (size_t i = 0; i < a->recipient_count; i++)
		assert_string_equal(a->recipients[i], b->recipients[i]);
	assert_string_equal(a->queue_id, b->queue_id);
	assert_string_equal(a->message_id, b->message_id);
	assert_string_equal(a->client_addr, b->client_addr);
	assert_string_equal(a->client_name, b->client_name);
	assert_string_equal(a->helo, b->helo);
	assert_string_equal(a->protocol, b->protocol);
	assert_string_equal(a->gateway, b->gateway);
	assert_string_equal(a->policy, b->policy);
	assert_int_equal(a->accepted, b->accepted);
	assert_int_equal(a->length, b->length);
	assert_int_equal(a->header_length, b->header_length);
	assert_int_equal(a->longest_line, b->longest_line);
	assert_int_equal(a->eight_bit, b->eight_bit);
	assert_int_equal(a->smtputf8, b->smtputf8);
	assert_int_equal(a->binary, b->binary);
	assert_int_equal(a->booted, b->booted);
	assert_int_equal(a->outgoing, b->outgoing);
}

/* as_jansson - is the line what jansson would have written? */
static bool
as_jansson(const struct buf *line)
{
	json_t *json = json_loadb(line->data, line->len, 0, NULL);
	own(str) char *again = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return again != NULL && strcmp(again, line->data) == 0;
}

/* there_and_back - and it is one line of UTF-8 meanwhile */
static void
there_and_back(const struct envelope *envelope)
{
	own(buf) struct buf line = BUF;
	struct arena arena = { 0 };
	struct envelope back;
	struct err err;

	envelope_format(envelope, &line);
	assert_null(strchr(line.data, '\n'));
	assert_true(utf8_is(line.data, line.len));
	assert_true(as_jansson(&line));
	if (envelope_parse(line.data, line.len, &arena, &back, &err) == -1)
		fail_msg("%s: %s", line.data, err.text);
	assert_same(envelope, &back);
	arena_drop(&arena);
}

static void
test_round(void **state)
{
	struct envelope other = usual;

	(void)state;
	there_and_back(&usual);
	other.recipient_count = 0;
	other.sender = other.message_id = other.client_addr = other.helo = "";
	other.mid = other.length = INT64_MAX;
	other.accepted = -1;
	other.header_length = 0;
	other.eight_bit = false;
	other.smtputf8 = other.outgoing = true;
	there_and_back(&other);
	other.binary = true;
	there_and_back(&other);
}

static const struct {
	const char	*text;
	const char	*json;		/* between the quotes */
} texts[] = {
	{ "", "" },
	{ "a\tb\r\n\x01\x7f", "a\\tb\\r\\n\\u0001\x7f" },
	{ "a\"b\\c/d", "a\\\"b\\\\\\\\c/d" },
	{ "\\x80", "\\\\\\\\x80" },
	{ "\x80", "\\\\x80" },
	{ "j\xf6rg", "j\\\\xf6rg" },
	{ "j\xc3\xb6rg", "j\xc3\xb6rg" },
	{ "\xc3", "\\\\xc3" },
	{ "\xc3\xb6\xb6", "\xc3\xb6\\\\xb6" },
	{ "\xff\xfe", "\\\\xff\\\\xfe" },
	{ "\xed\xb2\x80", "\\\\xed\\\\xb2\\\\x80" },
	{ "\xc0\x80", "\\\\xc0\\\\x80" },
	{ "\xf0\x9f\x93\xa7", "\xf0\x9f\x93\xa7" },
	{ "\xf4\x90\x80\x80", "\\\\xf4\\\\x90\\\\x80\\\\x80" },
	{ "\xef\xbf\xbf", "\xef\xbf\xbf" },
};

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		own(str) char *wanted = mem_format("\"sender\":\"%s\",\"recip",
		    texts[i].json);
		own(buf) struct buf line = BUF;
		struct envelope envelope = usual;

		envelope.sender = texts[i].text;
		envelope_format(&envelope, &line);
		if (strstr(line.data, wanted) == NULL)
			fail_msg("%s not in %s", wanted, line.data);
		there_and_back(&envelope);
	}
}

/* Every text of one, two and three bytes out of the interesting ones. */
static void
test_all_bytes(void **state)
{
	static const char bytes[] = "\x01\b\f\x1f \"\\x8f\x7f\x80\x8f\x90\x9f\xa0\xbf"
	    "\xc1\xc2\xdf\xe0\xe1\xed\xee\xef\xf0\xf4\xf5\xff";
	struct envelope envelope = usual;
	char text[4];

	(void)state;
	envelope.helo = text;
	for (size_t i = 0; i < sizeof(bytes); i++)
		for (size_t j = 0; j < sizeof(bytes); j++)
			for (size_t k = 0; k < sizeof(bytes); k++) {
				text[0] = bytes[i];
				text[1] = bytes[j];
				text[2] = bytes[k];
				text[3] = '\0';
				there_and_back(&envelope);
			}
}

/* read_as - what the line says, written anew; "" if it cannot be read; front
 * bars the short way, or does not */
static void
read_as(const char *front, const char *line, size_t n, struct buf *out)
{
	own(buf) struct buf text = BUF;
	struct arena arena = { 0 };
	struct envelope envelope;
	struct err err;

	buf_text(&text, front);
	buf_bytes(&text, line, n);
	if (envelope_parse(text.data, text.len, &arena, &envelope, &err) == 0)
		envelope_format(&envelope, out);
	arena_drop(&arena);
}

static void
assert_agree(const char *line, size_t n)
{
	own(buf) struct buf quick = BUF, slow = BUF;

	read_as("", line, n, &quick);
	read_as(" ", line, n, &slow);
	if (strcmp(quick.data, slow.data) != 0)
		fail_msg("%.*s: %s, but %s", (int)n, line, quick.data,
		    slow.data);
}

/* A line of plain ASCII, cut off anywhere and with any byte exchanged: the
 * short way and the long one agree. */
static void
test_short_way(void **state)
{
	static const char others[] = "\"\\{}[],:0129-+.eE tfn\x01\x7f\x80\xc3\n";
	static const char *const plain[] = { "a@b.example", "c@d.example" };
	struct envelope envelope = usual;
	own(buf) struct buf line = BUF, back = BUF;

	(void)state;
	envelope.recipients = (const char **)plain;
	envelope_format(&envelope, &line);
	read_as("", line.data, line.len, &back);
	assert_string_equal(back.data, line.data);
	for (size_t n = 0; n <= line.len; n++)
		assert_agree(line.data, n);
	for (size_t i = 0; i < line.len; i++) {
		char byte = line.data[i];

		for (size_t k = 0; k < sizeof(others); k++) {
			line.data[i] = others[k];
			assert_agree(line.data, line.len);
		}
		line.data[i] = byte;
	}
}

/* A copy from before there were the keys binary, booted and outgoing:
 * what a forwarder
 * finds in the spool after an upgrade. */
static void
test_older(void **state)
{
	static const char last[] = ",\"binary\":true,\"booted\":86400001,"
	    "\"outgoing\":false}";
	static const char *const plain[] = { "a@b.example" };
	struct envelope envelope = usual;
	own(buf) struct buf line = BUF, quick = BUF;

	(void)state;
	envelope.recipients = (const char **)plain;
	envelope.recipient_count = 1;
	envelope.binary = true;
	envelope_format(&envelope, &line);
	assert_string_equal(line.data + line.len - strlen(last), last);
	buf_cut(&line, line.len - strlen(last));
	buf_text(&line, "}");
	assert_agree(line.data, line.len);
	read_as("", line.data, line.len, &quick);
	buf_cut(&line, line.len - 1);
	buf_text(&line, ",\"binary\":false,\"booted\":0,"
	    "\"outgoing\":false}");
	assert_string_equal(quick.data, line.data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_all_bytes),
		cmocka_unit_test(test_short_way),
		cmocka_unit_test(test_older),
	};

	return cmocka_run_group_tests_name("envelope", tests, NULL, NULL);
}
