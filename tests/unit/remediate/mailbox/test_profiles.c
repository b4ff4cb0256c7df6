/* SPDX-License-Identifier: BSD-2-Clause */
/* profiles: what a file says, and nothing of it in an error
 * NEEDS: REMEDIATION
 * WRAP: geteuid getegid */
#include "remediate/mailbox/profiles.h"

#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "tests/unit/spool_rig.h"

#define SECRET "Pa55"

static int
check_store(const struct profile *profile, struct err *err)
{
	if (profile_value(profile, "url") == NULL)
		return err_set(err, ERR_NEVER, "it has no url=");
	return 0;
}

static int
check_nothing(const struct profile *profile, struct err *err)
{
	(void)profile, (void)err;
	return 0;
}

static const struct mailbox_backend store = { .name = "store",
	.words = (const char *const[]){ "url", "key", NULL },
	.check = check_store };
static const struct mailbox_backend other = { .name = "other",
	.words = (const char *const[]){ "host", NULL },
	.check = check_nothing };
static const struct profile_settings settings = { .timeout = 1000,
	.ca_file = "", .ca_path = "",
	.backends = (const struct mailbox_backend *const[]){ &store, &other,
	NULL } };

/* load - a file of that text and mode; NULL, or what was wrong with it */
static struct profiles *
load(const char *dir, const char *text, mode_t mode, struct err *err)
{
	own(str) char *path = scratch_file(dir, "profiles", text);
	struct profiles *profiles = NULL;

	must(chmod(path, mode) == 0);
	return profiles_load(path, &settings, &profiles, err) == 0 ?
	    profiles : NULL;
}

static void
is_value(const struct profile *profile, const char *word, const char *want)
{
	const char *value = profile_value(profile, word);

	if (want == NULL)
		assert_null(value);
	else
		assert_string_equal(value, want);
}

static const char good[] =
	"# who may do what\n"
	"chain both = far near\n"
	"\n"
	"profile near type=store url=https://a:8080/ key=a=b#c\r\n"
	"profile far\n"
	"\ttype=store\n"
	"# in between\n"
	"  key=\"a \\\"b\\\" \\\\c \"\n"
	"\n"
	"\turl=http://b\n"
	"profile third type=other host=h\n"
	"chain one=third";

static void
test_words(void **state)
{
	char *dir = scratch_new();
	struct err err;
	struct profiles *profiles = load(dir, good, 0640, &err);
	const struct profile *const *list;

	(void)state;
	assert_non_null(profiles);
	assert_int_equal(profiles_count(profiles), 3);
	assert_string_equal(profiles_at(profiles, 0)->name, "near");
	assert_int_equal(profiles_chain(profiles, "near", &list), 1);
	assert_ptr_equal(list[0], profiles_at(profiles, 0));
	assert_ptr_equal(list[0]->backend, &store);
	assert_ptr_equal(list[0]->settings, &settings);
	assert_string_equal(strrchr(list[0]->where, '/'), "/profiles:4");
	is_value(list[0], "url", "https://a:8080/");
	is_value(list[0], "key", "a=b#c");
	is_value(list[0], "host", NULL);
	is_value(profiles_at(profiles, 1), "key", "a \"b\" \\c ");
	is_value(profiles_at(profiles, 1), "url", "http://b");
	assert_string_equal(strrchr(profiles_at(profiles, 1)->where, ':'),
	    ":5");
	profiles_free(profiles);
	scratch_free(dir);
}

static void
test_chains(void **state)
{
	char *dir = scratch_new();
	struct err err;
	struct profiles *profiles = load(dir, good, 0400, &err);
	const struct profile *const *list;

	(void)state;
	assert_non_null(profiles);
	assert_int_equal(profiles_chain(profiles, "both", &list), 2);
	assert_string_equal(list[0]->name, "far");
	assert_string_equal(list[1]->name, "near");
	assert_int_equal(profiles_chain(profiles, "one", &list), 1);
	assert_string_equal(list[0]->name, "third");
	assert_int_equal(profiles_chain(profiles, "Both", &list), 0);
	assert_int_equal(profiles_chain(profiles, "", &list), 0);
	profiles_free(profiles);
	scratch_free(dir);
}

