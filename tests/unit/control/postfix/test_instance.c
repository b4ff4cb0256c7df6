/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_instance - the Postfix that is meant, with a postconf(1) and postfix(1) that
 * misbehave
 *
 * WRAP: flock open realpath
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "base/own.h"
#include "control/postfix/instance.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(char *, realpath, (const char *path, char *out), (path, out), NULL)

/* Answers as postconf(1) does, of the instance in $MAIL_CONFIG, and what a test has
 * written below $HERE comes first. */
static const char postconf[] = "#!/bin/sh\n"
	"name=$(basename \"${MAIL_CONFIG:-none}\").$(echo \"$*\" | tr ' ' _)\n"
	"test ! -e \"$HERE/fail.$name\" || {\n"
	"	cat \"$HERE/fail.$name\" >&2\n"
	"	exit 1\n"
	"}\n"
	"test ! -e \"$HERE/say.$name\" || exec cat \"$HERE/say.$name\"\n"
	"case \"$*\" in\n"
	"'-h config_directory') echo \"$HERE/main\" ;;\n"
	"'-dh config_directory') echo \"$HERE/first\" ;;\n"
	"'-h mail_version') echo 3.9.1 ;;\n"
	"'-xh multi_instance_directories') ;;\n"
	"-x*) echo 'smtpd_milters =' ;;\n"
	"-M) echo 'smtp inet n - n - - smtpd' ;;\n"
	"esac\n";

static char *here, *conf_file;

static void
script(const char *name, const char *text)
{
	own(str) char *path = scratch_file(here, name, text);

	assert_int_equal(chmod(path, 0755), 0);
}

static void
make_instance(const char *name)
{
	own(str) char *dir = mem_format("%s/%s", here, name);

	assert_int_equal(mkdir(dir, 0700), 0);
	free(scratch_file(dir, "main.cf", ""));
}

static void
forget(const char *name)
{
	own(str) char *path = mem_format("%s/%s", here, name);

	assert_int_equal(unlink(path), 0);
}

/* refused - it is not opened, and the err has that */
static void
refused(const char *directory, const char *why)
{
	own(instance) struct instance instance = INSTANCE;
	struct err err = { .text = "" };

	if (instance_open(&instance, directory, &err) != -1 ||
	    strstr(err.text, why) == NULL)
		fail_msg("'%s' has no '%s'", err.text, why);
	unsetenv("MAIL_CONFIG");
}

static void
opening(void **state)
{
	own(instance) struct instance instance = INSTANCE;
	own(str) char *dir = mem_format("%s/main", here);
	own(str) char *none = mem_format("%s/none", here);
	struct err err;

	(void)state;
	assert_int_equal(instance_open(&instance, NULL, &err), 0);
	assert_string_equal(instance.directory, dir);
	assert_string_equal(getenv("MAIL_CONFIG"), dir);
	assert_null(instance.caller);
	unsetenv("MAIL_CONFIG");
	refused(none, "none/main.cf: No such file");
	free(scratch_file(here, "say.main.-h_mail_version", "2.11.3\n"));
	refused(dir, "Postfix 2.11.3 has no default_action");
	forget("say.main.-h_mail_version");
	free(scratch_file(here, "fail.main.-h_mail_version", "no\n"));
	refused(dir, "-h fails");
	forget("fail.main.-h_mail_version");
}

/* Its own words say why it does not answer; without any, how it ended. */
static void
no_answer(void **state)
{
	own(str) char *dir = mem_format("%s/main", here);

	(void)state;
	/* without a name to be asked of first */
	free(scratch_file(here, "fail.none.-h_config_directory", ""));
	free(scratch_file(here, "fail.none.-x_smtpd_milters",
	    "postconf: fatal: line 7\nmore\n"));
	refused(NULL, "postconf: fatal: line 7");
	forget("fail.none.-x_smtpd_milters");
	refused(NULL, "-h fails");
	forget("fail.none.-h_config_directory");
	/* main.cf is there, and cannot be read */
	script("postconf", "#!/bin/sh\nexit 1\n");
	refused(dir, "main: ");
	script("postconf", "#!/bin/sh\necho 'postconf: fatal: line 8' >&2\nexit 1\n");
	refused(dir, "postconf: fatal: line 8");
	script("postconf", postconf);
}

/* What postfix(1) says becomes one line. */
static void
checks(void **state)
{
	own(instance) struct instance instance = INSTANCE;
	struct err err;
	bool ran = false;

	(void)state;
	assert_int_equal(instance_open(&instance, NULL, &err), 0);
	script("postfix", "#!/bin/sh\necho one\necho two\nexit 1\n");
	assert_int_equal(instance_check(&instance, &err), -1);
	assert_string_equal(err.text, "postfix check: one two");
	script("postfix", "#!/bin/sh\nexit 1\n");
	assert_int_equal(instance_check(&instance, &err), -1);
	assert_non_null(strstr(err.text, "Postfix's log says why"));
	/* that it does not run is no failure to reload it */
	assert_int_equal(instance_reload(&instance, &ran, &err), 0);
	assert_false(ran);
	script("postfix", "#!/bin/sh\ntest \"$1\" = status\n");
	assert_int_equal(instance_reload(&instance, &ran, &err), -1);
	assert_true(ran);
	unsetenv("MAIL_CONFIG");
}

