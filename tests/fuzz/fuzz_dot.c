/* SPDX-License-Identifier: BSD-2-Clause */
/* whatever is in a message, and however it is cut, its end by DATA is the only
 * one for any server, and a strict one sees nothing else but what was there */
#include "base/own.h"
#include "forward/smtp/dot.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/dot_readers.h"

/* stuff - in pieces of at most "most" bytes */
static void
stuff(const char *bytes, size_t n, size_t most, struct buf *out)
{
	struct dot dot = DOT;

	while (n > 0) {
		size_t piece = n < most ? n : most;

		dot_stuff(&dot, bytes, piece, out);
		bytes += piece;
		n -= piece;
	}
	dot_end(&dot, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	own(buf) struct buf whole = BUF;
	own(buf) struct buf cut = BUF;
	own(buf) struct buf seen = BUF;
	own(buf) struct buf wanted = BUF;

	if (size == 0)
		return 0;
	stuff(bytes + 1, size - 1, size, &whole);
	stuff(bytes + 1, size - 1, (size_t)data[0] + 1, &cut);
	must(whole.len == cut.len);
	must(memcmp(whole.data, cut.data, cut.len) == 0);
	must(dot_safe(whole.data, whole.len));
	dot_read(whole.data, whole.len, &seen);
	dot_wanted(bytes + 1, size - 1, &wanted);
	must(seen.len == wanted.len);
	must(memcmp(seen.data, wanted.data, wanted.len) == 0);
	return 0;
}
