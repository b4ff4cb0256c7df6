/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where etcd is: each thing whose change in tdc.cf, or on disk, makes it another
 * place, and what a start refuses
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/lease/cluster_place.h"

#include <fcntl.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static const struct cluster_options options = { .name = "gw" };

static char *dir, *login;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	login = scratch_file(dir, "etcd", "user = a\npassword = b\n");
	assert_int_equal(chmod(login, 0600), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(login);
	scratch_free(dir);
	return 0;
}

static struct conf
some(void)
{
	return (struct conf){ .cluster = CONF_CLUSTER_ETCD,
	    .cluster_urls = "http://127.0.0.1:1", .cluster_prefix = "/tdc/",
	    .cluster_credentials_file = login, .cluster_ca_file = "",
	    .cluster_lease = 10000 };
}

/* is_same - as before, by that configuration */
static bool
is_same(const struct cluster_place *before, const struct conf *conf)
{
	struct cluster_place now = cluster_place_of(&options, conf);
	bool same = cluster_place_is(before, &now);

	assert_int_equal(cluster_place_is(&now, before), same);
	cluster_place_drop(&now);
	return same;
}

static void
test_conf(void **state)
{
	struct conf conf = some(), other = conf;
	struct cluster_place place = cluster_place_of(&options, &conf);
	const struct cluster_place none = { .options = { .urls = NULL } };

	(void)state;
	assert_true(is_same(&place, &conf));
	assert_false(is_same(&none, &conf));
	other.cluster_urls = (char *)"http://127.0.0.2:1";
	assert_false(is_same(&place, &other));
	other = conf;
	other.cluster_prefix = (char *)"/other/";
	assert_false(is_same(&place, &other));
	other = conf;
	other.cluster_credentials_file = (char *)"";
	assert_false(is_same(&place, &other));
	other = conf;
	other.cluster_ca_file = (char *)"/ca";
	assert_false(is_same(&place, &other));
	other = conf;
	other.cluster_lease++;
	assert_false(is_same(&place, &other));
	/* what has nothing to do with it */
	other = conf;
	other.api_polling = true;
	assert_true(is_same(&place, &other));
	cluster_place_drop(&place);
	assert_null(place.options.urls);
}

/* rewritten - the file, and when that was said to be */
static void
rewritten(const char *text, time_t seconds, long nanoseconds)
{
	const struct timespec both[2] = { { seconds, nanoseconds },
		{ seconds, nanoseconds } };
	FILE *file = fopen(login, "w");

	assert_non_null(file);
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(utimensat(AT_FDCWD, login, both, 0), 0);
}

/* the same name, and other credentials in it */
static void
test_file(void **state)
{
	own(str) char *next = mem_format("%s/next", dir);
	struct conf conf = some();
	struct cluster_place place;

	(void)state;
	rewritten("user = a\npassword = b\n", 1700000000, 5);
	place = cluster_place_of(&options, &conf);
	assert_true(is_same(&place, &conf));
	rewritten("user = a\npassword = c\n", 1700000000, 6);
	assert_false(is_same(&place, &conf));
	rewritten("user = a\npassword = c\n", 1700000001, 5);
	assert_false(is_same(&place, &conf));
	rewritten("user = a\npassword = longer\n", 1700000000, 5);
	assert_false(is_same(&place, &conf));
	rewritten("user = a\npassword = b\n", 1700000000, 5);
	assert_true(is_same(&place, &conf));
	/* another file of the same size and time, by its number */
	free(scratch_file(dir, "next", "user = a\npassword = c\n"));
	assert_int_equal(rename(next, login), 0);
	rewritten("user = a\npassword = c\n", 1700000000, 5);
	assert_false(is_same(&place, &conf));
	/* or none any more */
	assert_int_equal(unlink(login), 0);
	assert_false(is_same(&place, &conf));
	cluster_place_drop(&place);
	/* one that is not there stays the same until it is */
	place = cluster_place_of(&options, &conf);
	assert_true(is_same(&place, &conf));
	rewritten("user = a\npassword = b\n", 1700000000, 5);
	assert_false(is_same(&place, &conf));
	cluster_place_drop(&place);
}

/* check - as a start does; "": it may */
static const char *
check(const char *cluster)
{
	static struct err err;
	own(str) char *text = mem_format("intake_address = in@take.example\n"
	    "helo_name = gw.example\ncluster = %s\ncluster_urls = "
	    "http://127.0.0.1:1\ncluster_credentials_file = %s\n", cluster,
	    login);
	struct conf conf;
	int result;

	if (conf_parse("tdc.cf", text, &conf, &err) == -1)
		fail_msg("%s", err.text);
	err.text[0] = '\0';
	result = cluster_check(&conf, &err);
	assert_int_equal(result, *err.text == '\0' ? 0 : -1);
	conf_drop(&conf);
	return err.text;
}

/* a start says which line of tdc.cf is to be looked at */
static void
test_check(void **state)
{
	own(str) char *second = mem_format("tdc.cf:3: cluster: %s: no password",
	    login);
	own(str) char *third = mem_format("tdc.cf:3: cluster: %s: open: No such "
	    "file or directory", login);

	(void)state;
	assert_string_equal(check("etcd"), "");
	rewritten("user = a\n", 1700000000, 5);
	assert_string_equal(check("etcd"), second);
	/* it is not looked at without */
	assert_string_equal(check("none"), "");
	assert_int_equal(unlink(login), 0);
	assert_string_equal(check("etcd"), third);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_conf), TEST(test_file), TEST(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
