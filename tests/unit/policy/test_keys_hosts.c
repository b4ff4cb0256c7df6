/* SPDX-License-Identifier: BSD-2-Clause */
/* keys: of clients, HELO names and pairs, and of domains in other letters */
#include "policy/keys.h"

#include <string.h>

#include "tests/unit/scratch.h"

static void
same_keys(struct keys *keys, const char *want)
{
	own(buf) struct buf got = BUF;
	struct key key;

	while (keys_next(keys, &key))
		buf_format(&got, "%s%s%s%s", got.len > 0 ? ", " : "", key.text,
		    key.pattern != NULL ? "|" : "", key.pattern == NULL ||
		    strcmp(key.pattern, key.text) == 0 ? "" : key.pattern);
	assert_string_equal(got.data, want);
	keys_drop(keys);
}

static void
test_keys(void **state)
{
	const struct keys_options parents = { "+", true }, dots = { "", false };
	struct keys keys = KEYS;

	(void)state;
	keys_of_client(&keys, "A.B.Example", "192.0.2.1", &parents);
	same_keys(&keys, "a.b.example|A.B.Example, b.example, example, "
	    "192.0.2.1|, 192.0.2, 192.0, 192");
	keys_of_client(&keys, "a.b.example", "2001:DB8::1", &dots);
	same_keys(&keys, "a.b.example|, .b.example, .example, "
	    "2001:db8::1|, 2001:db8:, 2001:db8, 2001");
	keys_of_client(&keys, "", "::1", &parents);
	same_keys(&keys, "::1|, :");
	keys_of_client(&keys, "unknown", "", &parents);
	same_keys(&keys, "unknown|");
	keys_of_helo(&keys, "[192.0.2.1]", &parents);
	same_keys(&keys, "[192.0.2.1]|");
	keys_of_helo(&keys, "", &parents);
	same_keys(&keys, "");
	keys_of_pair(&keys, "S@x", "r+e@y", &parents);
	same_keys(&keys, "s@x r+e@y|, \"s@x r+e@y\", s@x r@y, \"s@x r@y\", "
	    "s@x y, \"s@x y\", s@x r+e@, \"s@x r+e@\", s@x r@, \"s@x r@\", "
	    "x r+e@y, \"x r+e@y\", x r@y, \"x r@y\", x y, \"x y\", "
	    "x r+e@, \"x r+e@\", x r@, \"x r@\", "
	    "s@ r+e@y, \"s@ r+e@y\", s@ r@y, \"s@ r@y\", s@ y, \"s@ y\", "
	    "s@ r+e@, \"s@ r+e@\", s@ r@, \"s@ r@\"");
	keys_of_pair(&keys, "", "r@y", &dots);
	same_keys(&keys, "<> r@y|, \"<> r@y\", <> y, \"<> y\", "
	    "<> r@, \"<> r@\"");
}

#define LETTERS "b\303\274cher"

static void
test_letters(void **state)
{
	const struct keys_options parents = { "", true };
	struct keys keys = KEYS;

	(void)state;
	keys_of_address(&keys, "a@x." LETTERS ".example", &parents);
	same_keys(&keys, "a@x." LETTERS ".example|, a@x.xn--bcher-kva.example, "
	    "x." LETTERS ".example, x.xn--bcher-kva.example, "
	    LETTERS ".example, xn--bcher-kva.example, example, a@");
	keys_of_address(&keys, "a@XN--bcher-KVA.example", &parents);
	same_keys(&keys, "a@xn--bcher-kva.example|, a@" LETTERS ".example, "
	    "xn--bcher-kva.example, " LETTERS ".example, example, a@");
	keys_of_address(&keys, "a@B\303\234CHER.x", &parents);
	same_keys(&keys, "a@" LETTERS ".x|, a@xn--bcher-kva.x, "
	    LETTERS ".x, xn--bcher-kva.x, x, a@");
	/* a sharp s folds to two, and is one in an A-label */
	keys_of_address(&keys, "a@stra\303\237e.x", &parents);
	same_keys(&keys, "a@strasse.x|, a@stra\303\237e.x, a@xn--strae-oqa.x, "
	    "strasse.x, stra\303\237e.x, xn--strae-oqa.x, x, a@");
	/* no domain that can be written in another way */
	keys_of_address(&keys, "a@\377.x", &parents);
	same_keys(&keys, "a@\377.x|, \377.x, x, a@");
	keys_of_client(&keys, LETTERS ".x", "", &parents);
	same_keys(&keys, LETTERS ".x|, xn--bcher-kva.x, x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
