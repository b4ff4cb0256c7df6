/* SPDX-License-Identifier: BSD-2-Clause */
/* an envelope that could be read is written so that it reads the same */
#include <string.h>

#include "base/own.h"
#include "journal/envelope.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(buf) struct buf first = BUF, second = BUF;
	struct arena arena = { 0 };
	struct envelope envelope;
	struct err err = { .text = "" };

	if (envelope_parse((const char *)data, size, &arena, &envelope, &err) ==
	    0) {
		envelope_format(&envelope, &first);
		must(envelope_parse(first.data, first.len, &arena, &envelope,
		    &err) == 0);
		envelope_format(&envelope, &second);
		must(strcmp(first.data, second.data) == 0);
		must(strchr(first.data, '\n') == NULL);
	} else {
		must(err.kind == ERR_NEVER && err.text[0] != '\0');
	}
	arena_drop(&arena);
	return 0;
}
