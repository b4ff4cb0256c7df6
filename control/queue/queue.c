/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl queue, show: the copies themselves */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/json_put.h"
#include "base/log/log.h"
#include "base/own.h"
#include "control/control.h"
#include "control/queue/backlog.h"
#include "control/queue/copy_json.h"
#include "control/queue/shape.h"
#include "control/queue/view.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_reason.h"

static const char *const place_names[] = {
	[SPOOL_READY] = "ready", [SPOOL_FAILED] = "failed"
};

/* ---- the list ---- */

/* next_in - ms, or -1: it depends on something else, or is not tried any
 * more */
static int64_t
next_in(const struct view *view, enum spool_place place,
    const struct copy *copy)
{
	int64_t left;

	if (place == SPOOL_READY)
		switch (status_next_try(&view->status, copy,
		    view->retry_delay, &left)) {
		case TRY_LATER:
			return left;
		case TRY_DUE:
			return 0;
		case TRY_HOST:
		case TRY_SUSPENDED:
		case TRY_NEVER:
			break;
		}
	return -1;
}

/* print_json - as an object, with all of the envelope and the header when it is
 * the whole; an exit code */
static int
print_json(const struct view *view, enum spool_place place,
    const struct copy *copy, bool whole)
{
	char reason[SPOOL_REASON];
	const struct copy_facts facts = { place_names[place],
	    view_reason_of(view, place, copy, reason),
	    next_in(view, place, copy),
	    suspensions_find(&view->status.suspended, backlog_address(copy,
	    view->status.alternate), clock_wall()) != NULL };
	own(buf) struct buf out = BUF;
	struct err err;

	json_put_begin(&out);
	copy_json(copy, &facts, &out);
	if (whole && copy_json_more(copy, &out, &err) == -1)
		return complain(EX_IOERR, "cannot read the copy");
	json_put_end(&out);
	puts(out.data);
	return EX_OK;
}

static void
print_copy(const struct view *view, enum spool_place place,
    const struct copy *copy)
{
	const struct envelope *envelope = &copy->envelope;
	char reason[SPOOL_REASON], next[64], text[64];

	printf("%-12" PRIu64 " %-7s %5u %10" PRIu64 " %9.1f  %s%s\n"
	    "%41s from <%s>\n", envelope->mid, place_names[place],
	    copy->entry.attempts, envelope->length,
	    (double)(clock_wall() - copy->since) / 1000,
	    ESCAPE(envelope->intake), view_note(copy, text), "",
	    ESCAPE(envelope->sender));
	for (size_t i = 0; i < envelope->recipient_count; i++)
		printf("%41s to   <%s>\n", "",
		    ESCAPE(envelope->recipients[i]));
	if (*view_reason_of(view, place, copy, reason) != '\0')
		printf("%41s (%s)\n", "", ESCAPE(reason));
	if (place == SPOOL_READY)
		printf("%41s next try %s\n", "", view_next_of(view, copy, next));
}

static void
list_copy(const struct view *view, enum spool_place place,
    const struct spool_entry *entry)
{
	struct copy copy;
	struct err err;

	switch (copy_peek(view->status.spool, place, entry, &copy, &err)) {
	case COPY_OPEN:
		break;
	case COPY_GONE:		/* delivered meanwhile */
	case COPY_BUSY:		/* not yet promised */
		return;
	case COPY_BAD:
	case COPY_TROUBLE:
		fprintf(stderr, "tdcctl: MID %" PRIu64 ": %s\n", entry->mid,
		    err.text);
		return;
	}
	if (view->json)
		(void)print_json(view, place, &copy, false);
	else
		print_copy(view, place, &copy);
	copy_close(&copy);
}

/* list_damaged - a file that is not a complete copy has nothing but a name */
static void
list_damaged(const struct spool_entry *entry, bool json)
{
	if (json)
		printf("{\"mid\":%" PRIu64 ",\"place\":\"damaged\","
		    "\"attempts\":%u}\n", entry->mid, entry->attempts);
	else
		printf("%-12" PRIu64 " %-7s %5u\n", entry->mid, "damaged",
		    entry->attempts);
}

/* list_all - returns 0, or -1 */
static int
list_all(const struct view *view, struct err *err)
{
	const struct spool *spool = view->status.spool;
	struct spool_entry *entries;
	size_t counts[2], damaged;

	for (enum spool_place place = SPOOL_READY; place <= SPOOL_FAILED;
	    place++) {
		if (spool_list(spool, place, &entries, &counts[place],
		    err) == -1)
			return -1;
		for (size_t i = 0; i < counts[place]; i++)
			list_copy(view, place, &entries[i]);
		free(entries);
	}
	if (spool_list_damaged(spool, &entries, &damaged, err) == -1)
		return -1;
	for (size_t i = 0; i < damaged; i++)
		list_damaged(&entries[i], view->json);
	free(entries);
	if (!view->json)
		printf("-- %zu waiting, %zu kept, %zu damaged\n",
		    counts[SPOOL_READY], counts[SPOOL_FAILED], damaged);
	return 0;
}

