/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tdc.cf: values at their edges, what one parameter wants of another, files that are
 * none, and whose tdc-milter runs as
 *
 * WRAP: getgrgid getpwnam
 */
#include "base/conf/conf.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "base/buf.h"
#include "base/group_readable.h"
#include "tests/unit/scratch.h"

static int
load(const char *text, size_t n, struct conf *out, struct err *err)
{
	char *dir = scratch_new();
	char *path = scratch_file(dir, "tdc.cf", "");
	FILE *file = fopen(path, "w");
	int result;

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	result = conf_load(path, out, err);
	free(path);
	scratch_free(dir);
	return result;
}

/* What the one line of the error must hold; NULL: it is accepted. */
static const struct {
	const char	*text;
	const char	*error;
} rows[] = {
	{ "remote_ip_header = X-A~\n", NULL },
	{ "remote_ip_header = X A\n", "tdc.cf:1: remote_ip_header: 'X A' is no header" },
	{ "remote_ip_header = X\x7f\n", "is no header field name" },
	{ "helo_name =\n", NULL },	/* that of the host */
	{ "helo_name = a\x7f\n", "is no host name" },
	{ "helo_name = a;b\n", "is no host name" },
	{ "tls_names = .example.com, a.example\n", NULL },
	{ "tls_names = ,\n", "tdc.cf:1: tls_names: '' has no name in it" },
	{ "tls_names = a.example b..example\n", "'b..example' is no host name" },
	{ "tls_names = .\n", "'.' is no host name" },
	{ "tls_names = example.\n", "'example.' is no host name" },
	{ "tls_names = *.example\n", "is no host name; for all below one write" },
	{ "intake_address = @b\n", "'@b' is no address" },
	{ "intake_address = a@\n", "'a@' is no address" },
	{ "intake_address = a@b\x7f\n", "is no address" },
	{ "intake_address = a,c@b\n", "is no address" },
	{ "intake_address = a@b@c\n", NULL },
	{ "milter_socket_mode = 0777\n", NULL },
	{ "milter_socket_mode = 1000\n", "'1000' is no octal mode up to 0777" },
	{ "milter_socket_mode =\n", "'' is no octal mode" },
	{ "milter_socket_mode = 66o\n", "is no octal mode" },
	{ "remediation_verdicts = bec, scam\n", NULL },
	{ "remediation_verdicts = bec spam\n", "tdc.cf:1: remediation_verdicts: 'bec spam' "
	  "is not made of: bec scam phishing malicious" },
	{ "remediation_verdicts = ,\n", "is not made of" },
	{ "remediation_action = forward\n", "tdc.cf:1: remediation_action: forwarding "
	  "needs remediation_forward_to" },
	{ "remediation_action = delete\n", NULL },
	{ "remediation_action = forward-and-delete\nremediation_forward_to = a@b.test\n", NULL },
	{ "cluster_urls = http://128.0.0.1\n", "is not https" },
	{ "cluster_urls = http://127.0.0.1\n", NULL },
	{ "cluster = etcd\n", "tdc.cf:1: cluster: etcd needs cluster_urls" },
	{ "\f\n \t\r\nuser = a\n\v\n", NULL },
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct conf conf = { 0 };
		struct err err = { .text = "" };
		int result = load(rows[i].text, strlen(rows[i].text), &conf, &err);

		if (result != (rows[i].error == NULL ? 0 : -1))
			fail_msg("%s: %s", rows[i].text, err.text);
		if (result == 0) {
			conf_drop(&conf);
			continue;
		}
		assert_int_equal(err.kind, ERR_NEVER);
		if (strstr(err.text, rows[i].error) == NULL)
			fail_msg("for '%s': '%s' holds no '%s'", rows[i].text, err.text,
			    rows[i].error);
	}
}

/* A name of as many octets as there are room for, and one more. */
static void
test_long_name(void **state)
{
	char text[300] = "tls_names = ";
	const size_t begin = strlen(text);
	struct conf conf;
	struct err err;

	(void)state;
	memset(text + begin, 'a', 256);
	text[begin + 255] = '\n';
	assert_int_equal(load(text, begin + 256, &conf, &err), 0);
	conf_drop(&conf);
	text[begin + 255] = 'a';
	text[begin + 256] = '\n';
	assert_int_equal(load(text, begin + 257, &conf, &err), -1);
	assert_non_null(strstr(err.text, "is no host name"));
}

