/* SPDX-License-Identifier: BSD-2-Clause */
/* keys: what is looked up for an address, in which order */
#include "policy/keys.h"

#include <string.h>

#include "tests/unit/scratch.h"

/* The keys of an address, joined by blanks; "|" behind those that are the
 * whole address.  "_" stands for a blank in a key. */
static const struct {
	const char	*name, *address, *delimiters;
	bool		 parents_match;
	const char	*want;
} cases[] = {
	{ "plain", "user@dom.tld", "", false,
	  "user@dom.tld| dom.tld .tld user@" },
	{ "extension", "user+ext@dom.tld", "+", false,
	  "user+ext@dom.tld| user@dom.tld dom.tld .tld user+ext@ user@" },
	{ "no delimiter", "user+ext@dom.tld", "", false,
	  "user+ext@dom.tld| dom.tld .tld user+ext@" },
	{ "parents", "user@a.b.c.tld", "+", false,
	  "user@a.b.c.tld| a.b.c.tld .b.c.tld .c.tld .tld user@" },
	{ "parents match", "user@a.b.c.tld", "+", true,
	  "user@a.b.c.tld| a.b.c.tld b.c.tld c.tld tld user@" },
	{ "folded", "User+Ext@Dom.TLD", "+", true,
	  "user+ext@dom.tld| user@dom.tld dom.tld tld user+ext@ user@" },
	{ "folds all letters", "\303\204B@x", "+", true,
	  "\303\244b@x| x \303\244b@" },
	{ "two of one", "Stra\303\237e@x", "+", true,
	  "strasse@x| x strasse@" },
	{ "no UTF-8: ASCII alone", "\304\304B@x", "+", true,
	  "\304\304b@x| x \304\304b@" },
	{ "null", "", "+", true, "<>|" },
	{ "no domain", "Postmaster", "+", true, "postmaster| postmaster@" },
	{ "no domain, extension", "a+b", "+", true, "a+b| a a+b@ a@" },
	{ "empty domain", "a@", "+", true, "a@| a@" },
	{ "one label", "a@localhost", "+", false, "a@localhost| localhost a@" },
	{ "final dot", "a@dom.tld.", "+", false, "a@dom.tld| dom.tld .tld a@" },
	{ "final dots", "a@dom..", "+", true, "a@dom.| dom. a@" },
	{ "dot", "a@.", "+", true, "a@| a@" },
	{ "leading dot", "a@.dom", "+", true, "a@.dom| .dom a@" },
	{ "double dot", "a@x..y", "+", true, "a@x..y| x..y .y a@" },
	{ "literal", "a@[192.0.2.1]", "+", true,
	  "a@[192.0.2.1]| [192.0.2.1] a@" },
	{ "IPv6 literal", "a@[IPv6:2001:DB8::1]", "+", false,
	  "a@[ipv6:2001:db8::1]| [ipv6:2001:db8::1] a@" },
	{ "two delimiters", "a-b+c@x", "+-", true,
	  "a-b+c@x| a@x x a-b+c@ a@" },
	{ "first of them", "a+b-c@x", "-+", true,
	  "a+b-c@x| a@x x a+b-c@ a@" },
	{ "leading delimiter", "+a@x", "+", true, "+a@x| x +a@" },
	{ "leading, then another", "+a+b@x", "+", true, "+a+b@x| x +a+b@" },
	{ "only a delimiter", "+@x", "+", true, "+@x| x +@" },
	{ "empty extension", "a+@x", "+", true, "a+@x| a@x x a+@ a@" },
	{ "owner", "Owner-list@x", "-", true, "owner-list@x| x owner-list@" },
	{ "owner, other delimiter", "owner-list+a@x", "+", true,
	  "owner-list+a@x| owner-list@x x owner-list+a@ owner-list@" },
	{ "owner, both delimiters", "owner-list+a@x", "+-", true,
	  "owner-list+a@x| x owner-list+a@" },
	{ "request", "list-request@x", "-", true,
	  "list-request@x| x list-request@" },
	{ "request alone", "-request@x", "-", true, "-request@x| x -request@" },
	{ "postmaster", "postmaster@x", "p", true,
	  "postmaster@x| x postmaster@" },
	{ "mailer-daemon", "MAILER-DAEMON@x", "-", true,
	  "mailer-daemon@x| x mailer-daemon@" },
	{ "double-bounce", "double-bounce@x", "-", true,
	  "double-bounce@x| x double-bounce@" },
	{ "postmaster has one", "postmaster+a@x", "+", true,
	  "postmaster+a@x| postmaster@x x postmaster+a@ postmaster@" },
	{ "quoted", "\"John Doe\"@x", "+", true,
	  "\"john_doe\"@x| john_doe@x| x \"john_doe\"@ john_doe@" },
	{ "quoted without need", "\"john\"@x", "+", true, "john@x| x john@" },
	{ "backslash without need", "jo\\hn@x", "+", true, "john@x| x john@" },
	{ "quoted at", "\"a@b\"@x", "+", true,
	  "\"a@b\"@x| a@b@x| x \"a@b\"@ a@b@" },
	{ "quoted extension", "\"a b+c\"@x", "+", true,
	  "\"a_b+c\"@x| a_b+c@x| \"a_b\"@x a_b@x x "
	  "\"a_b+c\"@ a_b+c@ \"a_b\"@ a_b@" },
	{ "quotes in quotes", "\"a\\\"b\"@x", "+", true,
	  "\"a\\\"b\"@x| a\"b@x| x \"a\\\"b\"@ a\"b@" },
	{ "dots", "\"a..b\"@x", "+", true,
	  "\"a..b\"@x| a..b@x| x \"a..b\"@ a..b@" },
	{ "ends in a dot", "a.@x", "+", true,
	  "\"a.\"@x| a.@x| x \"a.\"@ a.@" },
	{ "empty local part", "@x", "+", true, "\"\"@x| @x| x \"\"@ @" },
	{ "backslash at the end", "a\\", "+", true,
	  "a| a@" },
	{ "open quote", "\"a@x", "+", true,
	  "\"a@x\"| a@x| \"a@x\"@ a@x@" },
	{ "a quote alone", "\"", "+", true, "\"\"| \"\"@ @" },
	{ "source route", "@a.x,@b.x:user@dom.tld", "+", true,
	  "user@dom.tld| dom.tld tld user@" },
};

