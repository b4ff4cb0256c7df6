/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_logline - any bytes as lines of a log: what is taken for one has texts
 * that end where the line ends, and a second reading of them is no other; and
 * what it says, for who looks for lines of ours and of Postfix */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "control/logs/logline.h"
#include "control/past/told.h"
#include "control/policy/maillog_line.h"
#include "tests/fuzz/fuzz.h"

/* must_lie - does the text lie in the line, or, of JSON, elsewhere? */
static void
must_lie(const char *text, const char *line, size_t n, bool json)
{
	must(text != NULL);
	must(json || (text >= line && text + strlen(text) <= line + n));
}

/* understand - whatever it is */
static void
understand(const struct logline *line)
{
	const char *ours = told_by_us(line, "");
	struct arena arena = { 0 };
	struct maillog_line said;
	struct told told;

	if (told_parse(ours != NULL ? ours : line->text, &arena, &told))
		must(told.what != TOLD_ENQUEUED || told.intake != NULL);
	if (maillog_parse(line, &arena, &said))
		must(said.text != NULL && *said.queue_id != '\0');
	arena_drop(&arena);
}

static void
try_line(struct logline_parser *parser, const char *bytes, size_t n)
{
	own(str) char *text = mem_bytes(bytes, n), *again = mem_bytes(bytes, n);
	own(buf) struct buf first = BUF;
	struct logline line = { .text = NULL };

	if (!logline_parse(parser, text, n, &line)) {
		must(line.text == NULL);
		must(!logline_parse(parser, again, n, &line));
		return;
	}
	must_lie(line.text, text, n, parser->json != NULL);
	must_lie(line.program, text, n, parser->json != NULL || line.asyncos);
	understand(&line);
	must(line.ours == NULL || strstr(line.text, line.ours) != NULL);
	buf_format(&first, "%lld %s %s", (long long)line.at, line.program,
	    line.text);
	must(logline_parse(parser, again, n, &line));
	buf_format(&first, "\n%lld %s %s", (long long)line.at, line.program,
	    line.text);
	must(memcmp(first.data, first.data + first.len / 2 + 1, first.len / 2) ==
	    0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct logline_parser parser = { .latest = 1795678205000 };
	const char *at = (const char *)data, *end = at + size;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((lf != NULL ? lf : end) - at);

		try_line(&parser, at, n);
		at += n + 1;
	}
	logline_drop(&parser);
	return 0;
}
