/* SPDX-License-Identifier: BSD-2-Clause */
/* keyform: keys that no lookup can ask for; and no others */
#include "policy/keyform.h"

#include <string.h>

#include "policy/keys.h"
#include "tests/unit/scratch.h"

enum { YES = true, NO = false };	/* parent_domain_matches_subdomains */

static const struct {
	enum key_kind	 kind;
	bool		 parents;
	const char	*key;
	const char	*why;		/* a part of it */
} dead[] = {
	{ KEY_RECIPIENT, YES, "@example.com", "keys like this are for virtual(5): "
	  "write example.com" },
	{ KEY_SENDER, YES, "*", "use default_policy" },
	{ KEY_SENDER, YES, "*@*", "use default_policy" },
	{ KEY_SENDER, YES, "*@example.com", "write example.com" },
	{ KEY_RECIPIENT, YES, "*.example.com", "write example.com" },
	{ KEY_RECIPIENT, NO, "*.example.com", "write .example.com" },
	{ KEY_CLIENT, YES, "*.example.com", "write example.com" },
	{ KEY_RECIPIENT, YES, ".example.org",
	  "parent_domain_matches_subdomains = yes: write example.org" },
	{ KEY_CLIENT, YES, ".example.org", "write example.org" },
	{ KEY_HELO, YES, ".example.org", "write example.org" },
	{ KEY_RECIPIENT, NO, "user@.example.org", "a user in all subdomains" },
	{ KEY_RECIPIENT, YES, "192.0.2.0/24", "use check_client" },
	{ KEY_RECIPIENT, YES, "192.0.2.1", "use check_client" },
	{ KEY_SENDER, YES, "192.0.2", "use check_client" },
	{ KEY_SENDER, YES, "2001:db8::1", "use check_client" },
	{ KEY_SENDER, YES, "2001:db8::/32", "use check_client" },
	{ KEY_CLIENT, YES, "192.0.2.0/24", "or use check_client with a cidr" },
	{ KEY_CLIENT, YES, "192.0.2.", "write 192.0.2" },
	{ KEY_CLIENT, YES, "[192.0.2.1]", "no brackets here" },
	{ KEY_CLIENT, YES, "[ipv6:2001:db8::1]", "no brackets here" },
	{ KEY_CLIENT, YES, "2001:db8:0:0:0:0:0:1", "write 2001:db8::1" },
	{ KEY_CLIENT, YES, "user@example.com", "check_sender or" },
	{ KEY_CLIENT, YES, "mx.example.com.", "write mx.example.com" },
	{ KEY_RECIPIENT, YES, "b.test.", "no key ends in '.': write b.test" },
	{ KEY_RECIPIENT, YES, "u@b.test.", "write u@b.test" },
	{ KEY_RECIPIENT, YES, "u@b.test,", "write u@b.test" },
	{ KEY_RECIPIENT, YES, "alice:", "write alice" },
	{ KEY_RECIPIENT, YES, "<x@y>", "keys have no <>: write x@y" },
	{ KEY_RECIPIENT, YES, "<>", "only a sender can be empty" },
	{ KEY_SENDER, YES, "mailto:x@y", "write x@y" },
	{ KEY_SENDER, YES, "/^x@/", "use a pcre or regexp table" },
	{ KEY_SENDER, YES, "\xef\xbb\xbf" "example.com",
	  "an invisible character (U+FEFF): type it again" },
	{ KEY_SENDER, YES, "example.com\xc2\xa0", "(U+00A0)" },
	{ KEY_CLIENT, YES, "mx\xe2\x80\x8b.example", "(U+200B)" },
	{ KEY_PAIR, YES, "a@x\xe2\x80\x8d y", "(U+200D)" },
	{ KEY_SENDER, YES, "a\001b@x", "(U+0001)" },
	{ KEY_RECIPIENT, YES, "\"s@x r@y\"", "use check_pair" },
	{ KEY_RECIPIENT, YES, "s@x r@y", "use check_pair" },
	{ KEY_SENDER, YES, "a\177b@x", "(U+007F)" },
	{ KEY_PAIR, YES, "", "want \"sender recipient\"" },
	{ KEY_PAIR, YES, " r@y", "want \"sender recipient\"" },
	{ KEY_PAIR, YES, "\"a\\\" b\"@x", "want \"sender recipient\"" },
	{ KEY_RECIPIENT, YES, "\"a\\\" b\"@x r@y", "use check_pair" },
	{ KEY_PAIR, YES, "\"a b@x r@y", "want \"sender recipient\"" },
	{ KEY_PAIR, YES, "s@x", "want \"sender recipient\"" },
	{ KEY_PAIR, YES, "\"s@x \"", "want \"sender recipient\"" },
	{ KEY_PAIR, YES, "\"@x r@y\"", "write x" },
	{ KEY_PAIR, YES, "s@x *@y", "write y" },
	{ KEY_PAIR, YES, "s@x <>", "only a sender" },
	{ KEY_RECIPIENT, YES, "user@*", "there are no wildcards: write user@" },
	{ KEY_RECIPIENT, YES, "user@*.example.com", "use a pcre or regexp" },
	{ KEY_SENDER, YES, "example.*", "use a pcre or regexp" },
	{ KEY_CLIENT, NO, "mx*.example.com", "use a pcre or regexp" },
	{ KEY_SENDER, YES, "example..com", "two dots in a row" },
	{ KEY_RECIPIENT, YES, "user@example..com", "two dots in a row" },
	{ KEY_RECIPIENT, YES, "http://example.com", "no domain has a ':'" },
	{ KEY_RECIPIENT, YES, "domain:example.com", "no domain has a ':'" },
	{ KEY_RECIPIENT, YES, "!example.com", "no domain has a '!'" },
	{ KEY_RECIPIENT, YES, "'user@example.com'", "no domain has a '''" },
	{ KEY_SENDER, YES, "(user@example.com)", "no domain has a ')'" },
	{ KEY_CLIENT, YES, "mx.example.com:25", "no domain has a ':'" },
	{ KEY_PAIR, YES, "s@x u@*", "write u@" },
};