/* A family is found by its primary instance, and nobody is named twice, nor one
 * without a main.cf. */
static void
others(void **state)
{
	own(instance) struct instance instance = INSTANCE;
	own(str) char *caller = mem_format("%s/caller", here);
	own(str) char *dir = mem_format("%s/main", here);
	own(str) char *list = mem_format("%s/second, %s/gone,,%s/main %s/second\n",
	    here, here, here, here);
	own(str) char *wanted = mem_format("%s/first %s/second", here, here);
	own(str) char *found = NULL, *none = NULL, *again = NULL, *sharing = NULL;
	struct conf conf = { .private = NULL };
	struct err err;

	(void)state;
	make_instance("first");
	make_instance("second");
	setenv("MAIL_CONFIG", caller, 1);
	assert_int_equal(instance_open(&instance, dir, &err), 0);
	assert_string_equal(instance.caller, caller);
	none = instance_others(&instance);
	assert_string_equal(none, "");
	free(scratch_file(here, "say.first.-xh_multi_instance_directories", list));
	found = instance_others(&instance);
	assert_string_equal(found, wanted);
	assert_string_equal(getenv("MAIL_CONFIG"), dir);
	/* which of them uses the socket */
	assert_int_equal(conf_parse("tdc.cf", "milter_socket = inet:8891\n", &conf,
	    &err), 0);
	again = instance_sharing(&instance, &conf);
	assert_null(again);
	free(scratch_file(here, "say.second.-x",
	    "smtpd_milters = inet:localhost:8891\n"));
	script("postconf", "#!/bin/sh\ncase $MAIL_CONFIG,$1 in */second,-x) "
	    "exec cat $HERE/say.second.-x ;; */first,-x) exit 1 ;; "
	    "*/first,-xh) exec cat $HERE/say.first.-xh_multi_instance_directories ;;"
	    " ,-dh) echo $HERE/first ;; esac\n");
	sharing = instance_sharing(&instance, &conf);
	assert_non_null(sharing);
	assert_non_null(strstr(sharing, "/second"));
	assert_string_equal(getenv("MAIL_CONFIG"), dir);
	script("postconf", postconf);
	conf_drop(&conf);
	unsetenv("MAIL_CONFIG");
}

/* lock - the directories of both files; errors say which one */
static void
locks(void **state)
{
	own(instance) struct instance one = INSTANCE, other = INSTANCE;
	unsigned at = 1;
	struct err err;

	(void)state;
	assert_int_equal(instance_open(&one, NULL, &err), 0);
	unsetenv("MAIL_CONFIG");
	assert_int_equal(instance_open(&other, NULL, &err), 0);
	unsetenv("MAIL_CONFIG");
	assert_int_equal(instance_lock(&one, conf_file, &err), 0);
	assert_int_equal(instance_lock(&other, conf_file, &err), -1);
	assert_non_null(strstr(err.text, "another tdcctl is changing the files"));
	instance_close(&one);
	instance_close(&other);
	for (; nth_only(at, EIO); at++) {
		own(instance) struct instance third = INSTANCE;
		int result;

		assert_int_equal(instance_open(&third, NULL, &err), 0);
		unsetenv("MAIL_CONFIG");
		nth_arm();
		result = instance_lock(&third, conf_file, &err);
		nth_disarm();
		assert_int_equal(result, nth->name[0] == '\0' ? 0 : -1);
		if (result == 0)
			break;
		assert_non_null(strstr(err.text, strerror(EIO)));
		assert_non_null(strstr(err.text, here));
	}
	/* where its buffer's size is checked realpath() has another name */
	assert_true(at > 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(checks),
		cmocka_unit_test(others),
		cmocka_unit_test(locks),
	};
	own(str) char *path = NULL, *conf_dir = NULL;
	int failed;

	assert_true(nth_begin(1, EIO));
	here = scratch_new();
	path = mem_format("%s:/usr/bin:/bin", here);
	conf_dir = mem_format("%s/tdc", here);
	setenv("HERE", here, 1);
	setenv("PATH", path, 1);
	unsetenv("MAIL_CONFIG");
	script("postconf", postconf);
	make_instance("main");
	assert_int_equal(mkdir(conf_dir, 0700), 0);
	conf_file = scratch_file(conf_dir, "tdc.cf", "");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(conf_file);
	scratch_free(here);
	return failed;
}
