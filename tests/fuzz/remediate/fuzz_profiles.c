/* SPDX-License-Identifier: BSD-2-Clause */
/* a line of the file of profiles: what is taken is what it says, in its room */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/mailbox/profile_line.h"
#include "tests/fuzz/fuzz.h"

static void
check_line(const struct profile_line *line)
{
	must(*line->name != '\0' && strlen(line->name) <= PROFILE_NAME);
	must(line->count <= PROFILE_WORDS && (line->count > 0 ||
	    !line->is_chain));
	for (size_t i = 0; i < line->count; i++) {
		const struct profile_word *word = &line->words[i];

		must(*word->value != '\0' &&
		    strlen(word->value) <= PROFILE_VALUE);
		must((word->word == NULL) == line->is_chain);
		must(line->is_chain || *word->word != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* on the heap, so that an octet too far is noticed */
	own(str) char *text = mem_bytes(data, size);
	own(str) char *room = mem_new(strlen(text) + 1);
	char *end = room;
	struct profile_line line;
	struct err err;

	if (profile_line_parse(text, &end, &line, &err) == -1) {
		must(end == room && *err.text != '\0');
		return 0;
	}
	must(end <= room + strlen(text) + 1);
	check_line(&line);
	free(line.words);
	return 0;
}
