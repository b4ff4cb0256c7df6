/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a start and a reload make of tdc.cf and of Postfix: where it is to be looked
 * at when it is wrong, what keeps verdicts from being asked for, and when a table has
 * changed
 *
 * NEEDS: REMEDIATION
 * WRAP: postfix_value
 */
#include "remediate/settings.h"

#include <fcntl.h>
#include <string.h>

#include "base/own.h"
#include "base/start/postfix.h"
#include "tests/unit/opened.h"

/* ---- Postfix ---- */

static const char *origin, *aliases;
static const char *hostname;		/* NULL: there is no Postfix */

bool	__wrap_postfix_value(const char *, char *, size_t);
bool
__wrap_postfix_value(const char *parameter, char *out, size_t size)
{
	const char *value = strcmp(parameter, "myorigin") == 0 ? origin :
	    strcmp(parameter, "virtual_alias_maps") == 0 ? aliases :
	    strcmp(parameter, "myhostname") == 0 ? hostname :
	    strcmp(parameter, "sendmail_path") == 0 ? "/usr/sbin/sendmail" :
	    NULL;

	if (hostname == NULL || value == NULL)
		return false;
	assert_true(strlen(value) < size);
	strcpy(out, value);
	return true;
}

static char *dir, *credentials, *path;
static struct err err;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	credentials = scratch_file(dir, "api", "client_id = a\npassword = b\n"
	    "api_key = c\n");
	assert_int_equal(chmod(credentials, 0600), 0);
	path = mem_format("%s/tdc.cf", dir);
	origin = "corp.example";
	aliases = "";
	hostname = "mx.corp.example";
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(credentials);
	free(path);
	scratch_free(dir);
	return 0;
}

#define BASIC "intake_address = in@take.example\nhelo_name = gw.example\n"

/* load - a tdc.cf of these lines; NULL, and err says why */
static struct settings *
load(const char *lines)
{
	struct settings *settings = NULL;
	int result, before = opened();

	free(scratch_file(dir, "tdc.cf", lines));
	err.text[0] = '\0';
	result = rem_settings_load(path, NULL, &settings, &err);
	assert_true((result == 0) == (settings != NULL));
	assert_true(result == 0 || *err.text != '\0');
	assert_int_equal(opened(), before);
	return settings;
}

static struct settings *
must_load(const char *lines)
{
	struct settings *settings = load(lines);

	if (settings == NULL)
		fail_msg("%s", err.text);
	return settings;
}

/* ---- what Postfix is asked ---- */

static void
is_origin(const char *wanted)
{
	struct settings *settings = must_load(BASIC);

	assert_string_equal(settings->origin, wanted);
	assert_null(rem_settings_free(settings));
}

/* as Debian has it: the name of a file */
static void
test_origin(void **state)
{
	own(str) char *file = scratch_file(dir, "mailname",
	    "mail.example \t\nother.example\n");
	own(str) char *empty = scratch_file(dir, "empty", "");

	(void)state;
	is_origin("corp.example");
	origin = file;
	is_origin("mail.example");
	origin = empty;
	is_origin("");
	origin = "/nonexistent/mailname";
	is_origin("");
	origin = "";
	is_origin("");
	hostname = NULL;
	is_origin("");
	assert_null(rem_settings_free(NULL));
}

/* the names of ours in Received: fields, and by what mail is sent */
static void
test_names(void **state)
{
	struct settings *settings = must_load(BASIC);

	(void)state;
	assert_string_equal(settings->gateways, "gw.example mx.corp.example");
	assert_string_equal(settings->sendmail, "/usr/sbin/sendmail");
	rem_settings_free(settings);
	settings = must_load(BASIC "remediation_gateways = a.example b.example\n"
	    "remediation_sendmail = /opt/sendmail\n");
	assert_string_equal(settings->gateways, "a.example b.example");
	assert_string_equal(settings->sendmail, "/opt/sendmail");
	rem_settings_free(settings);
	hostname = NULL;
	settings = must_load(BASIC);
	assert_string_equal(settings->gateways, "gw.example ");
	assert_string_equal(settings->sendmail, "");
	rem_settings_free(settings);
}

/* a table of Postfix's that we do not read is told, and the others are asked */
static void
test_aliases(void **state)
{
	own(buf) struct buf found = BUF;
	struct settings *settings;

	(void)state;
	aliases = "ldap:/etc/postfix/ldap.cf, inline:{a@b.example=c@d.example}";
	settings = must_load(BASIC);
	assert_non_null(settings->aliases_why);
	assert_non_null(strstr(settings->aliases_why, "ldap:/etc/postfix/ldap"));
	assert_int_equal(maps_find(settings->aliases, "a@b.example", &found,
	    &err), 1);
	assert_string_equal(found.data, "c@d.example");
	rem_settings_free(settings);
	/* what cannot be taken apart is no list of tables */
	aliases = "inline:{a@b.example=c@d.example";
	assert_null(load(BASIC));
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(strncmp(err.text, "Postfix's virtual_alias_maps: ",
	    30), 0);
	/* nobody asks for them */
	settings = must_load(BASIC "remediation_postfix_aliases = no\n");
	assert_null(settings->aliases_why);
	assert_string_equal(settings->alias_names, "");
	rem_settings_free(settings);
}

