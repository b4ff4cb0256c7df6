/* SPDX-License-Identifier: BSD-2-Clause */
/* fields lie inside the header, one behind the other */
#include <string.h>

#include "base/own.h"
#include "journal/report/header.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct header_field field;
	size_t at = 0, before = 0;

	for (; header_next(bytes, size, &at, &field); before = at) {
		own(buf) struct buf text = BUF;

		must(at > before && at <= size);
		must(field.start >= bytes + before);
		must(field.start + field.length == bytes + at);
		must(field.name == field.start && field.name_length > 0);
		must(field.value > field.name + field.name_length);
		must(field.value + field.value_length <= bytes + at);
		must(field.value[-1] == ':');
		must(memchr(field.name, ':', field.name_length) == NULL);
		header_unfold(&field, &text);
		must(text.len <= field.value_length);
		must(memchr(text.data, '\n', text.len) == NULL);
		must(text.len == 0 || strchr(" \t", text.data[0]) == NULL ||
		    text.data[0] == '\0');
		(void)header_is(&field, "Subject");
	}
	must(at >= before && at <= size);
	return 0;
}