static void
test_none(void **state)
{
	const struct profile *const *list;
	struct profiles *profiles;
	char *dir = scratch_new();
	struct err err;

	(void)state;
	assert_int_equal(profiles_load("", &settings, &profiles, &err), 0);
	assert_int_equal(profiles_count(profiles), 0);
	assert_int_equal(profiles_chain(profiles, "x", &list), 0);
	assert_null(profiles_free(profiles));
	profiles = load(dir, "# nothing\n", 0600, &err);
	assert_non_null(profiles);
	assert_int_equal(profiles_count(profiles), 0);
	profiles_free(profiles);
	assert_null(profiles_free(NULL));
	scratch_free(dir);
}

/* What is wrong is told by its line, and without a word that may be secret. */
static const struct {
	const char	*text;
	const char	*want;
} wrong[] = {
	{ SECRET " x\n", ":1: neither 'profile NAME type=TYPE ...' nor "
	  "'chain NAME = PROFILE ...'" },
	{ "\n\nprofiles a type=store key=" SECRET "\n",
	  ":3: neither 'profile" },
	{ "profilx a type=store key=" SECRET "\n",
	  ":1: neither 'profile NAME type=TYPE ...' nor "
	  "'chain NAME = PROFILE ...'" },
	{ "chais a = b\n", ":1: neither 'profile NAME type=TYPE ...' nor "
	  "'chain NAME = PROFILE ...'" },
	{ "profile\n", ":1: word 2 is no name" },
	{ "profile type=store key=" SECRET "\n",
	  ":1: word 2 is no name: letters, digits, '.', '_' and '-', 64 "
	  "at most" },
	{ "profile a type=store key=" SECRET " b url=x\n", ":1: word 5 "
	  "is not WORD=VALUE (a value with blanks stands in quotation "
	  "marks)" },
	{ "profile a type=store Key=" SECRET "\n", ":1: word 4 is not "
	  "WORD=VALUE" },
	{ "profile a type=store key= url=x\n", ":1: word 4: its value "
	  "is empty" },
	{ "profile a type=store key=\"\"\n", ":1: word 4: its value "
	  "is empty" },
	{ "profile a type=store key=\"" SECRET "\n\turl=x\n", ":1: word "
	  "4: its quotation mark is not closed" },
	{ "profile a type=store key=\"" SECRET "\\x\"\n", ":1: word 4: "
	  "in quotation marks a backslash is written \\\\" },
	{ "profile a type=store key=\"" SECRET "\"x\n", ":1: word 4 "
	  "goes on after its quotation mark" },
	{ "profile a type=store key=" SECRET "\"x\n", ":1: word 4: a "
	  "value with a quotation mark in it stands in" },
	{ "profile a type=store key=" SECRET "\001\n", ":1: word 4: "
	  "its value has a control character" },
	{ "profile a key=" SECRET "\n", ":1: profile a: it has no "
	  "type=, which is one of: store other" },
	{ "profile a type=" SECRET "\n", ":1: profile a: its type= is "
	  "none of: store other" },
	{ "profile a type=store pass=" SECRET "\n", ":1: profile a: "
	  "word 4 is unknown to type store, which knows: type url key" },
	{ "profile a type=store key=x key=" SECRET "\n", ":1: profile "
	  "a: key= stands there twice" },
	{ "profile a type=store key=" SECRET "\n", ":1: profile a: it "
	  "has no url=" },
	{ "profile a type=other\n#\nprofile a type=other\n", ":3: the "
	  "name 'a' again, as in " },
	{ "profile a type=other\nchain a = a\n", ":2: the name 'a' "
	  "again, as in " },
	{ "profile b type=other\nchain a = b\nprofile a type=other\n",
	  ":3: the name 'a' again, as in " },
	{ "chain a = a\n", ":1: chain a: 'a' is a chain, not a "
	  "profile" },
	{ "profile b type=other\nchain a = b\n c\n", ":2: chain a: 'c' "
	  "is not a profile" },
	{ "profile b type=other\nchain a = b b\n", ":2: chain a: 'b' "
	  "stands there twice" },
	{ "chain a b\n", ":1: after the name of a chain comes '='" },
	{ "chain a =\n", ":1: a chain of no profile" },
	{ "chain a = b, " SECRET "\n", ":1: word 3 is no name" },
};

