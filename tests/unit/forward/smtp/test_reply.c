/* SPDX-License-Identifier: BSD-2-Clause */
/* reply: each case whole, byte by byte, and cut in two at every place */
#include "forward/smtp/reply.h"

#include <string.h>

#include "base/buf.h"
#include "tests/unit/scratch.h"

static const struct {
	const char	*name;
	const char	*bytes;
	enum reply_parse want;
	int		 code;
	const char	*enhanced;
	const char	*text;
	size_t		 left;		/* bytes that are not the reply's */
	char		 digit;		/* if it matters */
} cases[] = {
	{ .name = "one line", .bytes = "250 ok\r\n",
	  .want = REPLY_DONE, .code = 250, .text = "ok" },
	{ .name = "no text", .bytes = "250 \r\n",
	  .want = REPLY_DONE, .code = 250 },
	{ .name = "nothing but a code", .bytes = "354\r\n",
	  .want = REPLY_DONE, .code = 354 },
	{ .name = "bare LF", .bytes = "221 bye\n",
	  .want = REPLY_DONE, .code = 221, .text = "bye" },
	{ .name = "many lines", .bytes = "250-mx\r\n250-SIZE 9\r\n250 HELP\r\n",
	  .want = REPLY_DONE, .code = 250, .text = "mx\nSIZE 9\nHELP" },
	{ .name = "empty lines among many", .bytes = "250-\r\n250-a\r\n250 \r\n",
	  .want = REPLY_DONE, .code = 250, .text = "\na\n" },
	{ .name = "a bare code ends many", .bytes = "250-a\r\n250\r\n",
	  .want = REPLY_DONE, .code = 250, .text = "a\n" },
	{ .name = "the next reply stays", .bytes = "250 a\r\n550 b\r\n",
	  .want = REPLY_DONE, .code = 250, .text = "a", .left = 7 },
	{ .name = "enhanced", .bytes = "550 5.1.1 who?\r\n",
	  .want = REPLY_DONE, .code = 550, .enhanced = "5.1.1",
	  .text = "5.1.1 who?" },
	{ .name = "enhanced, long", .bytes = "450 4.123.456 x\r\n",
	  .want = REPLY_DONE, .code = 450, .enhanced = "4.123.456",
	  .text = "4.123.456 x" },
	{ .name = "enhanced, alone", .bytes = "250 2.0.0\r\n",
	  .want = REPLY_DONE, .code = 250, .enhanced = "2.0.0",
	  .text = "2.0.0" },
	{ .name = "enhanced, in the first of many",
	  .bytes = "550-5.7.1 a\r\n550 5.7.1 b\r\n", .want = REPLY_DONE,
	  .code = 550, .enhanced = "5.7.1", .text = "5.7.1 a\n5.7.1 b" },
	{ .name = "enhanced, of another class", .bytes = "550 4.1.1 x\r\n",
	  .want = REPLY_DONE, .code = 550, .text = "4.1.1 x" },
	{ .name = "enhanced, too long", .bytes = "550 5.1234.1 x\r\n",
	  .want = REPLY_DONE, .code = 550, .text = "5.1234.1 x" },
	{ .name = "enhanced, one part short", .bytes = "550 5.1 x\r\n",
	  .want = REPLY_DONE, .code = 550, .text = "5.1 x" },
	{ .name = "enhanced, no end", .bytes = "550 5.1.1x\r\n",
	  .want = REPLY_DONE, .code = 550, .text = "5.1.1x" },
	{ .name = "control bytes are text", .bytes = "250 a\tb\rc\x01\xff\r\n",
	  .want = REPLY_DONE, .code = 250, .text = "a\tb\rc\x01\xff" },
	{ .name = "two CRs", .bytes = "250 a\r\r\n",
	  .want = REPLY_DONE, .code = 250, .text = "a\r" },
	{ .name = "codes differ: the last counts",
	  .bytes = "250-a\r\n451-c\r\n550 b\r\n", .want = REPLY_DONE,
	  .code = 550, .text = "a\nc\nb" },
	{ .name = "codes differ, and so do enhanced ones",
	  .bytes = "250-2.0.0 a\r\n451 4.3.2 b\r\n", .want = REPLY_DONE,
	  .code = 451, .enhanced = "4.3.2", .text = "2.0.0 a\n4.3.2 b" },
	{ .name = "enhanced, in a later line",
	  .bytes = "550-no\r\n550 5.7.1 b\r\n", .want = REPLY_DONE,
	  .code = 550, .enhanced = "5.7.1", .text = "no\n5.7.1 b" },
	{ .name = "a wrong line among many", .bytes = "250-a\r\n2x0 b\r\n250 c\r\n",
	  .want = REPLY_BAD, .digit = '2', .left = 7 },
	{ .name = "no reply, with a 2", .bytes = "2.0.0 queued\r\n250 c\r\n",
	  .want = REPLY_BAD, .digit = '2', .left = 7 },
	{ .name = "a 2 alone", .bytes = "2\r\n", .want = REPLY_BAD,
	  .digit = '2' },
	{ .name = "a 5 alone", .bytes = "5\r\n", .want = REPLY_BAD,
	  .digit = '5' },
	{ .name = "half of what is no reply", .bytes = "2.0.0 que",
	  .want = REPLY_MORE },
	{ .name = "no digit", .bytes = "2x0 a\r\n", .want = REPLY_BAD },
	{ .name = "two digits", .bytes = "25\r\n", .want = REPLY_BAD },
	{ .name = "four digits", .bytes = "2500 a\r\n", .want = REPLY_BAD },
	{ .name = "a code of 1", .bytes = "150 a\r\n", .want = REPLY_BAD },
	{ .name = "a code of 6", .bytes = "650 a\r\n", .want = REPLY_BAD },
	{ .name = "an empty line", .bytes = "\r\n", .want = REPLY_BAD },
	{ .name = "a CR in the code", .bytes = "2\r50 a\r\n",
	  .want = REPLY_BAD },
	{ .name = "HTTP", .bytes = "HTTP/1.1 200 OK\r\n", .want = REPLY_BAD },
	{ .name = "nothing", .bytes = "", .want = REPLY_MORE },
	{ .name = "half a line", .bytes = "250 o", .want = REPLY_MORE },
	{ .name = "CR but no LF", .bytes = "250 ok\r", .want = REPLY_MORE },
	{ .name = "more to come", .bytes = "250-ok\r\n", .want = REPLY_MORE },
};

