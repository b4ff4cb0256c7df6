/* SPDX-License-Identifier: BSD-2-Clause */
/* addresses in a field */
#include "journal/report/address.h"

#include <string.h>
#include <time.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

/* addresses: each, followed by "|". */
static const struct {
	const char	*name;
	const char	*value;
	const char	*addresses;
} lists[] = {
	/* addr-spec */
	{ "bare", "a@b.example", "a@b.example|" },
	{ "blanks around", " a@b.example ", "a@b.example|" },
	{ "nothing", "", "" },
	{ "blanks", " \t\r\n ", "" },
	{ "two", "a@b, c@d", "a@b|c@d|" },
	{ "empty elements", ",, a@b,,c@d,", "a@b|c@d|" },
	{ "all of atext", "a!#$%&'*+-/=?^_`{|}~z@b", "a!#$%&'*+-/=?^_`{|}~z@b|" },
	{ "extension", "user+ext@b", "user+ext@b|" },
	{ "case is kept", "User@B.Example", "User@B.Example|" },
	{ "fold between", "a@b,\r\n\tc@d", "a@b|c@d|" },
	{ "fold inside", "a\r\n @\r\n b", "a@b|" },
	{ "obsolete blanks", "john . doe @ b . example", "john.doe@b.example|" },
	{ "comments between", "(x)john(y).(z)doe(@)@(w)b(v).(u)example(t)",
	    "john.doe@b.example|" },
	{ "comment behind", "a@b (John Doe)", "a@b|" },
	{ "comment with a comma", "a@b (Doe, John), c@d", "a@b|c@d|" },
	{ "nested comments", "a(1(2(3)2)1)@b", "a@b|" },
	{ "escapes in a comment", "a@b (x\\)y\\(z), c@d", "a@b|c@d|" },
	{ "address in a comment", "(x@y) a@b", "a@b|" },
	/* local parts */
	{ "needless quotes", "\"john.doe\"@b", "john.doe@b|" },
	{ "quotes for a blank", "\"john doe\"@b", "\"john doe\"@b|" },
	{ "quotes for an at", "\"a@c\"@b", "\"a@c\"@b|" },
	{ "quotes for a comma", "\"a,c\"@b", "\"a,c\"@b|" },
	{ "empty quotes", "\"\"@b", "\"\"@b|" },
	{ "escapes", "\"a\\\"b\\\\c\\d\"@b", "\"a\\\"b\\\\cd\"@b|" },
	{ "needless escapes", "\"\\a\\b\"@c", "ab@c|" },
	{ "words joined", "a.\"b c\".d@e", "\"a.b c.d\"@e|" },
	{ "words joined, unquoted", "a.\"b\".d@e", "a.b.d@e|" },
	{ "fold in quotes", "\"a\r\n b\"@c", "\"a b\"@c|" },
	{ "tab in quotes", "\"a\tb\"@c", "\"a b\"@c|" },
	{ "two dots", "a..b@c", "\"a..b\"@c|" },
	{ "dots at the ends", ".a.@c", "\".a.\"@c|" },
	{ "control in quotes", "\"a\x01z\"@b, c@d", "c@d|" },
	{ "control behind an escape", "\"a\\\x01z\"@b, c@d", "c@d|" },
	{ "UTF-8", "j\xc3\xb6rg@b\xc3\xbc.example", "j\xc3\xb6rg@b\xc3\xbc.example|" },
	{ "8-bit", "j\xf6rg@b", "j\xf6rg@b|" },
	/* domains */
	{ "literal", "a@[192.0.2.1]", "a@[192.0.2.1]|" },
	{ "literal, IPv6", "a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]|" },
	{ "literal with blanks", "a@[ 192.0.2.1\r\n ]", "a@[192.0.2.1]|" },
	{ "literal with a bracket", "a@[x[y], c@d", "c@d|" },
	{ "literal with an escape", "a@[x\\]y], c@d", "c@d|" },
	{ "final dot", "a@b.example.", "a@b.example|" },
	{ "two dots in a domain", "a@b..example, c@d", "c@d|" },
	{ "dot first in a domain", "a@.b, c@d", "c@d|" },
	{ "quoted domain", "a@\"b\", c@d", "c@d|" },
	/* names and angles */
	{ "name", "John Doe <a@b>", "a@b|" },
	{ "angle alone", "<a@b>", "a@b|" },
	{ "no blank", "John<a@b>", "a@b|" },
	{ "quoted name", "\"Doe, John\" <a@b>, c@d", "a@b|c@d|" },
	{ "quoted name with an angle", "\"x <y@z>\" <a@b>", "a@b|" },
	{ "escaped quote in a name", "\"x\\\" <y@z>\" <a@b>", "a@b|" },
	{ "dot in a name", "John Q. Doe <a@b>", "a@b|" },
	{ "address for a name", "a@b <a@b>", "a@b|" },
	{ "quoted address for a name", "\"x@y\" <a@b>", "a@b|" },
	{ "comment in a name", "John (x <y@z>) Doe <a@b>", "a@b|" },
	{ "apostrophes", "'a@b' <a@b>", "a@b|" },
	{ "encoded word", "=?utf-8?Q?J=C3=B6rg?= <a@b>", "a@b|" },
	{ "two encoded words", "=?utf-8?B?Sg==?=\r\n =?utf-8?B?Sg==?= <a@b>",
	    "a@b|" },
	{ "comma in an encoded word", "=?utf-8?Q?Doe,_J?= <a@b>, c@d",
	    "a@b|c@d|" },
	{ "UTF-8 name", "J\xc3\xb6rg <a@b>", "a@b|" },
	{ "8-bit name", "J\xf6rg <a@b>", "a@b|" },
	{ "control in a name", "J\x01 <a@b>", "a@b|" },
	{ "blanks in the angle", "x < a @ b >", "a@b|" },
	{ "comments in the angle", "x <(1)a(2)@(3)b(4)>(5), c@d", "a@b|c@d|" },
	{ "quotes in the angle", "x <\"a>b\"@c>", "\"a>b\"@c|" },
	{ "text behind the angle", "x <a@b> y, c@d", "a@b|c@d|" },
	{ "no comma between", "x <a@b> y <c@d>", "a@b|c@d|" },
	{ "empty angle", "x <>, c@d", "c@d|" },
	{ "no domain in the angle", "x <y>, c@d", "c@d|" },
	{ "two words in the angle", "x <y a@b>, c@d", "c@d|" },
	{ "text in the angle", "x <a@b y>, c@d", "c@d|" },
	{ "unquoted comma in a name", "Doe, John <a@b>", "a@b|" },
	/* routes */
	{ "route", "<@x:a@b>", "a@b|" },
	{ "long route", "<@x.y,@[192.0.2.1] , ,@z:a@b>", "a@b|" },
	{ "route without an address", "<@x:>, c@d", "c@d|" },
	{ "route without an end", "<@x,@y>, c@d", "c@d|" },
	{ "mailto", "<mailto:a@b>", "a@b|" },
	/* groups */
	{ "group", "friends: a@b, John <c@d>;, e@f", "a@b|c@d|e@f|" },
	{ "empty group", "undisclosed-recipients:;", "" },
	{ "empty group, and more", "x:;, a@b", "a@b|" },
	{ "empty elements in a group", "x: , a@b ,, ;", "a@b|" },
	{ "quoted group name", "\"x, y\": a@b;", "a@b|" },
	{ "no comma behind a group", "x: a@b; c@d", "a@b|c@d|" },
	{ "unclosed group", "x: a@b, c@d", "a@b|c@d|" },
	{ "semicolons for commas", "a@b; c@d", "a@b|c@d|" },
	/* rubbish */
	{ "no at", "a.b, c@d", "c@d|" },
	{ "at alone", "@, c@d", "c@d|" },
	{ "no local part", "@b, c@d", "c@d|" },
	{ "a dot for a local part", ".@b, c@d", "c@d|" },
	{ "no domain", "a@, c@d", "c@d|" },
	{ "two ats", "a@b@c, d@e", "d@e|" },
	{ "two words", "x a@b, c@d", "c@d|" },
	{ "words behind", "a@b x, c@d", "c@d|" },
	{ "word next to quotes", "\"a\"b@c, d@e", "d@e|" },
	{ "closing signs", ")a@b, ]c@d, >e@f, g@h", "g@h|" },
	{ "backslash", "a\\b@c, d@e", "d@e|" },
	{ "control", "a\x01@b, c\x7f@d, e@f", "e@f|" },
	{ "unclosed angle", "x <a@b, c@d", "a@b|c@d|" },
	{ "unclosed angle at the end", "x <a@b", "a@b|" },
	{ "unclosed angle, twice", "<a@b <c@d>, e@f", "e@f|" },
	{ "unclosed comment", "a@b, (x, c@d", "a@b|" },
	{ "unclosed comment with an escape at the end", "a@b, (x\\", "a@b|" },
	{ "unclosed quote", "a@b, \"x <c@d>", "a@b|" },
	{ "unclosed quote with an escape at the end", "a@b, \"x\\", "a@b|" },
	{ "unclosed literal", "a@b, x@[1, c@d", "a@b|" },
};

