/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "tdc-remediator -n": what is tried, what is said of it, and the exit code
 *
 * NEEDS: REMEDIATION
 * WRAP: maps_find ready_look
 */
#include "remediate/probe.h"

#include <string.h>
#include <sysexits.h>

#include "remediate/ready/ready.h"
#include "tests/unit/remediate/operator/said.h"

static int ready_code;

int	__wrap_ready_look(const struct ready *);
int
__wrap_ready_look(const struct ready *ready)
{
	assert_non_null(ready->conf);
	puts("ready: looked at");
	return ready_code;
}

static bool map_fails;

int	__real_maps_find(const struct maps *, const char *, struct buf *,
	    struct err *);
int	__wrap_maps_find(const struct maps *, const char *, struct buf *,
	    struct err *);
int
__wrap_maps_find(const struct maps *maps, const char *key, struct buf *out,
    struct err *err)
{
	return map_fails ? err_set(err, ERR_LATER, "the value\tis too long") :
	    __real_maps_find(maps, key, out, err);
}

/* ---- an API, and mail stores ---- */

static int api_result;
static const char *api_says;

static int
test_api(void *arg, struct buf *said, struct err *err)
{
	(void)arg;
	if (api_result == -1)
		return err_set(err, ERR_LATER, "401\tno");
	buf_text(said, api_says);
	return 0;
}

static int
may(const struct profile *profile, struct err *err)
{
	(void)profile, (void)err;
	return 0;
}

static enum mailbox_result
test_store(const struct profile *profile, const char *owner, struct buf *said,
    struct err *err)
{
	(void)profile;
	if (strcmp(owner, "bob@corp.example") != 0) {
		err_set(err, ERR_NEVER, "no mailbox\t%s", owner);
		return MAILBOX_NOBODY;
	}
	buf_text(said, strcmp(profile->name, "one") == 0 ? "7\tfolders" : "");
	return MAILBOX_DONE;
}

static const struct mailbox_backend backend = { .name = "store",
	.words = (const char *const[]){ NULL }, .check = may,
	.test = test_store };

static char *dir;
static struct settings settings;
static const struct verdict_source source = { .test = test_api };

static void
maps(struct maps **out, const char *names)
{
	struct err err;

	maps_free(*out);
	if (maps_load(names, out, &err) == -1)
		fail_msg("%s", err.text);
}

static void
profiles(const char *text)
{
	static const struct mailbox_backend *const types[] = { &backend, NULL };
	static const struct profile_settings for_profiles = { .timeout = 1000,
		.ca_file = "", .ca_path = "", .backends = types };
	own(str) char *path = scratch_file(dir, "profiles", text);
	struct err err;

	assert_int_equal(chmod(path, 0600), 0);
	profiles_free(settings.profiles);
	if (profiles_load(*text != '\0' ? path : "", &for_profiles,
	    &settings.profiles, &err) == -1)
		fail_msg("%s", err.text);
}

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	settings = (struct settings){ .conf = {
	    .intake_address = "in@take.example", .policy_maps = "",
	    .default_policy = "DEFAULT", .api_region = "de", .api_url = "",
	    .api_credentials_file = "/none", .api_polling = true,
	    .recipient_delimiter = "+" }, .origin = (char *)"",
	    .sendmail = (char *)"" };
	maps(&settings.domains, "inline:{corp.example=both}");
	maps(&settings.mailboxes, "");
	maps(&settings.aliases, "");
	profiles("profile one type=store\nprofile two type=store\n"
	    "chain both = two one\n");
	ready_code = EX_OK;
	map_fails = false;
	api_result = 0;
	api_says = "";
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	profiles_free(settings.profiles);
	maps_free(settings.domains);
	maps_free(settings.mailboxes);
	maps_free(settings.aliases);
	scratch_free(dir);
	return 0;
}

static int
probe(const struct verdict_source *of, const char *address)
{
	int code;

	said_begin(dir);
	code = probe_all(&settings, of, address);
	said_end();
	assert_string_equal(said_err, "");
	return code;
}

#define READY "ready: looked at\n"
#define NOT_TRIED "profiles: not tried: give an address, as tdc-remediator -n " \
	"user@example.com\n"

