/* SPDX-License-Identifier: BSD-2-Clause */
/* sts: records and policies as they may come, what a policy takes, what is
 * kept of it and for how long */
#include <string.h>

#include "forward/tls/sts_kept.h"
#include "forward/tls/sts_policy.h"
#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ID32 "abcdefghijklmnopqrstuvwxyz012345"

static const struct {
	const char	*text;
	enum sts_record	 want;
	const char	*id;
} records[] = {
	{ "v=STSv1; id=20160831085700Z;", STS_RECORD, "20160831085700Z" },
	{ "v=STSv1;id=1", STS_RECORD, "1" },
	{ "v=STSv1; x=y; id=1; z", STS_RECORD, "1" },
	{ "v=STSv1;\t id=1 \t;", STS_RECORD, "1" },
	{ "v=STSv1; id=1; id=2;", STS_RECORD, "1" },
	{ "v=STSv1; id=" ID32 ";", STS_RECORD, ID32 },
	{ "v=STSv1; id=" ID32 "6;", STS_BROKEN, NULL },
	{ "v=STSv1; id=;", STS_BROKEN, NULL },
	{ "v=STSv1; id=a-b;", STS_BROKEN, NULL },
	{ "v=STSv1; ID=1;", STS_BROKEN, NULL },
	{ "v=STSv1;", STS_BROKEN, NULL },
	{ "v=STSv1", STS_OTHER, NULL },
	{ "v=STSv2; id=1;", STS_OTHER, NULL },
	{ " v=STSv1; id=1;", STS_OTHER, NULL },
	{ "id=1; v=STSv1;", STS_OTHER, NULL },
	{ "v=spf1 -all", STS_OTHER, NULL },
	{ "", STS_OTHER, NULL },
};

static void
test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		char id[STS_ID] = "";

		if (sts_record_parse(records[i].text,
		    strlen(records[i].text), id) != records[i].want)
			fail_msg("'%s'", records[i].text);
		if (records[i].id != NULL)
			assert_string_equal(id, records[i].id);
	}
}

#define REST "mx: a.example\nmax_age: 100\n"

static const struct {
	const char	*text;
	bool		 good;
	enum sts_mode	 mode;
	int64_t		 age;
} policies[] = {
	{ "version: STSv1\nmode: enforce\n" REST, true, STS_ENFORCE, 100 },
	{ "version: STSv1\r\nmode: testing\r\nmx: *.a\r\nmax_age: 0\r\n",
	    true, STS_TESTING, 0 },
	{ "mode:none\nmax_age:1\nversion:STSv1", true, STS_NONE, 1 },
	{ "version: STSv1 \t\nmode: \tenforce \n" REST, true, STS_ENFORCE,
	    100 },
	{ "version: STSv1\n\n\r\nmode: enforce\n" REST, true, STS_ENFORCE,
	    100 },
	{ "version: STSv1\nmode: enforce\nfuture: x:y\n" REST, true,
	    STS_ENFORCE, 100 },
	/* the first counts, whatever comes later */
	{ "version: STSv1\nmode: enforce\nmode: none\n" REST, true,
	    STS_ENFORCE, 100 },
	{ "version: STSv1\nversion: x\nmode: enforce\n" REST, true,
	    STS_ENFORCE, 100 },
	{ "version: STSv1\nmode: enforce\n" REST "max_age: x\n", true,
	    STS_ENFORCE, 100 },
	{ "version: STSv1\nmode: none\nmax_age: 9999999999\n", true, STS_NONE,
	    STS_AGE_MAX },
	/* something is missing */
	{ "mode: enforce\n" REST, false, STS_NONE, 0 },
	{ "version: STSv1\n" REST, false, STS_NONE, 0 },
	{ "version: STSv1\nmode: enforce\nmx: a.example\n", false, STS_NONE,
	    0 },
	{ "version: STSv1\nmode: enforce\nmax_age: 1\n", false, STS_NONE, 0 },
	{ "version: STSv1\nmode: enforce\nmx: \nmax_age: 1\n", false, STS_NONE,
	    0 },
	{ "", false, STS_NONE, 0 },
	/* something is wrong */
	{ "version: STSv2\nmode: enforce\n" REST, false, STS_NONE, 0 },
	{ "version: STSv1\nmode: Enforce\n" REST, false, STS_NONE, 0 },
	{ "version: STSv1\nmode: enforced\n" REST, false, STS_NONE, 0 },
	{ "Version: STSv1\nmode: enforce\n" REST, false, STS_NONE, 0 },
	{ "version: STSv1\nmode: none\nmax_age: -1\n", false, STS_NONE, 0 },
	{ "version: STSv1\nmode: none\nmax_age: 1s\n", false, STS_NONE, 0 },
	{ "version: STSv1\nmode: none\nmax_age:\n", false, STS_NONE, 0 },
	{ "version: STSv1\nmode: none\nmax_age: 10000000000\n", false,
	    STS_NONE, 0 },
	{ "<html>\nversion: STSv1\nmode: enforce\n" REST, false, STS_NONE, 0 },
};

