/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What words of RFC 2047 say: text without any is left alone, UTF-8 stays
 * UTF-8, and nobody's subject grows without bounds.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "journal/report/encoded_word.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	own(buf) struct buf out = BUF;

	buf_text(&out, "-");
	encoded_word_decode(text, size, &out);
	must(out.data[0] == '-' && out.data[out.len] == '\0');
	must(out.len <= 1 + 4 * size);
	if (utf8_is(text, size))
		must(utf8_is(out.data, out.len));
	if (memmem(text, size, "?=", 2) == NULL)
		must(out.len == 1 + size &&
		    memcmp(out.data + 1, text, size) == 0);
	return 0;
}
