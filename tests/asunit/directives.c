/* SPDX-License-Identifier: BSD-2-Clause */
/* What a unit says, and which of it is known here. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "tests/asunit/asunit.h"

enum kind { ELSEWHERE, SWITCH, WORD, LIST };

static const struct directive {
	const char *name;
	enum kind kind;
	size_t	 field;
	const char *on;		/* of a switch, its only value beside "no" */
	const char *why;	/* it is not followed here */
} directives[] = {
#define AT(member) offsetof(struct unit, member)
	{ "NoNewPrivileges", SWITCH, AT(no_new_privileges), "yes", NULL },
	{ "LockPersonality", SWITCH, AT(lock_personality), "yes", NULL },
	{ "MemoryDenyWriteExecute", SWITCH, AT(memory_deny_write_execute),
	    "yes", NULL },
	{ "RestrictNamespaces", SWITCH, AT(restrict_namespaces), "yes", NULL },
	{ "RestrictRealtime", SWITCH, AT(restrict_realtime), "yes", NULL },
	{ "RestrictSUIDSGID", SWITCH, AT(restrict_suid), "yes", NULL },
	{ "RestrictAddressFamilies", LIST, AT(families), NULL, NULL },
	{ "CapabilityBoundingSet", LIST, AT(bounding), NULL, NULL },
	{ "AmbientCapabilities", LIST, AT(ambient), NULL, NULL },
	{ "SystemCallArchitectures", SWITCH, AT(native), "native", NULL },
	{ "SystemCallFilter", LIST, AT(calls), NULL, NULL },
	{ "SystemCallErrorNumber", WORD, AT(error), NULL, NULL },
	{ "User", WORD, AT(user), NULL, NULL },
	{ "Group", WORD, AT(group), NULL, NULL },
	{ "SupplementaryGroups", LIST, AT(groups), NULL, NULL },
	{ "ProtectSystem", SWITCH, AT(protect_system), "strict", NULL },
	{ "ProtectHome", SWITCH, AT(protect_home), "yes", NULL },
	{ "ProtectProc", SWITCH, AT(protect_proc), "invisible", NULL },
	{ "ProtectClock", SWITCH, AT(protect_clock), "yes", NULL },
	{ "ProtectControlGroups", SWITCH, AT(protect_cgroups), "yes", NULL },
	{ "ProtectHostname", SWITCH, AT(protect_hostname), "yes", NULL },
	{ "ProtectKernelLogs", SWITCH, AT(protect_logs), "yes", NULL },
	{ "ProtectKernelModules", SWITCH, AT(protect_modules), "yes", NULL },
	{ "ProtectKernelTunables", SWITCH, AT(protect_tunables), "yes", NULL },
	{ "PrivateTmp", SWITCH, AT(private_tmp), "yes", NULL },
	{ "PrivateDevices", SWITCH, AT(private_devices), "yes", NULL },
	{ "PrivateNetwork", SWITCH, AT(private_network), "yes", NULL },
	{ "ReadWritePaths", LIST, AT(read_write), NULL, NULL },
	{ "ReadOnlyPaths", LIST, AT(read_only), NULL, NULL },
	{ "InaccessiblePaths", LIST, AT(inaccessible), NULL, NULL },
	{ "NoExecPaths", LIST, AT(no_exec), NULL, NULL },
	{ "UMask", WORD, AT(umask), NULL, NULL },
	{ "LimitCORE", WORD, AT(core), NULL, NULL },
	{ "LimitNOFILE", WORD, AT(files), NULL, NULL },
#undef AT
#define WHY(name, why) { name, ELSEWHERE, 0, NULL, why }
	WHY("Type", "the test waits for the start"),
	WHY("ExecStart", "the program is named in the call"),
	WHY("ExecReload", "the test sends the signal"),
	WHY("Restart", "nobody starts it again"),
	WHY("RestartSec", "nobody starts it again"),
	WHY("RestartPreventExitStatus", "nobody starts it again"),
	WHY("WatchdogSec", "daemons.t has a watchdog"),
	WHY("TimeoutStartSec", "the test has a deadline"),
	WHY("TimeoutStopSec", "the test has a deadline"),
	WHY("RuntimeMaxSec", "the test has a deadline"),
	WHY("StandardInput", "the test's"),
	WHY("StandardOutput", "the test's"),
	WHY("StandardError", "the test's"),
	WHY("SyslogLevel", "of the journal"),
	WHY("LogLevelMax", "of the journal"),
	WHY("TasksMax", "needs a cgroup of its own"),
	WHY("MemoryMax", "needs a cgroup of its own"),
	WHY("DynamicUser", "-u names one that is there"),
	WHY("StateDirectory", "made by systemd; -w names the test's"),
	WHY("StateDirectoryMode", "made by systemd; -w names the test's"),
	WHY("RemoveIPC", "happens when a service has ended"),
#undef WHY
};

