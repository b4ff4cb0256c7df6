/* SPDX-License-Identifier: BSD-2-Clause */
/* dovecot: which message it is that an answer tells of
 * NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/mailbox/dovecot_answer.h"
#include "remediate/mailbox/dovecot_key.h"

#define BOX "0123456789abcdef0123456789abcdef"

static void
test_ids(void **state)
{
	static const struct {
		const char	*fields;
		bool		 same;
	} cases[] = {
		{ "<a@b>", true }, { " <a@b>\t", true }, { "\n <a@b>", true },
		{ "<a@b> (comment)", true }, { "<a@b>x", true },
		{ "<x@y>\n<a@b>", true }, { "<x@y>\n\n\n\t<a@b>\n<z@z>", true },
		{ "", false }, { "\n\n", false }, { "a@b", false },
		{ "<A@b>", false }, { "<a@b", false }, { "x<a@b>", false },
		{ "<xa@b>", false }, { "<a@bx>", false }, { "\"<a@b>\"", false },
		{ "x@y \t\n<a@b>", true }, { "\"a\" \t", false },
		{ "<a @b>", false }, { "<<a@b>>", false }, { "<a@\n b>", false },
		{ "(<a@b>)", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (dovecot_has_id(cases[i].fields, "<a@b>") != cases[i].same)
			fail_msg("wrong about '%s'", cases[i].fields);
}

static void
test_places(void **state)
{
	static const struct {
		const char	*box, *uid;
		bool		 good;
	} cases[] = {
		{ BOX, "1", true }, { BOX, "4294967295", true },
		{ BOX, "4294967296", false }, { BOX, "0", false },
		{ BOX, "", false }, { BOX, "01", false }, { BOX, "1:*", false },
		{ BOX, "*", false }, { BOX, "1,2", false }, { BOX, "-1", false },
		{ BOX, " 1", false }, { "", "1", false }, { "*", "1", false },
		{ BOX "0", "1", false },
		{ "0123456789ABCDEF0123456789abcdef", "1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (dovecot_is_place(cases[i].box, cases[i].uid) !=
		    cases[i].good)
			fail_msg("wrong about '%s' '%s'", cases[i].box,
			    cases[i].uid);
}

/* What a handle has goes through a database and comes back. */
static void
test_handle(void **state)
{
	const struct dovecot_key key = { .box = BOX, .uid = "7",
	    .guid = "1795692692.M2848P202.vm,S=1561", .id = "<a\"b\\@x>",
	    .user = "quarantine@corp.example", .in = "Q \"x\"", .from = "Entw\303\274rfe/\"a\\b",
	    .flags = "\\Seen $Junk" };
	own(buf) struct buf line = BUF;
	struct dovecot_key again;
	struct err err;

	(void)state;
	dovecot_key_format(&key, &line);
	assert_null(strpbrk(line.data, "\r\n\t"));
	assert_int_equal(dovecot_handle_parse(line.data, &again, &err), 0);
	assert_string_equal(again.uid, key.uid);
	assert_string_equal(again.guid, key.guid);
	assert_string_equal(again.id, key.id);
	assert_string_equal(again.user, key.user);
	assert_string_equal(again.in, key.in);
	assert_string_equal(again.from, key.from);
	assert_string_equal(again.flags, key.flags);
	dovecot_key_drop(&again);
}

static void
test_wrong_keys(void **state)
{
	static const char *const keys[] = { "", "{}", "[]", "x", "{",
	    "{\"box\":\"*\",\"uid\":\"1\",\"guid\":\"g\",\"id\":\"<i>\"}",
	    "{\"box\":\"" BOX "\",\"uid\":\"1:*\",\"guid\":\"g\",\"id\":\"<i>\"}",
	    "{\"box\":\"" BOX "\",\"uid\":\"1\",\"guid\":\"\",\"id\":\"<i>\"}",
	    "{\"box\":\"" BOX "\",\"uid\":\"1\",\"guid\":\"g\",\"id\":\"\"}",
	    "{\"box\":\"" BOX "\",\"uid\":\"1\",\"guid\":\"g\"}",
	    "{\"uid\":\"1\",\"guid\":\"g\",\"id\":\"<i>\"}",
	    "{\"box\":\"" BOX "\",\"guid\":\"g\",\"id\":\"<i>\"}",
	    "{\"box\":\"" BOX "\",\"uid\":\"1\",\"id\":\"<i>\"}",
	    "{\"box\":\"" BOX "\",\"uid\":\"1\",\"guid\":\"g\",\"queue\":\"\"}",
	    "{\"box\":\"" BOX "\",\"uid\":1,\"guid\":\"g\",\"id\":\"<i>\"}" };
	static const char key[] =
	    "{\"box\":\"" BOX "\",\"uid\":\"1\",\"guid\":\"g\",\"id\":\"<i>\"}";
	struct dovecot_key out;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (dovecot_key_parse(keys[i], &out, &err) == 0)
			fail_msg("taken: %s", keys[i]);
		assert_int_equal(err.kind, ERR_NEVER);
	}
	assert_int_equal(dovecot_handle_parse(key, &out, &err), -1);
	assert_string_equal(err.text, "no handle of a message in quarantine");
	assert_int_equal(dovecot_key_parse(key, &out, &err), 0);
	dovecot_key_drop(&out);
}

