/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that are too much for one answer are asked for by halves: each is seen
 * once, and one that is too much alone keeps nobody from the others
 *
 * NEEDS: REMEDIATION
 * WRAP: dovecot_ask dovecot_was_too_long
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "remediate/mailbox/dovecot_private.h"

#define BOX_A "0123456789abcdef0123456789abcdef"
#define BOX_B "fedcba9876543210fedcba9876543210"

enum { MOST = 1300, LIMIT = 1000 };

/* The server: so many messages, the first of them in BOX_A. */
static unsigned count, in_a, asked, fails_at;
static unsigned sizes[MOST + 1];
static const char *uids_as;	/* what stands there as a number; NULL: itself */
static bool gone;		/* BOX_A, after it was listed */
static bool no_list, no_box, too_long;
static enum mailbox_result fails_with;

/* What was shown. */
static unsigned shown[MOST + 1], enough_at;

static json_t *
places(void)
{
	json_t *rows = no_list ? json_object() : json_array();
	char uid[12];

	for (unsigned i = 1; !no_list && i <= count; i++) {
		snprintf(uid, sizeof(uid), "%u", i);
		json_array_append_new(rows, json_pack("{s:s s:s}",
		    no_box ? "box" : "mailbox-guid", i <= in_a ? BOX_A : BOX_B,
		    "uid",
		    uids_as != NULL ? uids_as : uid));
	}
	return rows;
}

/* page_of - of what the query names; NULL: it is too much */
static json_t *
page_of(const json_t *query)
{
	char *uids = mem_text(json_string_value(json_array_get(query, 3)));
	char *rest = uids, *uid;
	json_t *rows = json_array();
	unsigned sum = 0;

	while ((uid = strsep(&rest, ",")) != NULL) {
		sum += sizes[atoi(uid)];
		json_array_append_new(rows, json_string(uid));
	}
	free(uids);
	if (sum <= LIMIT)
		return rows;
	json_decref(rows);
	return NULL;
}

enum mailbox_result __wrap_dovecot_ask(struct dovecot *,
	    const struct dovecot_command *, struct dovecot_answer *,
	    struct err *);
enum mailbox_result
__wrap_dovecot_ask(struct dovecot *dovecot,
    const struct dovecot_command *command, struct dovecot_answer *out,
    struct err *err)
{
	const json_t *query = json_object_get(command->arguments, "query");
	bool first = json_array_size(query) == 1;
	enum mailbox_result result = MAILBOX_DONE;
	json_t *rows = NULL;

	(void)dovecot;
	assert_string_equal(command->name, "fetch");
	assert_string_equal(command->user, "bob");
	too_long = false;
	if (++asked == fails_at)
		result = fails_with;
	else if (!first && gone && strcmp(json_string_value(json_array_get(
	    query, 1)), BOX_A) == 0)
		result = MAILBOX_GONE;
	else if ((rows = first ? places() : page_of(query)) == NULL)
		result = MAILBOX_NEVER;
	too_long = result == MAILBOX_NEVER && asked != fails_at;
	json_decref(command->arguments);
	if (result == MAILBOX_DONE)
		*out = (struct dovecot_answer){ .rows = rows };
	else
		err_set(err, ERR_LATER, "the server says no");
	return result;
}

bool	__wrap_dovecot_was_too_long(const struct dovecot *);
bool
__wrap_dovecot_was_too_long(const struct dovecot *dovecot)
{
	(void)dovecot;
	return too_long;
}

static enum mailbox_result
show(void *arg, const json_t *rows, bool *out_enough, struct err *err)
{
	(void)arg, (void)err;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		unsigned uid = (unsigned)atoi(json_string_value(
		    json_array_get(rows, i)));

		shown[uid]++;
		*out_enough |= uid == enough_at;
	}
	return MAILBOX_DONE;
}

