/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/parcel.h"

#include "forward/lease.h"
#include "forward/outcome.h"
#include "forward/story.h"

#define HEADER_MAX (256 << 10)	/* octets of a header that are looked at */

static int
compose(const struct worker *worker, struct item *item,
    const struct copy *copy, struct report *out, struct err *err)
{
	const struct conf *conf = &worker->settings->conf;
	own(buf) struct buf header = BUF;
	char nonce[REPORT_NONCE];
	struct report_options options = { .from = conf->journal_from,
	    .null_sender = conf->journal_null_sender,
	    .remote_ip_header = conf->remote_ip_header,
	    .host = conf->helo_name, .nonce = nonce,
	    .undelivered = item->alternate != NULL ?
	    spool_why_words[item->entry.why] : NULL,
	    .bcc = conf->journal_format == CONF_BCC };
	size_t size = copy->envelope.header_length < HEADER_MAX ?
	    (size_t)copy->envelope.header_length : HEADER_MAX;

	if (copy_read(copy, 0, buf_room(&header, size), size, err) == -1)
		return -1;
	report_nonce(nonce);
	report_compose(&copy->envelope, &options, header.data, size, out);
	story_free(item->story);
	item->story = story_begin(worker->forwarder, item, copy, header.data,
	    size);
	return 0;
}

/* not_opened - why, and what becomes of the item, which it takes */
static void
not_opened(struct forwarder *forwarder, struct item *item,
    enum copy_status status, const struct err *err)
{
	switch (status) {
	case COPY_OPEN:
	case COPY_BUSY:
		lease_put_back(forwarder, item, item->by_name ? 1000 : 10);
		break;
	case COPY_GONE:				/* by an operator */
		lease_forget(forwarder, item);
		break;
	case COPY_BAD:
		outcome_damaged(forwarder, &item->entry, err->text);
		lease_forget(forwarder, item);
		break;
	case COPY_TROUBLE:
		outcome_trouble(err->text);
		lease_put_back(forwarder, item, 1000);
		break;
	}
}

/* address - the letter, from what is there */
static void
address(const struct worker *worker, const struct item *item,
    struct parcel *parcel)
{
	const struct copy *copy = &parcel->copy;
	const struct report *report = &parcel->report;

	parcel->letter = (struct letter){
		.sender = worker->settings->conf.journal_sender,
		.recipient = item->alternate != NULL ? item->alternate :
		    copy->envelope.intake,
		.head = &report->head, .fd = copy->fd,
		.bytes = copy->small.len > 0 ? copy->small.data : NULL,
		.length = copy->envelope.length, .tail = &report->tail,
		.eight_bit = report->eight_bit, .binary = report->binary,
		.smtputf8 = copy->envelope.smtputf8,
	};
}

/* parcel_open - of that copy */
bool
parcel_open(const struct worker *worker, struct item **item,
    struct parcel *out)
{
	struct forwarder *forwarder = worker->forwarder;
	struct err err;
	enum copy_status status = copy_open(forwarder->spool, SPOOL_READY,
	    &(*item)->entry, &out->copy, &err);

	if (status == COPY_OPEN && !lease_confirm(forwarder, *item,
	    &out->copy)) {
		copy_close(&out->copy);
		lease_mistaken(forwarder, item_give(item));
		return false;
	}
	if (status == COPY_OPEN &&
	    compose(worker, *item, &out->copy, &out->report, &err) == -1) {
		copy_close(&out->copy);
		status = err.kind == ERR_NEVER ? COPY_BAD : COPY_TROUBLE;
	}
	if (status != COPY_OPEN) {
		not_opened(forwarder, item_give(item), status, &err);
		return false;
	}
	(*item)->size = out->copy.envelope.length;
	address(worker, *item, out);
	return true;
}

/* parcel_close - the item is not let go by this */
void
parcel_close(struct parcel *parcel)
{
	report_drop(&parcel->report);
	copy_close(&parcel->copy);
}
