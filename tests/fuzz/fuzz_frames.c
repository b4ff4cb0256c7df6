/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the reader of a damaged database may send: any bytes at all.  They mean
 * the same however the pipe cuts them, no pair lies outside of them, and an
 * err is one that can be told.
 */
#include <string.h>

#include "base/own.h"
#include "journal/footer.h"
#include "policy/table/isolate_private.h"
#include "tests/fuzz/fuzz.h"

struct hearer {
	struct source	 source;	/* first: it is what pair() gets */
	struct frames	*frames;
	uint64_t	 sum;		/* of all pairs so far */
	size_t		 pairs;
};

/* hear - a pair, which lies in what came; the one with the key "stop" is one
 * that nobody wants */
static int
hear(struct source *source, const struct source_pair *pair, struct err *err)
{
	struct hearer *hearer = (struct hearer *)source;
	const struct buf *in = &hearer->frames->in;

	must(pair->key >= in->data + sizeof(struct frame));
	must(pair->value == pair->key + pair->key_length);
	must(pair->value + pair->value_length <= in->data + in->len);
	must(pair->key_length <= FRAME_TEXT_MAX);
	must(pair->value_length <= FRAME_TEXT_MAX);
	must(pair->line == 0 && !hearer->frames->ended);
	hearer->sum = footer_sum(hearer->sum, pair->key, pair->key_length);
	hearer->sum = footer_sum(hearer->sum, pair->value, pair->value_length);
	hearer->pairs++;
	if (pair->key_length == 4 && memcmp(pair->key, "stop", 4) == 0)
		return err_set(err, ERR_NEVER, "stopped");
	return 0;
}

/* What there was to hear. */
struct heard {
	uint64_t	 sum;
	size_t		 pairs;
	bool		 locked, ended, failed;
	struct err	 err;
};

/* listen_in - to all of it, in pieces of n bytes */
static void
listen_in(const uint8_t *data, size_t size, size_t n, struct heard *out)
{
	struct frames frames = { .in = BUF };
	struct hearer hearer = { .frames = &frames,
		.source = { .path = "file", .pair = hear } };

	*out = (struct heard){ 0 };
	frames.source = &hearer.source;
	for (size_t at = 0; at < size && !out->failed && !frames.ended;
	    at += n) {
		buf_bytes(&frames.in, data + at, size - at < n ? size - at : n);
		out->failed = frames_unpack(&frames, &out->err) == -1;
	}
	out->sum = hearer.sum;
	out->pairs = hearer.pairs;
	out->locked = frames.locked;
	out->ended = frames.ended;
	must(!out->failed || !out->ended);
	buf_drop(&frames.in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = { 1, 7, 64 };
	struct heard whole, cut;

	listen_in(data, size, size > 0 ? size : 1, &whole);
	if (whole.failed) {
		must(whole.err.kind == ERR_LATER || whole.err.kind == ERR_NEVER);
		must(strnlen(whole.err.text, sizeof(whole.err.text)) <
		    sizeof(whole.err.text));
		must(whole.err.text[0] != '\0');
	}
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		listen_in(data, size, pieces[i], &cut);
		must(cut.sum == whole.sum && cut.pairs == whole.pairs);
		must(cut.locked == whole.locked && cut.ended == whole.ended);
		must(cut.failed == whole.failed);
		must(!cut.failed || strcmp(cut.err.text, whole.err.text) == 0);
	}
	return 0;
}