static void
test_policies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(policies); i++) {
		struct sts_policy policy = { .max_age = -7 };
		bool good = sts_policy_parse(policies[i].text,
		    strlen(policies[i].text), &policy);

		if (good != policies[i].good)
			fail_msg("'%s'", policies[i].text);
		if (!good) {
			assert_int_equal(policy.max_age, -7);
			continue;
		}
		assert_int_equal(policy.mode, policies[i].mode);
		assert_int_equal(policy.max_age, policies[i].age);
	}
}

static const struct {
	const char	*pattern;
	const char	*host;
	bool		 want;
} matches[] = {
	{ "mail.a.example", "mail.a.example", true },
	{ "Mail.A.example", "mAIL.a.EXAMPLE", true },
	{ "mail.a.example", "mail.a.example.", true },
	{ "mail.a.example", "amail.a.example", false },
	{ "mail.a.example", "x.mail.a.example", false },
	{ "mail.a.example", "mail.a.exampl", false },
	{ "*.a.example", "mail.a.example", true },
	{ "*.a.example", "*.a.example", true },
	{ "*.a.example", "a.example", false },
	{ "*.a.example", ".a.example", false },
	{ "*.a.example", "x.mail.a.example", false },
	{ "*.a.example", "mail.b.example", false },
	{ "*a.example", "mail.a.example", false },
	{ "mail.*.example", "mail.a.example", false },
	{ "*", "mail", false },
	{ "*.", "mail.", false },
	{ "*.", "mail", false },
	{ "a.example", "", false },
	{ "a.example", ".", false },
};

static void
test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(matches); i++) {
		char *text = mem_format("version: STSv1\nmode: enforce\n"
		    "mx: first.example\r\nmx: %s \r\nmax_age: 1\n",
		    matches[i].pattern);
		struct sts_policy policy;

		assert_true(sts_policy_parse(text, strlen(text), &policy));
		assert_true(sts_policy_takes(&policy, "first.example"));
		if (sts_policy_takes(&policy, matches[i].host) !=
		    matches[i].want)
			fail_msg("%s, %s", matches[i].pattern,
			    matches[i].host);
		free(text);
	}
}

#define POLICY "version: STSv1\nmode: none\nmax_age: 86400\n"

static const struct {
	const char	*text;
	bool		 good;
} files[] = {
	{ "STS 1 1708118363000\n" POLICY, true },
	{ "STS 1 0\n" POLICY, true },
	{ "STS 1 1708118363000\n", false },
	{ "STS 1 1708118363000", false },
	{ "STS 1 170811836300000000\n" POLICY, false },
	{ "STS 1 \n" POLICY, false },
	{ "STS 1\n" POLICY, false },
	{ "STS  1\n" POLICY, false },
	{ "STS a-b 1\n" POLICY, false },
	{ "STS " ID32 "6 1\n" POLICY, false },
	{ "STS 1 x\n" POLICY, false },
	{ "STS", false },
	{ "\n" POLICY, false },
	{ POLICY, false },
	{ "", false },
};

static void
test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct sts_kept kept;
		own(buf) struct buf again = BUF;
		bool good = sts_kept_parse(files[i].text,
		    strlen(files[i].text), &kept);

		if (good != files[i].good)
			fail_msg("'%s'", files[i].text);
		if (!good)
			continue;
		sts_kept_format(&kept, &again);
		assert_string_equal(again.data, files[i].text);
	}
}

static void
test_ages(void **state)
{
	const int64_t day = 86400 * 1000, got = 1000 * day;
	struct sts_kept week = { .got = got, .policy = { .max_age = 604800 } };
	struct sts_kept hour = { .got = got, .policy = { .max_age = 3600 } };

	(void)state;
	assert_true(sts_kept_good(&week, got));
	assert_true(sts_kept_good(&week, got + 7 * day - 1));
	assert_false(sts_kept_good(&week, got + 7 * day));
	assert_false(sts_kept_old(&week, got + day - 1));
	assert_true(sts_kept_old(&week, got + day));
	assert_false(sts_kept_old(&hour, got + 1799999));
	assert_true(sts_kept_old(&hour, got + 1800000));
	assert_false(sts_kept_good(&hour, got + 3600000));
	/* got by a clock that was set back since then */
	assert_true(sts_kept_good(&week, got - day));
	assert_false(sts_kept_good(&week, got - day - 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_ages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