static void
test_wrong(void **state)
{
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct err err;

		if (load(dir, wrong[i].text, 0600, &err) != NULL)
			fail_msg("taken: %s", wrong[i].text);
		assert_int_equal(err.kind, ERR_NEVER);
		if (strstr(err.text, wrong[i].want) == NULL)
			fail_msg("%s, not %s", err.text, wrong[i].want);
		assert_null(strstr(err.text, SECRET));
	}
	scratch_free(dir);
}

/* A value, a name and a line each have a length that they may have. */
static void
test_limits(void **state)
{
	static const struct { int name, value, words; bool good; } cases[] = {
		{ 64, 1024, 1, true }, { 65, 1, 1, false },
		{ 1, 1025, 1, false }, { 1, 1, 64, false },
		{ 1, 1, 65, false },
	};
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(buf) struct buf text = BUF;
		struct profiles *profiles;
		struct err err;

		buf_format(&text, "profile %0*d type=other", cases[i].name, 7);
		for (int word = 0; word < cases[i].words; word++)
			buf_format(&text, " host=%0*d", cases[i].value, 7);
		profiles = load(dir, text.data, 0600, &err);
		if ((profiles != NULL) != cases[i].good)
			fail_msg("case %zu: %s", i, err.text);
		profiles_free(profiles);
	}
	scratch_free(dir);
}

static void
test_file(void **state)
{
	static const struct { mode_t mode; const char *want; } cases[] = {
		{ 0644, "can be read by others (mode 0644)" },
		{ 0660, "can be written by others (mode 0660)" },
		{ 0602, "can be written by others (mode 0602)" },
	};
	char *dir = scratch_new();
	struct profiles *profiles;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(load(dir, "", cases[i].mode, &err));
		assert_int_equal(err.kind, ERR_NEVER);
		assert_non_null(strstr(err.text, cases[i].want));
	}
	assert_int_equal(profiles_load(dir, &settings, &profiles, &err), -1);
	assert_non_null(strstr(err.text, ": not a regular file"));
	assert_int_equal(profiles_load("/nonexistent/x", &settings, &profiles,
	    &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text,
	    "/nonexistent/x: open: No such file or directory");
	scratch_free(dir);
}

/* Who we are; 0 is root. */
uid_t __wrap_geteuid(void);
gid_t __wrap_getegid(void);
static uid_t us;

uid_t
__wrap_geteuid(void)
{
	return us;
}

gid_t
__wrap_getegid(void)
{
	return us;
}

/* Somebody else's file: what stands in it is not for us to believe.  And what
 * another group may read is no secret. */
static void
test_owner(void **state)
{
	static const char theirs[] = ": belongs to user 4712 (mode 0600), "
	    "neither root nor us";
	static const char shared[] = ": can be read by group 4712 (mode 0640), "
	    "which is not our own: chmod g=";
	static const struct {
		uid_t us, owner;
		gid_t group;
		mode_t mode;
		const char *wrong;	/* NULL: it is good */
	} cases[] = {
		{ 0, 4711, 4712, 0640, NULL },
		{ 4711, 4711, 4712, 0600, NULL },
		{ 4711, 0, 4711, 0640, NULL },
		{ 4711, 4711, 4711, 0640, NULL },
		{ 4711, 4712, 4711, 0600, theirs },
		{ 4711, 0, 4712, 0640, shared },
		{ 4711, 4711, 4712, 0640, shared },
	};
	char *dir = scratch_new();

	(void)state;
	if (getuid() != 0) {
		scratch_free(dir);
		skip();
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(str) char *path = scratch_file(dir, "profiles", "");
		struct profiles *profiles = NULL;
		struct err err;
		int result;

		must(chown(path, cases[i].owner, cases[i].group) == 0);
		must(chmod(path, cases[i].mode) == 0);
		us = cases[i].us;
		result = profiles_load(path, &settings, &profiles, &err);
		assert_int_equal(result, cases[i].wrong == NULL ? 0 : -1);
		profiles_free(profiles);
		if (result == -1) {
			assert_int_equal(err.kind, ERR_NEVER);
			assert_string_equal(err.text + strlen(path),
			    cases[i].wrong);
		}
	}
	us = 0;
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