/* Bytes behind which a sanitizer sees a step too far. */
static char *
exact(const char *text, size_t n)
{
	return memcpy(malloc(n + (n == 0)), text, n);
}

static void
test_next(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		own(buf) struct buf seen = BUF, address = BUF;
		size_t size = strlen(lists[i].value), at = 0;
		own(str) char *value = exact(lists[i].value, size);

		while (address_next(value, size, &at, &address))
			buf_format(&seen, "%s|", address.data);
		if (strcmp(seen.data, lists[i].addresses) != 0)
			fail_msg("%s: got %s", lists[i].name, seen.data);
		assert_int_equal(at, size);
	}
}

static void
test_nul(void **state)
{
	static const char value[] = "a\0b@c, \"a\0b\"@c, x \0 <d@e>, f@g";
	own(buf) struct buf address = BUF;
	size_t at = 0;

	(void)state;
	assert_true(address_next(value, sizeof(value) - 1, &at, &address));
	assert_string_equal(address.data, "d@e");
	assert_true(address_next(value, sizeof(value) - 1, &at, &address));
	assert_string_equal(address.data, "f@g");
	assert_false(address_next(value, sizeof(value) - 1, &at, &address));
}

/* What comes out means the same when it is read again. */
static void
test_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		own(buf) struct buf address = BUF, again = BUF;
		size_t size = strlen(lists[i].value), at = 0;

		while (address_next(lists[i].value, size, &at, &address)) {
			size_t start = 0;

			assert_true(address_next(address.data, address.len,
			    &start, &again));
			assert_string_equal(again.data, address.data);
			assert_false(address_next(address.data, address.len,
			    &start, &again));
		}
	}
}

/* Twice the rubbish takes twice as long, not four times: 300,000 pieces take
 * some hundredths of a second of processor time, or else minutes. */
static const char *const rubbish[] = {
	"(", "\"", "<", "<@", "<@,", "<a,", "(,", "\\", ",", "a@", "[", ":", "\"<",
	"<a@b,", "@,", "((", "<@a,<", "a.", "a <",
};

static double
time_of(const char *piece, size_t times)
{
	own(buf) struct buf value = BUF, address = BUF;
	struct timespec start, end;
	size_t at = 0;

	for (size_t i = 0; i < times; i++)
		buf_text(&value, piece);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	while (address_next(value.data, value.len, &at, &address))
		;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) +
	    1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

static void
test_linear(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rubbish) / sizeof(*rubbish); i++) {
		double taken = time_of(rubbish[i], 300000);

		if (taken > 10)
			fail_msg("%s: %f s", rubbish[i], taken);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_settled),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
