/* SPDX-License-Identifier: BSD-2-Clause */
/* The two sinks */
#include "base/log/log.h"

#include <regex.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static void
load(const char *dir, const char *more, struct conf *out)
{
	char *text = mem_format("user =\nmaillog_file = %s/maillog\n"
	    "mail_logs_file = %s/mail_logs\nintake_name = The Cloud\n%s", dir,
	    dir, more);
	char *path = scratch_file(dir, "tdc.cf", text);
	struct err err;

	if (conf_load(path, out, &err) == -1)
		fail_msg("%s", err.text);
	free(path);
	free(text);
}

static void
assert_match(const char *text, const char *pattern)
{
	regex_t regex;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&regex, text, 0, NULL, 0) != 0)
		fail_msg("'%s' is not like '%s'", text, pattern);
	regfree(&regex);
}

static char *
read_in(const char *dir, const char *name)
{
	char *path = mem_format("%s/%s", dir, name);
	char *text;

	log_flush();
	text = scratch_read(path);
	free(path);
	return text;
}

#define FILE_HEAD "^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] " \
    "[0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4} Info: "
#define SYSLOG_HEAD "^[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} " \
    "[^ ]+ prog\\[[0-9]+\\]: TDC: "

static void
test_sinks(void **state)
{
	char *dir = scratch_new(), *maillog, *mail_logs, *second;
	struct conf conf;
	struct err err;

	(void)state;
	load(dir, "", &conf);
	assert_int_equal(log_open("prog", &conf, false, &err), 0);
	assert_string_equal(log_name(), "The Cloud");
	log_event(delivered, 171ULL, log_name());
	log_event(finished, 171ULL, "done");
	maillog = read_in(dir, "maillog");
	mail_logs = read_in(dir, "mail_logs");
	/* In AsyncOS the first has the prefix and the second has not; in the
	 * maillog every line has it. */
	assert_match(mail_logs, FILE_HEAD "TDC: MID 171 successfully delivered "
	    "for scanning with The Cloud\\.\n");
	second = strchr(mail_logs, '\n') + 1;
	assert_match(second, FILE_HEAD "Message finished MID 171 done\n$");
	assert_match(maillog, SYSLOG_HEAD "MID 171 successfully");
	second = strchr(maillog, '\n') + 1;
	assert_match(second, SYSLOG_HEAD "Message finished MID 171 done\n$");
	free(maillog);
	free(mail_logs);
	conf_drop(&conf);
	scratch_free(dir);
}

static void
test_reopen_and_errors(void **state)
{
	char *dir = scratch_new(), *other = scratch_new(), *text;
	struct conf conf;
	struct err err;

	(void)state;
	load(dir, "", &conf);
	assert_int_equal(log_open("prog", &conf, false, &err), 0);
	conf_drop(&conf);
	load(other, "syslog_facility = beer\n", &conf);
	assert_int_equal(log_open("prog", &conf, false, &err), -1);
	assert_non_null(strstr(err.text, "tdc.cf:5: syslog_facility: 'beer'"));
	conf_drop(&conf);
	log_event(reloaded);		/* the old sinks stayed */
	text = read_in(dir, "maillog");
	assert_non_null(strstr(text, "configuration reloaded"));
	free(text);
	load(other, "", &conf);
	assert_int_equal(log_open("prog", &conf, false, &err), 0);
	conf_drop(&conf);
	log_event(stopped, "prog");
	text = read_in(other, "maillog");
	assert_null(strstr(text, "reloaded"));
	assert_non_null(strstr(text, "prog stopped"));
	free(text);
	scratch_free(dir);
	scratch_free(other);
}

static void
test_long_line(void **state)
{
	char *dir = scratch_new(), *text, *long_text = mem_new(5000);
	struct conf conf;
	struct err err;

	(void)state;
	load(dir, "", &conf);
	assert_int_equal(log_open("prog", &conf, false, &err), 0);
	conf_drop(&conf);
	memset(long_text, 'x', 4999);
	log_event(fatal, long_text);
	log_event(reloaded);
	text = read_in(dir, "maillog");
	assert_non_null(strstr(text, "xxx...\n"));
	assert_non_null(strstr(text, "TDC: configuration reloaded\n"));
	free(text);
	free(long_text);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sinks),
		cmocka_unit_test(test_reopen_and_errors),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