void
words_add(struct words *words, const char *word)
{
	words->word = mem_grow(words->word, words->count + 1,
	    sizeof(*words->word));
	words->word[words->count++] = mem_text(word);
}

bool
words_have(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->word[i], word) == 0)
			return true;
	return false;
}

void
words_remove(struct words *words, const char *word)
{
	size_t left = 0;

	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->word[i], word) == 0)
			free(words->word[i]);
		else
			words->word[left++] = words->word[i];
	words->count = left;
}

/* words_split - "~a b" is "~a" and "~b" */
void
words_split(struct words *words, char *text)
{
	const char *mark = *text == '~' ? "~" : "";
	char *rest = NULL;

	for (char *word = strtok_r(text + strlen(mark), " \t", &rest);
	    word != NULL; word = strtok_r(NULL, " \t", &rest)) {
		char *marked = mem_format("%s%s", mark, word);

		words_add(words, marked);
		free(marked);
	}
}

/* list_take - an empty list forgets what was there */
static void
list_take(struct words *list, char *value)
{
	list->given = true;
	if (*value == '\0') {
		list->count = 0;
		return;
	}
	words_split(list, value);
}

static void
directive_take(struct unit *unit, const char *name, char *value)
{
	const struct directive *row = directives;
	const struct directive *end = directives +
	    sizeof(directives) / sizeof(*directives);
	char *field;

	while (row < end && strcmp(row->name, name) != 0)
		row++;
	if (row == end)
		errx(EX_CONFIG, "%s: %s= is not known here: follow it, or say "
		    "why not (tests/asunit/directives.c)", unit->path, name);
	field = (char *)unit + row->field;
	switch (row->kind) {
	case ELSEWHERE:
		break;
	case SWITCH:
		*(bool *)(void *)field = strcmp(value, row->on) == 0;
		if (strcmp(value, row->on) != 0 && strcmp(value, "no") != 0)
			errx(EX_CONFIG, "%s: %s=%s is not known here",
			    unit->path, name, value);
		break;
	case WORD:
		free(*(char **)(void *)field);
		*(char **)(void *)field = mem_text(value);
		break;
	case LIST:
		list_take((struct words *)(void *)field, value);
		break;
	}
}

/* line_take - one line; what is in other sections than [Service] is about when
 * it is started */
static void
line_take(struct unit *unit, char *line, bool *service)
{
	size_t length = strcspn(line, "\n");
	char *equals;

	line[length] = '\0';
	if (length > 0 && line[length - 1] == '\\')
		errx(EX_CONFIG, "%s: a line that goes on is not known here",
		    unit->path);
	if (*line == '[') {
		*service = strcmp(line, "[Service]") == 0;
		return;
	}
	if (*line == '\0' || *line == '#' || *line == ';' || !*service)
		return;
	equals = strchr(line, '=');
	if (equals == NULL)
		errx(EX_CONFIG, "%s: no directive: %s", unit->path, line);
	*equals = '\0';
	directive_take(unit, line, equals + 1);
}

void
unit_read(struct unit *unit)
{
	FILE *file = fopen(unit->path, "re");
	char *line = NULL;
	size_t size = 0;
	bool service = false;

	if (file == NULL)
		err(EX_NOINPUT, "%s", unit->path);
	while (getline(&line, &size, file) > 0)
		line_take(unit, line, &service);
	if (ferror(file))
		err(EX_IOERR, "%s", unit->path);
	free(line);
	fclose(file);
}