/* ---- what is wrong ---- */

static void
test_wrong(void **state)
{
	own(str) char *profiles = scratch_file(dir, "profiles", "profile\n");
	own(str) char *api = mem_format(BASIC "api_polling = yes\n"
	    "api_region = de\napi_credentials_file = %s.none\n", credentials);
	own(str) char *named = mem_format(BASIC "\nremediation_profiles = %s\n",
	    profiles);
	const struct { const char *lines; unsigned line; const char *says; }
	rows[] = {
		{ BASIC "nonsense = 1\n", 3, "nonsense" },
		{ api, 5, "api_credentials_file: " },
		{ named, 4, "remediation_profiles: " },
		{ BASIC "mailbox_maps = inline:{a=b}, nothing:/x\n", 3,
		    "mailbox_maps: nothing:/x: " },
		{ BASIC "remediation_domain_map = texthash:/nonexistent/x\n", 3,
		    "remediation_domain_map: texthash:/nonexistent/x: " },
	};

	(void)state;
	assert_int_equal(chmod(profiles, 0600), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *where = mem_format("%s:%u: ", path, rows[i].line);

		if (load(rows[i].lines) != NULL)
			fail_msg("%s", rows[i].lines);
		if (strncmp(err.text, where, strlen(where)) != 0 ||
		    strstr(err.text, rows[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", err.text,
			    rows[i].says);
	}
}

/* ---- what is off ---- */

static void
is_idle(const char *no_api, const char *idle, const char *more)
{
	own(str) char *lines = mem_format("helo_name = gw.example\n%s", more);
	struct settings *settings = must_load(lines);

	assert_string_equal(rem_settings_no_api(settings), no_api);
	assert_string_equal(rem_settings_idle(settings), idle);
	rem_settings_free(settings);
}

/* each of these is a connector that is on */
static void
test_idle(void **state)
{
	static const char off[] = "the connector is off (no intake_address, no "
	    "policy_maps, default_policy = NO), and so is the API";
	static const char none[] = "there is no API (api_region, api_url)";
	own(str) char *whole = mem_format("intake_address = in@take.example\n"
	    "api_region = de\napi_credentials_file = %s\n", credentials);
	own(str) char *polls = mem_format("%sapi_polling = yes\n", whole);

	(void)state;
	is_idle(off, off, "intake_address =\npolicy_maps =\n"
	    "default_policy = NO\n");
	is_idle(off, off, "intake_address =\ndefault_policy = no\n");
	is_idle(none, none, "intake_address =\n"
	    "policy_maps = inline:{a@b.example=in@take.example}\n");
	is_idle(none, none, "intake_address = in@take.example\n");
	is_idle("there is no API (api_credentials_file)",
	    "there is no API (api_credentials_file)",
	    "intake_address = in@take.example\napi_region = de\n");
	is_idle("there is no API (api_credentials_file)",
	    "there is no API (api_credentials_file)",
	    "intake_address = in@take.example\napi_url = https://api.example\n");
	is_idle("", "api_polling = no", whole);
	is_idle("", "", polls);
}

/* ---- tables ---- */

/* touch - another modification time, as an editor leaves it */
static void
touch(const char *file)
{
	const struct timespec both[2] = { { 1700000000, 0 },
		{ 1700000000, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, file, both, 0), 0);
}

/* load_current - of files that may have been written in this very tick of the file
 * system's clock: those are read again until they are older */
static struct settings *
load_current(const char *lines)
{
	for (int i = 0; i < 1000; i++) {
		struct settings *settings = must_load(lines);

		if (rem_settings_are_current(settings))
			return settings;
		rem_settings_free(settings);
	}
	fail_msg("tables change all the time");
	return NULL;
}

/* each of the three is looked at */
static void
test_current(void **state)
{
	char *text[3];
	own(str) char *lines = NULL, *names = NULL;

	(void)state;
	for (int i = 0; i < 3; i++) {
		own(str) char *name = mem_format("table%d", i);

		text[i] = scratch_file(dir, name, i == 0 ?
		    "corp.example none\n" : "a@b.example c@d.example\n");
	}
	lines = mem_format(BASIC "remediation_domain_map = texthash:%s\n"
	    "mailbox_maps = texthash:%s\n", text[0], text[1]);
	names = mem_format("texthash:%s", text[2]);
	aliases = names;
	for (int i = 0; i < 3; i++) {
		struct settings *settings = load_current(lines);

		assert_null(settings->aliases_why);
		touch(text[i]);
		assert_false(rem_settings_are_current(settings));
		rem_settings_free(settings);
		/* and read again they are current */
		rem_settings_free(load_current(lines));
	}
	for (int i = 0; i < 3; i++)
		free(text[i]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_origin), TEST(test_names), TEST(test_aliases),
		TEST(test_wrong), TEST(test_idle), TEST(test_current),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
