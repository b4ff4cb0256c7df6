/* SPDX-License-Identifier: BSD-2-Clause */
/* replies are the same however they are cut, and stay within their limits */
#include <string.h>

#include "forward/smtp/caps.h"
#include "forward/smtp/reply.h"
#include "tests/fuzz/fuzz.h"

static void
check_caps(const struct caps *caps, const struct reply *reply)
{
	must(caps->lines == reply->lines);
	must(caps->size || caps->size_limit == 0);
	must(caps->mailmax < 1000000);
	must(caps->chunking || !caps_binary(caps));
}

/* parse - in pieces of at most n bytes, as the reply to EHLO; *out_used is all
 * that was used */
static enum reply_parse
parse(const char *bytes, size_t size, size_t n, struct reply *reply,
    size_t *out_used)
{
	static struct caps caps;
	enum reply_parse state = REPLY_MORE;

	caps = (struct caps)CAPS;
	reply_init(reply);
	reply->each = caps_add;
	reply->arg = &caps;
	*out_used = 0;
	while (state == REPLY_MORE && *out_used < size) {
		size_t left = size - *out_used, used;

		state = reply_add(reply, bytes + *out_used,
		    left < n ? left : n, &used);
		must(used > 0 && used <= n && used <= left);
		*out_used += used;
	}
	if (state == REPLY_DONE)
		check_caps(&caps, reply);
	return state;
}

static void
check(const struct reply *reply)
{
	must(reply->code >= 200 && reply->code <= 599);
	must(reply->digit == '0' + reply->code / 100);
	must(reply->lines >= 1);
	must(strlen(reply->line) <= REPLY_LINE_MAX);
	must(reply->length <= REPLY_TEXT_MAX);
	must(strlen(reply->text) == reply->length);
	must(strlen(reply->enhanced) < sizeof(reply->enhanced));
	must(reply->enhanced[0] == '\0' ||
	    reply->enhanced[0] == '0' + reply->code / 100);
	must(strstr(reply->text, reply->enhanced) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reply whole, cut;
	const char *bytes = (const char *)data;
	enum reply_parse state;
	size_t used, used_cut;

	/* one reply after the other, as in a conversation */
	for (; size > 0; bytes += used, size -= used) {
		state = parse(bytes, size, size, &whole, &used);
		must(parse(bytes, size, 1, &cut, &used_cut) == state);
		must(used == used_cut);
		if (state != REPLY_DONE)
			break;
		must(bytes[used - 1] == '\n');
		must(cut.code == whole.code && cut.lines == whole.lines);
		must(cut.cut == whole.cut);
		must(strcmp(cut.text, whole.text) == 0);
		must(strcmp(cut.enhanced, whole.enhanced) == 0);
		check(&whole);
	}
	return 0;
}
