/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of a type that was left out of this build says so, once and in
 * time; one that was not is read, or its file is missing */
#include "base/parts.h"

#include <string.h>

#include "base/own.h"
#include "policy/table/table.h"
#include "tests/unit/scratch.h"

static const struct {
	const char	*type;
	bool		 there;
} types[] = {
	{ "btree", WITH_DB }, { "cdb", WITH_CDB }, { "cidr", true },
	{ "hash", WITH_DB }, { "lmdb", WITH_LMDB }, { "pcre", WITH_PCRE },
	{ "regexp", true }, { "texthash", true },
};

/* error_of - what is said when a table of this type, in no file, is loaded */
static void
error_of(const char *type, struct err *err)
{
	own(str) char *name = mem_format("%s:/nonexistent/table", type);
	struct table *table;

	assert_int_equal(table_load(name, TABLE_PATIENCE, &table, err), -1);
}

static void
test_error(void **state)
{
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		own(str) char *start = mem_format("table type '%s' was left out",
		    types[i].type);
		const char *want = types[i].there ?
		    "No such file or directory" : start;

		error_of(types[i].type, &err);
		if (strstr(err.text, want) == NULL)
			fail_msg("%s: %s", types[i].type, err.text);
	}
	error_of("mysql", &err);
	assert_non_null(strstr(err.text, "unknown table type 'mysql'"));
}

/* -V names exactly those that can be read. */
static void
test_names(void **state)
{
	own(str) char *names = table_types();
	own(str) char *all = mem_format(" %s ", names);

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		own(str) char *word = mem_format(" %s ", types[i].type);

		if ((strstr(all, word) != NULL) != types[i].there)
			fail_msg("%s: %s", types[i].type, names);
	}
}

/* What it is for is known by its name alone; a type that was left out is not
 * refused for another reason. */
static void
test_purpose(void **state)
{
	(void)state;
	assert_true(table_is_of_text("regexp:/x"));
	assert_true(table_is_of_text("pcre:/x"));
	assert_false(table_is_of_text("cidr:/x"));
	assert_int_equal(table_is_of_text("hash:/x"), !WITH_DB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_purpose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
