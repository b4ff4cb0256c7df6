/* SPDX-License-Identifier: BSD-2-Clause */
/* an envelope that could be read is written so that it reads the same, and a
 * blank in front, which bars the short way, makes no difference */
#include <string.h>

#include "base/own.h"
#include "journal/envelope.h"
#include "tests/fuzz/fuzz.h"

static void
must_agree(const uint8_t *data, size_t size, const struct buf *shown)
{
	own(buf) struct buf padded = BUF, again = BUF;
	struct arena arena = { 0 };
	struct envelope envelope;
	struct err err;

	buf_byte(&padded, ' ');
	buf_bytes(&padded, data, size);
	if (envelope_parse(padded.data, padded.len, &arena, &envelope, &err) ==
	    0)
		envelope_format(&envelope, &again);
	must(again.len == shown->len && memcmp(again.data, shown->data,
	    again.len) == 0);
	arena_drop(&arena);
}

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
	must_agree(data, size, &first);
	arena_drop(&arena);
	return 0;
}