/* More than a configuration can have, and what is no text. */
static void
test_no_text(void **state)
{
	enum { MOST = 1 << 20 };
	static char text[MOST + 2];
	struct conf conf;
	struct err err;

	(void)state;
	memset(text, '#', sizeof(text));
	assert_int_equal(load(text, MOST, &conf, &err), 0);
	conf_drop(&conf);
	assert_int_equal(load(text, MOST + 1, &conf, &err), -1);
	assert_non_null(strstr(err.text, "tdc.cf: larger than 1048576 bytes"));
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(load("user = a\0b\n", 11, &conf, &err), -1);
	assert_non_null(strstr(err.text, "tdc.cf: holds a NUL byte"));
	assert_int_equal(err.kind, ERR_NEVER);
}

/* Few names, but of what is long. */
static void
test_long_value(void **state)
{
	static char text[700000] = "user = $intake_name$intake_name$intake_name\n"
	    "intake_name = ";
	const size_t begin = strlen(text);
	struct conf conf;
	struct err err;

	(void)state;
	memset(text + begin, 'a', 600000);
	text[begin + 600000] = '\n';
	assert_int_equal(load(text, begin + 600001, &conf, &err), -1);
	assert_non_null(strstr(err.text, "too long with all its $names"));
	text[begin + 300000] = '\n';
	assert_int_equal(load(text, begin + 300001, &conf, &err), 0);
	assert_int_equal(strlen(conf.user), 900000);
	conf_drop(&conf);
}

static void
test_actions(void **state)
{
	(void)state;
	assert_string_equal(conf_remedial_action(CONF_REMEDIATE_FORWARD), "Forward");
	assert_string_equal(conf_remedial_action(CONF_REMEDIATE_DELETE), "Delete");
	assert_string_equal(conf_remedial_action(CONF_REMEDIATE_BOTH),
	    "Forward and Delete");
	assert_string_equal(conf_remedial_action(99), "?");
}

/* ---- users ---- */

static bool has_group, has_user;

struct group *__wrap_getgrgid(gid_t);
struct group *
__wrap_getgrgid(gid_t gid)
{
	static struct group group = { .gr_name = (char *)"writers" };

	(void)gid;
	return has_group ? &group : NULL;
}

struct passwd *__wrap_getpwnam(const char *);
struct passwd *
__wrap_getpwnam(const char *name)
{
	static struct passwd user;

	assert_string_equal(name, "writers");
	return has_user ? &user : NULL;
}

/* assert_user - tdc-milter's, with that in tdc.cf; writers: the spool has some */
static void
assert_user(const char *lines, bool writers, const char *want)
{
	char *dir = scratch_new(), *ready = mem_format("%s/%s", dir, GROUP_WRITERS);
	char *text = mem_format("%sspool_directory = %s\n", lines, dir);
	struct conf conf;
	struct err err;

	assert_int_equal(load(text, strlen(text), &conf, &err), 0);
	if (writers) {
		assert_int_equal(mkdir(ready, 0700), 0);
		assert_int_equal(chmod(ready, 0770), 0);
	}
	assert_string_equal(conf_milter_user(&conf), want);
	conf_drop(&conf);
	scratch_free(dir);
	/* without a spool it is nobody's */
	if (writers && strstr(lines, "milter_user") == NULL) {
		assert_int_equal(load(text, strlen(text), &conf, &err), 0);
		assert_string_equal(conf_milter_user(&conf), conf.user);
		conf_drop(&conf);
	}
	free(text);
	free(ready);
}

/* As it is said, or the user of the group that may write to the spool, if there is
 * one, or as all others. */
static void
test_milter_user(void **state)
{
	(void)state;
	has_group = has_user = true;
	assert_user("user = tdc\nmilter_user = other\n", true, "other");
	assert_user("user =\n", true, "");
	assert_user("user = tdc\n", false, "tdc");
	assert_user("user = tdc\n", true, "writers");
	has_user = false;
	assert_user("user = tdc\n", true, "tdc");
	has_group = false;
	assert_user("user = tdc\n", true, "tdc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_long_value),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_milter_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