/* do_queue - list every file that waits or is kept */
int
do_queue(struct control *control, int argc, char **argv)
{
	struct view view;
	struct err err;
	bool json;
	int result;

	if (shape_is_asked(argc, argv))
		return do_shape(control, argc, argv);
	if (wants_json("queue", argc, argv, &json) != EX_OK)
		return EX_USAGE;
	if (view_open(&control->conf, &view, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	view.json = json;
	if (!json)
		printf("%-12s %-7s %5s %10s %9s  %s\n", "MID", "Place",
		    "Tries", "Size", "Age (s)", "Intake address");
	result = list_all(&view, &err);
	status_close(&view.status);
	return result == 0 ? EX_OK : complain(EX_NOINPUT, err.text);
}

/* ---- one copy ---- */

/* Where a copy was found. */
struct finding {
	enum spool_place place;
	struct spool_entry entry;
};

/* find - where the copy with this MID is; an exit code */
static int
find(const struct spool *spool, uint64_t mid, struct finding *out)
{
	struct err err;

	*out = (struct finding){ 0 };
	switch (spool_find(spool, mid, &out->place, &out->entry, &err)) {
	case -1:
		return complain(EX_NOINPUT, err.text);
	case 0:
		return complain_gone(mid);
	}
	return EX_OK;
}

static void
print_envelope(const struct view *view, const struct finding *found,
    const struct copy *copy)
{
	const struct envelope *e = &copy->envelope;
	char date[CLOCK_RFC5322], reason[SPOOL_REASON], next[64], text[64];

	printf("MID:        %" PRIu64 "\nPlace:      %s\nAttempts:   %u\n"
	    "Intake:     %s%s\nPolicy:     %s\nSender:     <%s>\n", e->mid,
	    place_names[found->place], copy->entry.attempts,
	    ESCAPE(e->intake), view_note(copy, text), ESCAPE(e->policy),
	    ESCAPE(e->sender));
	for (size_t i = 0; i < e->recipient_count; i++)
		printf("Recipient:  <%s>\n", ESCAPE(e->recipients[i]));
	printf("Client:     %s[%s] helo=%s %s\nQueue-id:   %s\n"
	    "Message-ID: %s\nAccepted:   %s\nSize:       %" PRIu64 "%s\n",
	    ESCAPE(e->client_name), ESCAPE(e->client_addr),
	    ESCAPE(e->helo), ESCAPE(e->protocol),
	    ESCAPE(e->queue_id), ESCAPE(e->message_id),
	    clock_rfc5322(e->accepted, date), e->length,
	    e->eight_bit ? ", 8-bit" : "");
	if (*view_reason_of(view, found->place, copy, reason) != '\0')
		printf("Reason:     %s\n", ESCAPE(reason));
	if (found->place == SPOOL_READY)
		printf("Next try:   %s\n", view_next_of(view, copy, next));
	putchar('\n');
}

/* print_bytes - without anything that a terminal might obey: some bytes beyond
 * ASCII are control characters in one charset or another */
static void
print_bytes(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\n' || c == '\t' || (c >= ' ' && c < 127))
			putchar(c);
		else if (c != '\r')
			printf("\\x%02x", c);
	}
}

/* print_header - as stored, by print_bytes() */
static int
print_header(const struct copy *copy)
{
	uint64_t length = copy->envelope.header_length;
	char piece[4096];
	struct err err;
	size_t n;

	for (uint64_t at = 0; at < length; at += n) {
		n = length - at < sizeof(piece) ? (size_t)(length - at) :
		    sizeof(piece);
		if (copy_read(copy, at, piece, n, &err) == -1)
			return complain(EX_IOERR, "cannot read the copy");
		print_bytes(piece, n);
	}
	return EX_OK;
}

/* show - a copy that was found */
static int
show(const struct view *view, const struct finding *found)
{
	struct copy copy;
	struct err err;
	int result;

	switch (copy_open(view->status.spool, found->place, &found->entry,
	    &copy, &err)) {
	case COPY_OPEN:
		break;
	case COPY_BUSY:
		return complain(EX_TEMPFAIL,
		    "the copy is still being written");
	case COPY_GONE:
		return complain(EX_TEMPFAIL, "the copy is gone by now");
	case COPY_BAD:
	case COPY_TROUBLE:
		return complain(EX_DATAERR, err.text);
	}
	if (view->json) {
		result = print_json(view, found->place, &copy, true);
	} else {
		print_envelope(view, found, &copy);
		result = print_header(&copy);
	}
	copy_close(&copy);
	return result;
}

/* do_show - envelope and header of one copy */
int
do_show(struct control *control, int argc, char **argv)
{
	struct finding found;
	struct view view;
	struct err err;
	uint64_t mid;
	int result;

	(void)argc;
	if (!parse_mid(argv[0], &mid, &err))
		return complain(EX_USAGE, err.text);
	if (view_open(&control->conf, &view, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	view.json = control->json;
	result = find(view.status.spool, mid, &found);
	if (result == EX_OK)
		result = show(&view, &found);
	status_close(&view.status);
	return result;
}
