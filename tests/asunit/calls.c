/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of system calls. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "tests/asunit/asunit.h"

/* group_words - its members, which may be groups.  The name of a group begins a
 * line; lines of its members are indented. */
static void
group_words(struct words *members, const char *name, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool inside = false, found = false;

	if (file == NULL)
		err(EX_NOINPUT, "%s", path);
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "#\n")] = '\0';
		if (*line == '@') {
			char *members_start = line + strcspn(line, " ");

			if (*members_start != '\0')
				*members_start++ = '\0';
			inside = strcmp(line, name) == 0;
			found |= inside;
			if (inside)
				words_split(members, members_start);
		} else if (inside) {
			words_split(members, line);
		}
	}
	if (!found)
		errx(EX_CONFIG, "%s: there is no group %s", path, name);
	free(line);
	fclose(file);
}

void
calls_group(struct words *calls, const char *name, const char *groups)
{
	struct words members = { 0 };

	group_words(&members, name, groups);
	for (size_t i = 0; i < members.count; i++)
		if (*members.word[i] == '@')
			calls_group(calls, members.word[i], groups);
		else
			words_add(calls, members.word[i]);
}

/* change - one word of a list: "name", "~name", "@group", "~@group" */
static void
change(struct words *calls, const char *word, const char *groups)
{
	struct words meant = { 0 };
	bool out = *word == '~';

	word += out;
	if (strchr(word, ':') != NULL)
		errx(EX_CONFIG, "an errno of one call is not known here: %s",
		    word);
	if (*word == '@')
		calls_group(&meant, word, groups);
	else
		words_add(&meant, word);
	for (size_t i = 0; i < meant.count; i++) {
		words_remove(calls, meant.word[i]);
		if (!out)
			words_add(calls, meant.word[i]);
	}
}

void
calls_choose(struct words *calls, const struct words *lists,
    const char *groups)
{
	if (lists->count == 0)
		return;
	if (*lists->word[0] == '~')
		errx(EX_CONFIG, "a SystemCallFilter that begins with what is "
		    "forbidden is not known here");
	/* which is in each that begins with what is allowed */
	calls_group(calls, "@default", groups);
	for (size_t i = 0; i < lists->count; i++)
		change(calls, lists->word[i], groups);
	calls->given = true;
}
