/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A spool file is a whole copy, and then it is the copy that was written, or
 * it is damaged, whatever the damage.
 *
 * Input: 'r' and a whole file; or 's', the place of one damage (two bytes),
 * what it does to the byte there (one), a line of JSON, a message: that is
 * made a file whose sums are right, and then damaged.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "journal/footer.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_private.h"
#include "tests/fuzz/fuzz.h"

enum { MID = 7 };

static const struct spool_entry entry = { .mid = MID };
static char directory[] = "/tmp/fuzz-trailer.XXXXXX";
static struct spool *spool;
static int file;

/* clean_up - what was written is nobody's business */
static void
clean_up(void)
{
	static const char *const places[] = { "/ready", "/failed", "" };
	char name[SPOOL_NAME];

	(void)unlinkat(spool_readyfd(spool), spool_name(SPOOL_READY, &entry,
	    name), 0);
	for (size_t i = 0; i < 3; i++) {
		own(str) char *path = mem_format("%s%s", directory, places[i]);

		(void)rmdir(path);
	}
	spool = spool_close(spool);
}

static void
set_up(void)
{
	struct spool_options options = { .directory = directory };
	char name[SPOOL_NAME];
	struct err err;

	must(mkdtemp(directory) != NULL);
	must(spool_open(&options, &spool, &err) == 0);
	file = openat(spool_readyfd(spool), spool_name(SPOOL_READY, &entry,
	    name), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	must(file != -1);
	(void)atexit(clean_up);
}

/* put - these bytes are the file */
static void
put(const char *bytes, size_t n)
{
	must(ftruncate(file, 0) == 0);
	must(pwrite(file, bytes, n, 0) == (ssize_t)n);
}

/* open_it - is it a whole copy? */
static bool
open_it(struct copy *out)
{
	struct err err = { .text = "" };
	enum copy_status got = copy_open(spool, SPOOL_READY, &entry, out, &err);

	must(got == COPY_OPEN || (got == COPY_BAD && err.kind == ERR_NEVER &&
	    err.text[0] != '\0'));
	return got == COPY_OPEN;
}

static void
try_raw(const char *bytes, size_t size)
{
	struct copy copy;

	put(bytes, size);
	if (!open_it(&copy))
		return;
	must(copy.envelope.mid == MID);
	must(copy.envelope.length < size - FOOTER_SIZE);
	copy_close(&copy);
}

/* try_whole - it is what was written, message and envelope */
static void
try_whole(const struct buf *bytes, const char *json, size_t length)
{
	own(buf) struct buf again = BUF;
	own(buf) struct buf message = BUF;
	struct copy copy;
	struct err err;

	put(bytes->data, bytes->len);
	must(open_it(&copy));
	envelope_format(&copy.envelope, &again);
	must(strncmp(again.data, json, again.len) == 0);
	must(copy.envelope.length == length && !copy.other_boot);
	must(pread(copy.fd, buf_room(&message, length), length, 0) ==
	    (ssize_t)length);
	must(memcmp(message.data, bytes->data, length) == 0);
	must(copy_verify(&copy, &err) == 0);
	copy_close(&copy);
}

/* try_damaged - one byte is another: of the envelope, that shows at once; of
 * the message, when it is looked at, which another boot does at once */
static void
try_damaged(struct buf *bytes, size_t place, size_t length, bool same_boot)
{
	struct copy copy;
	struct err err;

	put(bytes->data, bytes->len);
	if (!open_it(&copy))
		return;
	must(same_boot && place < length);
	must(copy_verify(&copy, &err) == -1 && err.kind == ERR_NEVER);
	copy_close(&copy);
}

/* seal - message, JSON, footer */
static void
seal(struct buf *out, const char *message, size_t length, const char *json,
    uint64_t boot)
{
	own(buf) struct buf trailer = BUF;

	buf_text(&trailer, json);
	footer_format(&trailer, boot,
	    length > 0 ? footer_sum(0, message, length) : 0);
	buf_cut(out, 0);
	buf_bytes(out, message, length);
	buf_bytes(out, trailer.data, trailer.len);
}

/* try_envelope - a good one, in a file, whole and damaged */
static void
try_envelope(struct envelope *envelope, const char *message, size_t length,
    const uint8_t damage[3])
{
	own(buf) struct buf json = BUF;
	own(buf) struct buf bytes = BUF;
	size_t place;

	envelope->mid = MID;
	envelope->length = length;
	if (envelope->header_length > length)
		envelope->header_length = length;
	envelope_format(envelope, &json);
	seal(&bytes, message, length, json.data, spool->boot);
	try_whole(&bytes, json.data, length);
	if (damage[2] == 0)
		return;
	place = ((size_t)damage[0] << 8 | damage[1]) % bytes.len;
	bytes.data[place] = (char)(bytes.data[place] ^ damage[2]);
	try_damaged(&bytes, place, length, true);
	seal(&bytes, message, length, json.data, spool->boot ^ 1);
	bytes.data[place] = (char)(bytes.data[place] ^ damage[2]);
	try_damaged(&bytes, place, length, false);
}

static void
try_sealed(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data + 3;
	const char *end = size > 3 ? memchr(json, '\n', size - 3) : NULL;
	own(buf) struct buf bytes = BUF;
	struct arena arena = { 0 };
	struct envelope envelope;
	struct copy copy;
	size_t length;
	struct err err;
	char *line;

	if (end == NULL)
		return;
	length = size - 3 - (size_t)(end + 1 - json);
	line = arena_bytes(&arena, json, (size_t)(end - json));
	if (envelope_parse(line, strlen(line), &arena, &envelope, &err) == 0) {
		try_envelope(&envelope, end + 1, length, data);
	} else {
		seal(&bytes, end + 1, length, line, spool->boot);
		put(bytes.data, bytes.len);
		must(!open_it(&copy));
	}
	arena_drop(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (spool == NULL)
		set_up();
	if (size == 0 || size > SUM_PIECE)
		return 0;
	if (*data == 's')
		try_sealed(data + 1, size - 1);
	else
		try_raw((const char *)data + 1, size - 1);
	return 0;
}