/* Half of a handle is none. */
static void
test_halves(void **state)
{
	static const struct dovecot_key halves[] = {
		{ .user = NULL, .in = "Q", .from = "INBOX", .flags = "" },
		{ .user = "q@x", .in = NULL, .from = "INBOX", .flags = "" },
		{ .user = "q@x", .in = "Q", .from = NULL, .flags = "" },
		{ .user = "q@x", .in = "Q", .from = "INBOX", .flags = NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(halves) / sizeof(*halves); i++) {
		struct dovecot_key key = halves[i], out;
		own(buf) struct buf line = BUF;
		struct err err;

		key.box = BOX;
		key.uid = "7";
		key.guid = "g";
		key.queue_id = "4Q1";
		dovecot_key_format(&key, &line);
		assert_int_equal(dovecot_handle_parse(line.data, &out, &err),
		    -1);
		assert_string_equal(err.text, "no handle of a message in "
		    "quarantine");
		assert_int_equal(err.kind, ERR_NEVER);
		assert_int_equal(dovecot_key_parse(line.data, &out, &err), 0);
		assert_string_equal(out.queue_id, "4Q1");
		dovecot_key_drop(&out);
	}
}

/* is_row - with a GUID and the name of a folder so long */
static bool
is_row(size_t guid, size_t folder)
{
	own(str) char *a = mem_new(guid + 1), *b = mem_new(folder + 1);
	struct dovecot_row row;
	struct err err;
	json_t *json;
	bool good;

	memset(a, 'g', guid);
	memset(b, 'f', folder);
	json = json_pack("{s:s s:s s:s s:s}", "mailbox-guid", BOX, "uid", "1",
	    "guid", a, "mailbox", b);
	good = dovecot_row(json, &row, &err) == 0;
	json_decref(json);
	return good;
}

static void
too_long(void)
{
	assert_true(is_row(255, 4096));
	assert_false(is_row(256, 4096));
	assert_false(is_row(255, 4097));
}

/* A message that could not be named again is none, and what it does not tell is
 * not known. */
static void
test_rows(void **state)
{
	static const struct { const char *json; bool good; } rows[] = {
		{ "{'mailbox-guid':'" BOX "','uid':'1','guid':'g'}", true },
		{ "{'mailbox-guid':'" BOX "','uid':'1','guid':''}", false },
		{ "{'mailbox-guid':'" BOX "','uid':'1','guid':'a b'}", false },
		{ "{'mailbox-guid':'" BOX "','uid':'1','guid':'a\177'}",
		  false },
		{ "{'mailbox-guid':'" BOX "','uid':1,'guid':'g'}", false },
		{ "{'uid':'1','guid':'g'}", false }, { "[]", false },
		{ "7", false },
	};

	(void)state;
	too_long();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *text = mem_text(rows[i].json);
		struct dovecot_row row;
		struct err err;
		json_t *json;
		int done;

		for (char *p = text; *p != '\0'; p++)
			if (*p == '\'')
				*p = '"';
		json = json_loads(text, JSON_DECODE_ANY, NULL);
		assert_non_null(json);
		done = dovecot_row(json, &row, &err);
		if ((done == 0) != rows[i].good)
			fail_msg("%s", rows[i].json);
		if (done == 0) {
			assert_int_equal(row.size, -1);
			assert_int_equal(row.received, 0);
			assert_string_equal(row.folder, "");
		} else
			assert_int_equal(err.kind, ERR_LATER);
		json_decref(json);
	}
}

/* Whatever stands in a database: one account is meant, and one folder. */
static void
test_patterns(void **state)
{
	static const struct { const char *user, *in; bool good; } cases[] = {
		{ "q@x", "Quarantine", true }, { "*", "Quarantine", false },
		{ "q?@x", "Quarantine", false }, { "q@x", "*", false },
		{ "q@x", "Q%", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct dovecot_key key = { .box = BOX, .uid = "7",
		    .guid = "g", .id = "<i>", .user = cases[i].user,
		    .in = cases[i].in, .from = "*", .flags = "" };
		own(buf) struct buf line = BUF;
		struct dovecot_key out;
		struct err err;
		int done;

		dovecot_key_format(&key, &line);
		done = dovecot_handle_parse(line.data, &out, &err);
		if ((done == 0) != cases[i].good)
			fail_msg("wrong about '%s' '%s'", cases[i].user,
			    cases[i].in);
		if (done == 0)
			dovecot_key_drop(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_handle),
		cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_halves),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
