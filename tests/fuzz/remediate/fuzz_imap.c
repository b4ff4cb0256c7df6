/* SPDX-License-Identifier: BSD-2-Clause */
/* answers of an IMAP server are the same however they are cut, stay within
 * their limits, and what is read of them is within them */
#include <string.h>

#include "remediate/imap/imap_data.h"
#include "remediate/imap/imap_frame.h"
#include "remediate/imap/imap_names.h"
#include "remediate/imap/imap_ticket.h"
#include "tests/fuzz/fuzz.h"

enum { LITERALS = 4096 };

static enum imap_frame_state
frame(struct imap_frame *out, const char *bytes, size_t size, size_t piece,
    size_t *out_used)
{
	enum imap_frame_state state = IMAP_MORE;

	out->literals_max = LITERALS;
	for (*out_used = 0; state == IMAP_MORE && *out_used < size;) {
		size_t left = size - *out_used, used;

		state = imap_frame_add(out, bytes + *out_used,
		    left < piece ? left : piece, &used);
		must(used > 0 && used <= piece && used <= left);
		*out_used += used;
	}
	must((state == IMAP_WRONG) == (out->why != NULL));
	must(out->bytes.size <= 2 * (size + 128));
	return state;
}

static void
within(const struct imap_span *span, const char *bytes, size_t size)
{
	must(span->at == NULL || span->length == 0 ||
	    (span->at >= bytes && span->at + span->length <= bytes + size));
}

static bool
each_number(void *arg, uint32_t number)
{
	must(number != 0);
	return --*(int *)arg > 0;
}

static void
each_prefix(void *arg, const char *prefix, bool mine)
{
	(void)arg, (void)mine;
	must(prefix != NULL);
}

/* names - there and back */
static void
names(const char *wire)
{
	own(buf) struct buf text = BUF, again = BUF;

	if (imap_utf8(wire, &text) && strlen(text.data) == text.len) {
		own(buf) struct buf back = BUF;

		must(imap_utf7(text.data, &again));
		must(imap_utf8(again.data, &back));
		must(strcmp(back.data, text.data) == 0);
	}
}

static void
read_all(const struct imap_answer *answer, const char *bytes, size_t size)
{
	struct imap_folder folder = { .name = BUF };
	struct imap_copied copied;
	struct imap_mail mail;
	int left = 100;

	within(&answer->tag, bytes, size);
	within(&answer->code, bytes, size);
	within(&answer->text, bytes, size);
	within(&answer->name, bytes, size);
	if (imap_data_mail(answer, &mail)) {
		within(&mail.header, bytes, size);
		within(&mail.body, bytes, size);
		must(strlen(mail.flags) < sizeof(mail.flags));
		must(mail.size >= -1);
	}
	(void)imap_data_search(answer, each_number, &left);
	(void)imap_data_namespaces(answer, each_prefix, NULL);
	(void)imap_data_copied(answer, &copied);
	if (imap_data_folder(answer, &folder))
		names(folder.name.data);
	buf_drop(&folder.name);
}

/* tickets - what is read is what is printed */
static void
tickets(const char *bytes, size_t size)
{
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	own(imap_ticket) struct imap_ticket twin = IMAP_TICKET;
	own(buf) struct buf text = BUF, line = BUF, again = BUF, id = BUF;

	buf_bytes(&text, bytes, size);
	(void)imap_message_id(bytes, size, &id);
	must(id.len <= size);
	if (!imap_ticket_parse(text.data, &ticket))
		return;
	imap_ticket_print(&ticket, &line);
	must(imap_ticket_parse(line.data, &twin));
	imap_ticket_print(&twin, &again);
	must(strcmp(line.data, again.data) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t used, used_cut;

	tickets(bytes, size);
	for (; size > 0; bytes += used, size -= used) {
		struct imap_frame whole = IMAP_FRAME, cut = IMAP_FRAME;
		enum imap_frame_state state = frame(&whole, bytes, size, size,
		    &used);
		struct imap_answer answer;

		must(frame(&cut, bytes, size, 1, &used_cut) == state);
		must(used == used_cut || state == IMAP_WRONG);
		if (state == IMAP_WHOLE) {
			must(whole.bytes.len == used);
			must(memcmp(whole.bytes.data, bytes, used) == 0);
			if (imap_answer_parse(whole.bytes.data, used, &answer))
				read_all(&answer, whole.bytes.data, used);
		}
		imap_frame_drop(&whole);
		imap_frame_drop(&cut);
		if (state != IMAP_WHOLE)
			break;
	}
	return 0;
}
