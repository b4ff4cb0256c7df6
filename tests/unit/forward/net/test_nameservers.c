/* SPDX-License-Identifier: BSD-2-Clause */
/* nameservers: what resolv.conf says, whenever it comes to say so */
#include "forward/net/nameservers.h"

#include <errno.h>

#include "tests/unit/spool_rig.h"

static void
test_forms(void **state)
{
	static const struct {
		const char *text, *list;
	} cases[] = {
		{ "nameserver 192.0.2.1\n", "192.0.2.1" },
		{ "nameserver 192.0.2.1", "192.0.2.1" },
		{ "search a.test\n nameserver\t192.0.2.1  # first\r\n"
		    "nameserver 2001:db8::1\noptions edns0\n",
		    "192.0.2.1 2001:db8::1" },
		{ "#nameserver 192.0.2.1\n;nameserver 192.0.2.2\n"
		    "nameservers 192.0.2.3\nnameserver192.0.2.4\n",
		    "127.0.0.1" },
		{ "nameserver\nnameserver ns.test\nnameserver 192.0.2\n"
		    "nameserver 192.0.2.1@53\nnameserver 192.0.2.5\n",
		    "192.0.2.5" },
		{ "nameserver fe80::1%lo\nnameserver fe80::1%nowhere\n"
		    "nameserver 192.0.2.1%lo\n", "fe80::1%1" },
		{ "", "127.0.0.1" },
		{ "options rotate\n", "127.0.0.1" },
	};
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nameservers seen = NAMESERVERS;
		own(str) char *path = scratch_file(dir, "resolv.conf",
		    cases[i].text);

		assert_true(nameservers_look(&seen, path));
		assert_string_equal(seen.list, cases[i].list);
		assert_int_equal(seen.error, 0);
		assert_false(nameservers_look(&seen, path));
		nameservers_drop(&seen);
		assert_null(seen.list);
	}
	scratch_free(dir);
}

/* A file that comes, changes, is replaced, emptied, and goes. */
static void
test_changes(void **state)
{
	struct nameservers seen = NAMESERVERS;
	char *dir = scratch_new();
	own(str) char *path = mem_format("%s/resolv.conf", dir);
	own(str) char *other = NULL;

	(void)state;
	assert_true(nameservers_look(&seen, path));
	assert_string_equal(seen.list, "127.0.0.1");
	assert_int_equal(seen.error, ENOENT);
	assert_false(nameservers_look(&seen, path));
	free(scratch_file(dir, "resolv.conf", "nameserver 192.0.2.1\n"));
	assert_true(nameservers_look(&seen, path));
	assert_string_equal(seen.list, "192.0.2.1");
	assert_int_equal(seen.error, 0);
	/* another file of the same size, and perhaps in the same moment */
	other = scratch_file(dir, "other", "nameserver 192.0.2.2\n");
	must(rename(other, path) == 0);
	assert_true(nameservers_look(&seen, path));
	assert_string_equal(seen.list, "192.0.2.2");
	/* another file, and the same in it */
	free(scratch_file(dir, "other", "nameserver 192.0.2.2 # still\n"));
	must(rename(other, path) == 0);
	assert_false(nameservers_look(&seen, path));
	assert_string_equal(seen.list, "192.0.2.2");
	must(unlink(path) == 0);
	assert_false(nameservers_look(&seen, path));
	assert_string_equal(seen.list, "192.0.2.2");
	assert_int_equal(seen.error, ENOENT);
	free(scratch_file(dir, "resolv.conf", ""));
	assert_true(nameservers_look(&seen, path));
	assert_string_equal(seen.list, "127.0.0.1");
	nameservers_drop(&seen);
	scratch_free(dir);
}

/* What can be opened and not be read. */
static void
test_no_file(void **state)
{
	struct nameservers seen = NAMESERVERS;
	char *dir = scratch_new();

	(void)state;
	assert_true(nameservers_look(&seen, dir));
	assert_string_equal(seen.list, "127.0.0.1");
	assert_int_equal(seen.error, EINVAL);
	nameservers_drop(&seen);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