/* feed - in pieces of at most "piece" bytes, the first one "start" long */
static enum reply_parse
feed(struct reply *reply, const char *bytes, size_t start, size_t piece,
    size_t *out_left)
{
	size_t size = strlen(bytes), at = 0, n = start;
	enum reply_parse state = REPLY_MORE;

	reply_init(reply);
	while (state == REPLY_MORE && at < size) {
		size_t used;

		if (n > size - at)
			n = size - at;
		state = reply_add(reply, bytes + at, n, &used);
		assert_true(used <= n);
		assert_true(state != REPLY_MORE || used == n);
		at += used;
		n = piece;
	}
	*out_left = size - at;
	return state;
}

static void
check(size_t i, size_t start, size_t piece)
{
	const char *text = cases[i].text != NULL ? cases[i].text : "";
	const char *enhanced = cases[i].enhanced != NULL ?
	    cases[i].enhanced : "";
	struct reply reply;
	size_t left;

	if (feed(&reply, cases[i].bytes, start, piece, &left) != cases[i].want)
		fail_msg("%s: wrong state", cases[i].name);
	if (cases[i].digit != '\0') {
		assert_int_equal(reply.digit, cases[i].digit);
		assert_int_equal(left, cases[i].left);
	}
	if (cases[i].want != REPLY_DONE)
		return;
	assert_int_equal(reply.code, cases[i].code);
	assert_string_equal(reply.text, text);
	assert_int_equal(reply.length, strlen(text));
	assert_string_equal(reply.enhanced, enhanced);
	assert_int_equal(left, cases[i].left);
	assert_false(reply.cut);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check(i, SIZE_MAX, SIZE_MAX);
		check(i, 1, 1);
		for (size_t at = 1; at < strlen(cases[i].bytes); at++)
			check(i, at, SIZE_MAX);
	}
}