static void
test_api_lines(void **state)
{
	static const struct verdict_source cannot = { .test = NULL };

	(void)state;
	assert_int_equal(probe(&source, NULL), EX_OK);
	assert_string_equal(said_out, READY "API: ok\n" NOT_TRIED);
	api_says = "2 messages\tmore";
	assert_int_equal(probe(&source, NULL), EX_OK);
	assert_string_equal(said_out, READY "API: ok: 2 messages\\x09more\n"
	    NOT_TRIED);
	/* it works, and nobody would use it */
	settings.conf.api_polling = false;
	assert_int_equal(probe(&source, NULL), EX_OK);
	assert_non_null(strstr(said_out, "note: verdicts are not asked for: "
	    "api_polling = no\nAPI: ok: "));
	api_result = -1;
	assert_int_equal(probe(&source, NULL), EX_UNAVAILABLE);
	assert_non_null(strstr(said_out, "\nAPI: 401\\x09no\n"));
	/* none, or one that cannot be tried, is nothing wrong */
	assert_int_equal(probe(NULL, NULL), EX_OK);
	assert_non_null(strstr(said_out, "API: not tried: there is none\n"));
	assert_int_equal(probe(&cannot, NULL), EX_OK);
	assert_non_null(strstr(said_out, "API: not tried: there is none\n"));
	settings.conf.api_region = "";
	assert_int_equal(probe(&source, NULL), EX_OK);
	assert_non_null(strstr(said_out, "API: not tried: there is no API "
	    "(api_region, api_url)\n"));
	/* what is missing on this machine comes first */
	ready_code = EX_NOPERM;
	assert_int_equal(probe(&source, NULL), EX_NOPERM);
	said_begin(dir);
	assert_int_equal(probe_local(&settings), EX_NOPERM);
	said_end();
	assert_string_equal(said_out, READY);
}

/* lines - all that is said of an address */
static void
lines(const char *address, int code, const char *wanted)
{
	own(str) char *all = mem_format(READY "API: ok\n%s", wanted);

	assert_int_equal(probe(&source, address), code);
	assert_string_equal(said_out, all);
}

static void
test_mailboxes(void **state)
{
	(void)state;
	lines("bob@corp.example", EX_OK,
	    "address bob@corp.example: by profile two, then one\n"
	    "profile one, mailbox bob@corp.example: ok: 7\\x09folders\n"
	    "profile two, mailbox bob@corp.example: ok\n");
	/* whose mailboxes they are */
	maps(&settings.mailboxes,
	    "inline:{team@corp.example=bob@corp.example}");
	lines("team@corp.example", EX_OK,
	    "address team@corp.example: by profile two, then one\n"
	    "profile one, mailbox bob@corp.example: ok: 7\\x09folders\n"
	    "profile two, mailbox bob@corp.example: ok\n");
	lines("ann@corp.example", EX_UNAVAILABLE,
	    "address ann@corp.example: by profile two, then one\n"
	    "profile one, mailbox ann@corp.example: no "
	    "mailbox\\x09ann@corp.example\n"
	    "profile two, mailbox ann@corp.example: no "
	    "mailbox\\x09ann@corp.example\n");
}

/* an address for which nothing would be done, and why */
static void
test_no_profile(void **state)
{
	(void)state;
	profiles("profile two type=store\n");
	maps(&settings.domains, "inline:{corp.example=gone, b.example=two}");
	maps(&settings.mailboxes, "inline:{bob@b.example=bob@corp.example, "
	    "bob@c.example=bob@corp.example}");
	lines("bob@corp.example", EX_UNAVAILABLE,
	    "address bob@corp.example: remediation_domain_map says 'gone', and "
	    "there is no such profile or chain\n"
	    "profile two, mailbox bob@corp.example: ok\n");
	lines("bob@c.example", EX_UNAVAILABLE,
	    "address bob@c.example: remediation_domain_map has no profile for "
	    "it\nprofile two, mailbox bob@corp.example: ok\n");
	lines("bob@b.example", EX_OK,
	    "address bob@b.example: by profile two\n"
	    "profile two, mailbox bob@corp.example: ok\n");
	/* without a domain there is none, and a table that cannot say */
	assert_int_equal(probe(&source, "bob"), EX_UNAVAILABLE);
	assert_non_null(strstr(said_out, "address bob: remediation_domain_map "
	    "has no profile for it\n"));
	map_fails = true;
	assert_int_equal(probe(&source, "bob@b.example"), EX_UNAVAILABLE);
	assert_non_null(strstr(said_out, "address bob@b.example: "
	    "remediation_domain_map: the value\\x09is too long\n"));
	map_fails = false;
	profiles("");
	settings.aliases_why = (char *)"ldap:/x\t?";
	lines(NULL, EX_OK, "note: a table of Postfix's virtual_alias_maps is "
	    "not asked: ldap:/x\\x09?\n"
	    "profiles: there is none (remediation_profiles)\n");
}

/* one that leads to more mailboxes than anybody would want touched */
static void
test_too_many(void **state)
{
	own(buf) struct buf names = BUF;

	(void)state;
	buf_text(&names, "inline:{{all@corp.example=");
	for (int i = 0; i < 60; i++)
		buf_format(&names, "%su%d@corp.example", i > 0 ? "," : "", i);
	buf_text(&names, "}}");
	maps(&settings.aliases, names.data);
	assert_int_equal(probe(&source, "all@corp.example"), EX_UNAVAILABLE);
	assert_non_null(strstr(said_out, "address all@corp.example: by profile "
	    "two, then one\naddress "));
	assert_null(strstr(said_out, "mailbox u0@"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_api_lines), TEST(test_mailboxes),
		TEST(test_no_profile), TEST(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