static void
add(struct buf *list, const struct key *key)
{
	if (list->len > 0)
		buf_byte(list, ' ');
	for (const char *p = key->text; *p != '\0'; p++)
		buf_byte(list, *p == ' ' ? '_' : *p);
	if (key->pattern != NULL)
		buf_byte(list, '|');
}

static void
test_order(void **state)
{
	own(keys) struct keys keys = KEYS;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct keys_options options = { cases[i].delimiters,
			cases[i].parents_match };
		own(buf) struct buf got = BUF;
		struct key key;

		keys_of_address(&keys, cases[i].address, &options);
		while (keys_next(&keys, &key))
			add(&got, &key);
		if (strcmp(got.data, cases[i].want) != 0)
			fail_msg("%s:\n got %s\nwant %s", cases[i].name,
			    got.data, cases[i].want);
	}
}

/* Nothing is cut, however long; and no more keys than dots. */
static void
test_long(void **state)
{
	own(keys) struct keys keys = KEYS;
	own(buf) struct buf address = BUF;
	struct keys_options options = { "+", true };
	struct key key;
	size_t count = 0, longest = 0;

	(void)state;
	buf_text(&address, "user+ext@");
	for (int i = 0; i < 1000; i++)
		buf_text(&address, "a.");
	buf_text(&address, "tld");
	keys_of_address(&keys, address.data, &options);
	while (keys_next(&keys, &key)) {
		count++;
		if (strlen(key.text) > longest)
			longest = strlen(key.text);
	}
	assert_int_equal(count, 2 + 1001 + 2);
	assert_int_equal(longest, address.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