static void
test_nul(void **state)
{
	struct reply reply;
	size_t used;

	(void)state;
	reply_init(&reply);
	assert_int_equal(reply_add(&reply, "250 a\0b\r\n", 9, &used),
	    REPLY_DONE);
	assert_string_equal(reply.text, "a?b");
	/* in the code it is not even a 2 */
	for (size_t at = 0; at < 4; at++) {
		char bytes[] = "250 yes\r\n";

		bytes[at] = '\0';
		reply_init(&reply);
		assert_int_equal(reply_add(&reply, bytes, 9, &used),
		    REPLY_BAD);
		assert_int_equal(reply.digit, 0);
	}
}

/* line - one of n octets */
static void
line(struct buf *out, const char *start, size_t n)
{
	buf_text(out, start);
	for (size_t i = strlen(start); i < n; i++)
		buf_byte(out, 'x');
	buf_text(out, "\r\n");
}

/* Of a long line and of many lines the rest is passed over. */
static void
test_long(void **state)
{
	static const size_t sizes[] = { REPLY_LINE_MAX, REPLY_LINE_MAX + 1,
	    2049, 100000, REPLY_MAX - 100 };
	struct reply reply;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(buf) struct buf bytes = BUF;

		line(&bytes, "250-", sizes[i] + 4);
		buf_text(&bytes, "451 end\r\n250 next\r\n");
		assert_int_equal(feed(&reply, bytes.data, 5000, 5000, &left),
		    REPLY_DONE);
		assert_int_equal(reply.code, 451);
		assert_int_equal(reply.cut, i > 0);
		assert_int_equal(reply.length, REPLY_LINE_MAX + 4);
		assert_string_equal(reply.text + REPLY_LINE_MAX, "\nend");
	}
}

/* Each line is told of, also those of which nothing is kept. */
static void
count_line(void *arg, const char *text)
{
	(*(unsigned *)arg)++;
	assert_true(strcmp(text, "last") == 0 || strlen(text) == 78);
}

static void
test_many(void **state)
{
	enum { LINES = 200 };
	own(buf) struct buf bytes = BUF;
	struct reply reply;
	unsigned count = 0;
	size_t used;

	(void)state;
	for (size_t i = 1; i < LINES; i++)
		line(&bytes, "250-", 82);
	buf_text(&bytes, "250 last\r\n");
	reply_init(&reply);
	reply.each = count_line;
	reply.arg = &count;
	assert_int_equal(reply_add(&reply, bytes.data, bytes.len, &used),
	    REPLY_DONE);
	assert_int_equal(used, bytes.len);
	assert_int_equal(reply.lines, LINES);
	assert_int_equal(count, LINES);
	assert_true(reply.cut);
	assert_int_equal(reply.length, REPLY_TEXT_MAX);
}

/* One without end is none, at the first octet too many, however it goes on. */
static void
test_endless(void **state)
{
	static const char *const endless[] = { "250-", "250-a\r\n", "2" };
	struct reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof(endless) / sizeof(*endless); i++) {
		enum reply_parse state_now = REPLY_MORE;
		size_t total = 0, used;

		reply_init(&reply);
		while (state_now == REPLY_MORE) {
			state_now = reply_add(&reply, endless[i],
			    strlen(endless[i]), &used);
			total += used;
			assert_true(total <= REPLY_MAX);
		}
		assert_int_equal(state_now, REPLY_BAD);
		assert_int_equal(total, REPLY_MAX);
		assert_int_equal(reply.digit, 0);	/* no thanks */
	}
}

static void
test_cut(void **state)
{
	own(buf) struct buf bytes = BUF;
	struct reply reply;
	size_t left;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		line(&bytes, "250-", 4 + REPLY_LINE_MAX);
	buf_text(&bytes, "250 the end\r\n");
	assert_int_equal(feed(&reply, bytes.data, 7, 100, &left), REPLY_DONE);
	assert_true(reply.cut);
	assert_int_equal(reply.length, REPLY_TEXT_MAX);
	assert_int_equal(strlen(reply.text), REPLY_TEXT_MAX);
	assert_int_equal(reply.lines, 9);
}

static void
test_make(void **state)
{
	struct reply reply;

	(void)state;
	reply_make(&reply, 552, "5.3.4 too big");
	assert_int_equal(reply.code, 552);
	assert_string_equal(reply.enhanced, "5.3.4");
	assert_int_equal(reply.length, strlen("5.3.4 too big"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
