/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_logline - any bytes as lines of a log: what is taken for one has texts
 * that end where the line ends, and a second reading of them is no other; and
 * what it says, for who looks for lines of ours and of Postfix: it lies in it,
 * and every walk through it ends */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "control/logs/logline.h"
#include "control/past/told.h"
#include "control/policy/maillog_line.h"
#include "control/track/event.h"
#include "tests/fuzz/fuzz.h"

/* must_lie - does the text lie in the line, or, of JSON, elsewhere? */
static void
must_lie(const char *text, const char *line, size_t n, bool json)
{
	must(text != NULL);
	must(json || (text >= line && text + strlen(text) <= line + n));
}

/* must_lie_in - n bytes of a text, or nothing */
static void
must_lie_in(const char *text, const char *found, size_t n)
{
	must(found == NULL ||
	    (found >= text && found + n <= text + strlen(text)));
}

static void
try_tokens(const char *text)
{
	const char *at = text, *before = at, *token;
	size_t n;
	bool angle;

	while ((token = event_next_token(&at, &n, &angle)) != NULL) {
		must(at > before);
		must_lie_in(text, token, n);
		must(angle || n < EVENT_ID);
		before = at;
	}
}

static void
try_event(const struct logline *line)
{
	const char *text = line->text, *found;
	char id[EVENT_ID];
	struct event event;
	size_t n = 0;

	event_read(line, &event);
	must(event.kind < EVENT_KINDS);
	must_lie_in(text, event.rest, strlen(event.rest));
	must_lie_in(text, event.queue_id, event.queue_id_n);
	must(strlen(event_id(&event, id)) == event.queue_id_n);
	must(event.mid == 0 || strstr(text, "MID ") != NULL);
	found = event_value(event.rest, "to=<", &n);
	must_lie_in(text, found, n);
	found = event_status(event.rest, &n);
	must_lie_in(text, found, n);
	found = event_queued_as(event.rest, &n);
	must_lie_in(text, found, n);
	try_tokens(text);
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
	try_event(&line);
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
