/* SPDX-License-Identifier: BSD-2-Clause */
/* What the starter runs, whoever asks. */
#include <stdlib.h>
#include <string.h>

#include "base/conf/conf.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/sandbox/starter.h"
#include "base/start/postfix.h"
#include "base/words.h"

enum { VALUE = 4096 };

/* starter_rules_load - as the file is now */
void
starter_rules_load(struct starter_rules *rules)
{
	struct conf conf;
	struct err ignored;

	if (conf_load(rules->conf_file, &conf, &ignored) == -1)
		return;
	free(rules->alert);
	free(rules->sendmail);
	rules->alert = mem_text(conf.alert_command);
	rules->sendmail = mem_text(conf.remediation_sendmail);
	conf_drop(&conf);
}

/* is - as long as the words of a list are those; "" is any one */
static bool
is(char *const *words, const char *const *those)
{
	size_t i = 0;

	for (; words[i] != NULL && those[i] != NULL; i++)
		if (*those[i] != '\0' && strcmp(words[i], those[i]) != 0)
			return false;
	return words[i] == NULL && those[i] == NULL;
}

static bool
is_fixed_environment(char *const *environment)
{
	static const char *const fixed[] = { "LC_ALL=C",
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };

	return environment != NULL && is(environment, fixed);
}

/* is_database - the file of a type that has readers, by its whole path */
static bool
is_database(const char *type, const char *path)
{
	static const char *const ends[][2] = { { "btree", ".db" },
		{ "cdb", ".cdb" }, { "hash", ".db" }, { "lmdb", ".lmdb" } };
	size_t length = strlen(path), i = 0, rows = sizeof(ends) /
	    sizeof(*ends), end;

	while (i < rows && strcmp(ends[i][0], type) != 0)
		i++;
	if (i == rows || *path != '/')
		return false;
	end = strlen(ends[i][1]);
	return length > end && strcmp(path + length - end, ends[i][1]) == 0;
}

static bool
may_read(const struct start *start)
{
	static const char *const argv[] = { START_READER_TITLE, "", "", "",
		NULL };

	return strcmp(start->path, START_SELF) == 0 && is(start->argv, argv) &&
	    is_database(start->argv[1], start->argv[2]) &&
	    (strcmp(start->argv[3], "wait") == 0 ||
	    strcmp(start->argv[3], "at-once") == 0) &&
	    start->environment == NULL && start->fds[3] != -1;
}

static bool
may_ask_postfix(const struct start *start)
{
	static const char *const argv[] = { "postconf", "-c", POSTFIX_CONFIG,
		"-hx", "", NULL };
	size_t i = 0;

	while (start_postconf[i] != NULL &&
	    strcmp(start_postconf[i], start->path) != 0)
		i++;
	return start_postconf[i] != NULL && is(start->argv, argv) &&
	    *start->argv[4] != '-' && is_fixed_environment(start->environment);
}

static bool
may_ask_type(const struct start *start)
{
	static const char *const argv[] = { "sh", "-c", START_TYPE_COMMAND,
		NULL };

	return strcmp(start->path, START_SHELL) == 0 &&
	    is(start->argv, argv) && start->environment == NULL;
}

/* is_of_alerts - what an alert has for its program, whatever it says of it */
static bool
is_of_alerts(char *const *environment)
{
	const char *zone = getenv("TZ");

	for (; environment != NULL && *environment != NULL; environment++) {
		const char *one = *environment;

		if (strncmp(one, "TDC_", 4) == 0 ||
		    strcmp(one, "LC_ALL=C") == 0 ||
		    strcmp(one, START_ALERT_PATH) == 0)
			continue;
		if (zone == NULL || strncmp(one, "TZ=", 3) != 0 ||
		    strcmp(one + 3, zone) != 0)
			return false;
	}
	return environment != NULL;
}

/* may_alert - that very command */
static bool
may_alert(const struct starter_rules *rules, const struct start *start)
{
	struct err ignored;
	char **words;
	bool may;

	if (rules->alert == NULL ||
	    words_split(rules->alert, &words, &ignored) == -1)
		return false;
	may = words[0] != NULL && strcmp(start->path, words[0]) == 0;
	for (size_t i = 0; may && (words[i] != NULL ||
	    start->argv[i] != NULL); i++)
		may = words[i] != NULL && start->argv[i] != NULL &&
		    strcmp(words[i], start->argv[i]) == 0;
	words_free(words);
	return may && is_of_alerts(start->environment);
}

/* is_sendmail - as the file says, or else as Postfix does */
static bool
is_sendmail(const char *configured, const char *path)
{
	char postfix[VALUE];

	if (*configured != '\0')
		return strcmp(configured, path) == 0;
	return postfix_value("sendmail_path", postfix, sizeof(postfix)) &&
	    strcmp(postfix, path) == 0;
}

static bool
may_send(const struct starter_rules *rules, const struct start *start)
{
	static const char *const argv[] = { "sendmail", "-i", "-f", "", "--",
		"", NULL };

	return rules->sendmail != NULL && *start->path == '/' &&
	    is(start->argv, argv) &&
	    is_fixed_environment(start->environment) &&
	    is_sendmail(rules->sendmail, start->path);
}

/* starter_may - by the rule for each */
bool
starter_may(const struct starter_rules *rules, const struct start *start)
{
	switch (start->what) {
	case START_READER:
		return may_read(start);
	case START_POSTCONF:
		return may_ask_postfix(start);
	case START_TYPE:
		return may_ask_type(start);
	case START_ALERT:
		return may_alert(rules, start);
	case START_SENDMAIL:
		return may_send(rules, start);
	case START_NOTHING:
	case START_WHATS:
		break;
	}
	return false;
}
