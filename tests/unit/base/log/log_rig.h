/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_rig - a log in a scratch directory, and what stands in it
 *
 *	log_rig_open(dir, "maillog_file = /dev/null\n");	-- lines of tdc.cf
 *	log_rig_file(dir, "maillog");
 *	text = log_rig_read(dir, "maillog");
 */
#ifndef TESTS_LOG_RIG_H
#define TESTS_LOG_RIG_H

#include "base/log/log.h"

#include <regex.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

enum { MANY = 20000 };		/* lines: more than a queue has room for */

static inline char *
log_rig_path(const char *dir, const char *name)
{
	return mem_format("%s/%s", dir, name);
}

/* log_rig_open - the log, with these lines in tdc.cf */
static inline void
log_rig_open(const char *dir, const char *lines)
{
	own(str) char *text = mem_format("user =\n%s", lines);
	own(str) char *path = scratch_file(dir, "tdc.cf", text);
	struct conf conf;
	struct err err;

	if (conf_load(path, &conf, &err) == -1 ||
	    log_open("prog", &conf, false, &err) == -1)
		fail_msg("%s", err.text);
	conf_drop(&conf);
}

static inline void
log_rig_file(const char *dir, const char *name)
{
	own(str) char *line = mem_format("maillog_file = %s/%s\n", dir, name);

	log_rig_open(dir, line);
}

static inline char *
log_rig_read(const char *dir, const char *name)
{
	own(str) char *path = log_rig_path(dir, name);

	log_flush();
	return scratch_read(path);
}

static inline size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static inline void
assert_match(const char *text, const char *pattern)
{
	regex_t regex;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&regex, text, 0, NULL, 0) != 0)
		fail_msg("'%.300s' is not like '%s'", text, pattern);
	regfree(&regex);
}

/* log_rig_many - so many lines; the milliseconds that it took */
static inline int64_t
log_rig_many(int n)
{
	int64_t begin = clock_now();

	for (int i = 0; i < n; i++)
		log_event(finished, (unsigned long long)i, "done");
	return clock_now() - begin;
}

#endif
