/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address leads to the mailboxes that Postfix and mailbox_maps say
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/owner/owners.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static struct maps *aliases, *mailboxes;

static int
set_up(void **state)
{
	struct err err;

	(void)state;
	if (maps_load("inline:{ {team@y.example=ann@y.example, "
	    "bob+list@y.example} {old@y.example=new@y.example} "
	    "{new@y.example=eve@y.example} {self@y.example=self@y.example "
	    "ann@y.example} {loop@y.example=pool@y.example} "
	    "{pool@y.example=loop@y.example} {root@y.example=ann} "
	    "{@old.example=@y.example} } inline:{team@y.example=never@y}",
	    &aliases, &err) == -1 ||
	    maps_load("inline:{ {ann@y.example=ann} "
	    "{@shared.example=info, sales} }",
	    &mailboxes, &err) == -1)
		fail_msg("%s", err.text);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	aliases = maps_free(aliases);
	mailboxes = maps_free(mailboxes);
	return 0;
}

/* leads_to - names with a blank between them, or the error */
static void
leads_to(const char *address, const char *wanted)
{
	const struct owners_tables tables = { aliases, mailboxes, "+-",
		"y.example" };
	own(buf) struct buf text = BUF;
	struct owners owners;
	struct err err;

	if (owners_find(&tables, address, &owners, &err) == -1)
		buf_text(&text, err.text);
	for (size_t i = 0; i < owners.count; i++)
		buf_texts(&text, i > 0 ? " " : "", owners.names[i]);
	assert_string_equal(text.data, wanted);
	owners_drop(&owners);
}

static void
test_rows(void **state)
{
	(void)state;
	leads_to("bob@y.example", "bob@y.example");
	leads_to("bob+x@y.example", "bob@y.example");
	leads_to("+x@y.example", "+x@y.example");
	leads_to("Ann@Y.example", "ann");
	leads_to("ann-x@y.example", "ann");
	leads_to("team@y.example", "ann bob@y.example");
	leads_to("TEAM+x@y.example", "ann bob@y.example");
	leads_to("old@y.example", "eve@y.example");
	leads_to("self@y.example", "self@y.example ann");
	leads_to("any@shared.example", "info sales");
	leads_to("bob@old.example", "bob@y.example");
	leads_to("root@y.example", "ann");
	leads_to("bob", "bob");
}

static void
test_loop(void **state)
{
	(void)state;
	leads_to("loop@y.example",
	    "loop@y.example: virtual aliases lead nowhere");
}

static void
test_too_many(void **state)
{
	own(buf) struct buf list = BUF;
	struct err err;

	(void)state;
	buf_text(&list, "inline:{ {all@y.example=");
	for (int i = 0; i < OWNERS_MAX + 1; i++)
		buf_format(&list, "%d@y.example ", i);
	buf_text(&list, "} }");
	maps_free(aliases);
	assert_int_equal(maps_load(list.data, &aliases, &err), 0);
	leads_to("all@y.example",
	    "all@y.example: it leads to more than 50 mailboxes");
}

static void
test_maps(void **state)
{
	own(buf) struct buf value = BUF;
	own(str) char *why = NULL;
	struct maps *maps;
	struct err err;

	(void)state;
	assert_int_equal(maps_load("inline:{a=b} mysql:/etc/x", &maps, &err),
	    -1);
	assert_non_null(strstr(err.text, "mysql"));
	assert_int_equal(maps_load_known("proxy:mysql:/x, inline:{a=b}",
	    &maps, &why, &err), 0);
	assert_non_null(strstr(why, "proxy"));
	assert_false(maps_are_none(maps));
	assert_int_equal(maps_find(maps, "A", &value, &err), 1);
	assert_string_equal(value.data, "b");
	assert_int_equal(maps_find(maps, "c", &value, &err), 0);
	assert_string_equal(value.data, "");
	assert_true(maps_are_current(maps));
	maps_free(maps);
	assert_int_equal(maps_load("", &maps, &err), 0);
	assert_true(maps_are_none(maps));
	maps_free(maps);
	assert_int_equal(maps_load("inline:{a", &maps, &err), -1);
}

static void
test_patterns(void **state)
{
	own(buf) struct buf value = BUF;
	char *dir = scratch_new();
	own(str) char *file = scratch_file(dir, "p",
	    "/^(.*)@x\\.example$/ $1-box\n");
	own(str) char *name = mem_format("regexp:%s", file);
	struct maps *maps;
	struct err err;

	(void)state;
	if (maps_load(name, &maps, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(maps_find(maps, "bob@x.example", &value, &err), 1);
	assert_string_equal(value.data, "bob-box");
	maps_free(maps);
	scratch_free(dir);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_rows), TEST(test_loop), TEST(test_too_many),
		TEST(test_maps), TEST(test_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