static int
set_up(void **state)
{
	(void)state;
	count = MOST;
	in_a = 1100;
	asked = fails_at = enough_at = 0;
	uids_as = NULL;
	gone = no_list = no_box = false;
	memset(shown, 0, sizeof(shown));
	for (unsigned i = 1; i <= MOST; i++)
		sizes[i] = 1;
	return 0;
}

static struct err err;

static enum mailbox_result
ask(void)
{
	struct dovecot dovecot = { .owner = (char *)"bob" };
	const struct dovecot_search search = { .query = json_pack("[s]", "ALL"),
		.field = "hdr.message-id" };
	enum mailbox_result result = dovecot_pages(&dovecot, &search, show,
	    NULL, &err);

	json_decref(search.query);
	return result;
}

/* each - of these was shown once, and no other one */
static void
each(unsigned from, unsigned to, unsigned but)
{
	for (unsigned i = 1; i <= MOST; i++)
		if (shown[i] != (i >= from && i <= to && i != but))
			fail_msg("%u was shown %u times", i, shown[i]);
}

static void
test_all(void **state)
{
	(void)state;
	assert_int_equal(ask(), MAILBOX_DONE);
	each(1, MOST, 0);
	count = 0;
	memset(shown, 0, sizeof(shown));
	assert_int_equal(ask(), MAILBOX_DONE);
	each(1, 0, 0);
}

static void
test_halves(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= MOST; i++)
		sizes[i] = i % 7 == 0 ? LIMIT : LIMIT / 5;
	assert_int_equal(ask(), MAILBOX_DONE);
	each(1, MOST, 0);
}

/* it is told, for the message that is looked for may be that one */
static void
test_too_much_alone(void **state)
{
	static const unsigned where[] = { 1, 100, 1000, 1001, 1100,
		1101, MOST };

	(void)state;
	for (size_t i = 0; i < sizeof(where) / sizeof(*where); i++) {
		set_up(NULL);
		sizes[where[i]] = LIMIT + 1;
		assert_int_equal(ask(), MAILBOX_NEVER);
		each(1, MOST, where[i]);
	}
}

static void
test_gone(void **state)
{
	(void)state;
	gone = true;
	assert_int_equal(ask(), MAILBOX_DONE);
	each(in_a + 1, MOST, 0);
}

static void
test_enough(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= MOST; i++)
		sizes[i] = LIMIT;
	enough_at = 7;
	assert_int_equal(ask(), MAILBOX_DONE);
	each(1, 7, 0);
}

/* what is no number of a message is not put into a query */
static void
test_no_places(void **state)
{
	(void)state;
	uids_as = "1:*";
	assert_int_equal(ask(), MAILBOX_LATER);
	assert_string_equal(err.text, "the answer is not one of the doveadm "
	    "HTTP API");
	assert_int_equal(asked, 1);
	uids_as = NULL;
	no_box = true;
	assert_int_equal(ask(), MAILBOX_LATER);
	assert_string_equal(err.text, "the answer is not one of the doveadm "
	    "HTTP API");
	no_list = true;
	assert_int_equal(ask(), MAILBOX_LATER);
	assert_string_equal(err.text, "the answer has no messages");
	assert_int_equal(asked, 3);
}

static void
test_fails(void **state)
{
	static const enum mailbox_result hows[] = { MAILBOX_LATER,
		MAILBOX_LOCKED_OUT, MAILBOX_NEVER };

	(void)state;
	for (size_t h = 0; h < sizeof(hows) / sizeof(*hows); h++)
		for (unsigned at = 1; at <= 8; at++) {
			set_up(NULL);
			for (unsigned i = 1; i <= MOST; i++)
				sizes[i] = LIMIT / 20;
			fails_at = at;
			fails_with = hows[h];
			assert_int_equal(ask(), hows[h]);
			assert_string_equal(err.text, "the server says no");
			assert_int_equal(asked, at);
			for (unsigned i = 1; i <= MOST; i++)
				assert_in_range(shown[i], 0, 1);
		}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_all), TEST(test_halves), TEST(test_too_much_alone),
		TEST(test_gone), TEST(test_enough), TEST(test_no_places),
		TEST(test_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
