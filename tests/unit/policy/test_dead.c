/* SPDX-License-Identifier: BSD-2-Clause */
/* dead: keys and tables that an earlier table leaves nothing to */
#include "policy/policy.h"

#include "tests/unit/policy/policy_fixture.h"

static void
add_finding(void *arg, const char *text)
{
	buf_texts(arg, text, "\n");
}

/* plain - without the directory of the tables and their type */
static void
plain(const char *text, const char *dir, struct buf *out)
{
	own(str) char *before = mem_format("texthash:%s/", dir);
	size_t n = strlen(before);

	while (*text != '\0')
		if (strncmp(text, before, n) == 0)
			text += n;
		else
			buf_byte(out, *text++);
}

/* dead - what is found in a policy with these lines */
static void
dead(struct fixture *fixture, const char *lines, const char *wanted)
{
	own(buf) struct buf all = BUF, got = BUF;
	own(str) char *text = mem_format("intake_address = j@intake.example\n%s",
	    lines);
	struct err err = { .text = "" };
	struct policy *policy = load(fixture, text, &err);

	if (policy == NULL)
		fail_msg("%s", err.text);
	buf_text(&all, "");
	policy_each_dead(policy, add_finding, &all);
	policy_free(policy);
	plain(all.data, fixture->dir, &got);
	same(got.len > 0 ? got.data : "", wanted, lines);
}

/* shadowed - of a check with a table a, and then b */
static void
shadowed(struct fixture *fixture, const char *check, const char *a, const char *b,
    const char *wanted)
{
	own(str) char *lines = mem_format("policy_maps = %s texthash:%%/a, "
	    "%s texthash:%%/b\n", check, check);

	free(scratch_file(fixture->dir, "a", a));
	free(scratch_file(fixture->dir, "b", b));
	dead(fixture, lines, wanted);
}

/* Each kind of key, and the key of an earlier table that decides for it. */
static void
test_shadowed(void **state)
{
	struct fixture *fixture = *state;

	shadowed(fixture, "check_client",
	    "192.0.2 NO\nexample.com DEFAULT\n2001:db8 NO\n",
	    "192.0.2.1 DEFAULT\nmx.example.com NO\n198.51.100.1 NO\n"
	    "2001:db8::1 NO\n",
	    "b: 192.0.2.1: can never match: a decides first, by 192.0.2\n"
	    "b: mx.example.com: can never match: a decides first, by "
	    "example.com\n"
	    "b: 2001:db8::1: can never match: a decides first, by 2001:db8\n");
	shadowed(fixture, "check_helo", "example.com NO\n",
	    "mx.example.com DEFAULT\nexample.com DEFAULT\nexample.org DEFAULT\n",
	    "b: mx.example.com: can never match: a decides first, by "
	    "example.com\n"
	    "b: example.com: can never match: a decides first\n");
	shadowed(fixture, "check_sender", "example.com NO\na@ NO\n",
	    "s@example.com NO\n<> NO\nb@ NO\na@ NO\na@x.example NO\n",
	    "b: s@example.com: can never match: a decides first, by "
	    "example.com\n"
	    "b: a@: can never match: a decides first\n"
	    "b: a@x.example: can never match: a decides first, by a@\n");
	shadowed(fixture, "check_pair", "\"a@x b@y\" NO\n",
	    "\"a@x b@y\" DEFAULT\n\"a@x c@y\" DEFAULT\n",
	    "b: \"a@x b@y\": can never match: a decides first\n");
	/* With a DUNNO a longer key may lead past it. */
	shadowed(fixture, "check_sender", "example.com NO\nx@example.com DUNNO\n",
	    "s@example.com NO\n", "");
}

/* Many findings of one table are only counted. */
static void
test_many(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf keys = BUF, wanted = BUF;

	for (int i = 0; i < 30; i++) {
		buf_format(&keys, "s%d@example.com DEFAULT\n", i);
		if (i < 20)
			buf_format(&wanted, "b: s%d@example.com: can never match: a "
			    "decides first, by example.com\n", i);
	}
	buf_text(&wanted, "b: and 10 more\n");
	shadowed(fixture, "check_sender", "example.com NO\n", keys.data,
	    wanted.data);
}

/* A table that has an answer for everything, and one that may have none. */
static void
test_unreached(void **state)
{
	struct fixture *fixture = *state;

	dead(fixture, "policy_maps = check_client static:NO, "
	    "check_sender inline:{a@b=DEFAULT}\n", "check_sender "
	    "inline:{a@b=DEFAULT} is never asked: check_client static:NO has an "
	    "answer for every message\n");
	dead(fixture, "policy_maps = check_helo static:NO, "
	    "check_sender inline:{a@b=DEFAULT}\n", "");
	dead(fixture, "policy_maps = check_sender static:DUNNO, "
	    "check_sender inline:{a@b=DEFAULT}\n", "");
}

/* The addresses of clients are in no address of mail. */
static void
test_cidr(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *wanted = mem_format("cidr:%s/c: it can never match for "
	    "check_sender: it only has the addresses of clients; use "
	    "check_client\n", fixture->dir);

	free(scratch_file(fixture->dir, "c", "192.0.2.0/24 NO\n"));
	dead(fixture, "policy_maps = check_client cidr:%/c\n", "");
	dead(fixture, "policy_maps = check_helo cidr:%/c\n", "");
	dead(fixture, "policy_maps = check_sender cidr:%/c\n", wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shadowed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unreached, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cidr, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