/* What keys.c looks for, of whatever these are. */
static const struct {
	enum key_kind	 kind;
	const char	*text, *address;	/* of a client; or the recipient
						   of a pair */
} alive[] = {
	{ KEY_RECIPIENT, "User+Ext@Sub.Example.COM", NULL },
	{ KEY_RECIPIENT, "\"a b\"@example.com", NULL },
	{ KEY_RECIPIENT, "\"a\\\" b\"@example.com", NULL },
	{ KEY_RECIPIENT, "/a", NULL },
	{ KEY_RECIPIENT, "\"a.\"@example.com.", NULL },
	{ KEY_RECIPIENT, "user@[192.0.2.1]", NULL },
	{ KEY_RECIPIENT, "user@[IPv6:2001:db8::1]", NULL },
	{ KEY_RECIPIENT, "b\303\274cher@b\303\274cher.example", NULL },
	{ KEY_RECIPIENT, "postmaster", NULL },
	{ KEY_RECIPIENT, "o'neil", NULL },
	{ KEY_RECIPIENT, "\"a@b\"", NULL },
	{ KEY_RECIPIENT, "\"a@b\"@example.com", NULL },
	{ KEY_RECIPIENT, "a%b!c*d@x_y.example", NULL },
	{ KEY_RECIPIENT, "o'neil/x=y@example.com", NULL },
	{ KEY_RECIPIENT, "u@\331\206\331\207\342\200\214\330\247\333\214.example",
	  NULL },
	{ KEY_SENDER, "", NULL },
	{ KEY_SENDER, "srs0=ab=cd=example.net=u@example.com", NULL },
	{ KEY_CLIENT, "mx.example.com", "192.0.2.1" },
	{ KEY_CLIENT, "unknown", "2001:db8::1" },
	{ KEY_CLIENT, "unknown", "2001:db8:1:2:3:4:5:6" },
	{ KEY_HELO, "mx.example.com", NULL },
	{ KEY_HELO, "mx.example.com.", NULL },
	{ KEY_HELO, "[192.0.2.1]", NULL },
	{ KEY_HELO, "192.0.2.1", NULL },
	{ KEY_PAIR, "Boss@example.com", "User+x@corp.example" },
	{ KEY_PAIR, "", "\"a b\"@corp.example" },
	{ KEY_PAIR, "\"a b\"@corp.example", "u@[192.0.2.1]" },
	{ KEY_PAIR, "\"a\\\"b\"@corp.example", "c@corp.example" },
};

static void
test_dead(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dead) / sizeof(*dead); i++) {
		struct arena arena = { 0 };
		const char *why = keyform_fault(dead[i].kind, dead[i].key,
		    dead[i].parents, &arena);

		if (why == NULL || strstr(why, dead[i].why) == NULL)
			fail_msg("%s: %s", dead[i].key,
			    why != NULL ? why : "nothing");
		arena_drop(&arena);
	}
}

static void
list(enum key_kind kind, const char *text, const char *address,
    const struct keys_options *options, struct keys *out)
{
	if (kind == KEY_CLIENT)
		keys_of_client(out, text, address, options);
	else if (kind == KEY_HELO)
		keys_of_helo(out, text, options);
	else if (kind == KEY_PAIR)
		keys_of_pair(out, text, address, options);
	else
		keys_of_address(out, text, options);
}

static void
test_alive(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(alive) / sizeof(*alive); i++) {
		struct keys_options options = { "+", i % 2 == 0 };
		enum key_kind kind = alive[i / 2].kind;
		own(keys) struct keys keys = KEYS;
		struct arena arena = { 0 };
		struct key key;

		list(kind, alive[i / 2].text, alive[i / 2].address, &options,
		    &keys);
		while (keys_next(&keys, &key)) {
			const char *why = keyform_fault(kind, key.text,
			    options.parents_match, &arena);

			if (why != NULL)
				fail_msg("'%s': %s", key.text, why);
		}
		arena_drop(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
