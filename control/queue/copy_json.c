/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/copy_json.h"

#include "base/clock.h"
#include "base/json_put.h"
#include "base/own.h"
#include "journal/spool/spool_reason.h"

static void
put_recipients(const struct envelope *envelope, struct buf *out)
{
	json_put_key(out, "recipients");
	json_put_array(out);
	for (size_t i = 0; i < envelope->recipient_count; i++)
		json_put_item(out, envelope->recipients[i]);
	json_put_array_end(out);
}

/* put_age - whole seconds, as always */
static void
put_age(const struct copy *copy, struct buf *out)
{
	int64_t age = clock_wall() - copy->since;

	json_put_number(out, "age", age > 0 ? (uint64_t)age / 1000 : 0);
}

static void
put_next(int64_t in, struct buf *out)
{
	if (in == -1)
		json_put_null(out, "next_try");
	else
		json_put_time(out, "next_try", in);
}

/* copy_json - in the order that queue --json has had from the beginning */
void
copy_json(const struct copy *copy, const struct copy_facts *facts,
    struct buf *out)
{
	const struct envelope *envelope = &copy->envelope;
	const char *reason = facts->reason;

	json_put_number(out, "mid", envelope->mid);
	json_put_text(out, "place", facts->place);
	json_put_number(out, "attempts", copy->entry.attempts);
	json_put_number(out, "size", envelope->length);
	put_age(copy, out);
	json_put_text(out, "intake", envelope->intake);
	json_put_text(out, "sender", envelope->sender);
	put_recipients(envelope, out);
	json_put_text(out, "queue_id", envelope->queue_id);
	json_put_text(out, "message_id", envelope->message_id);
	json_put_text(out, "policy", envelope->policy);
	put_next(facts->next_in, out);
	json_put_text(out, "reason", reason != NULL && *reason != '\0' ?
	    reason : NULL);
	if (facts->suspended)
		json_put_bool(out, "suspended", true);
	if (copy->entry.why != SPOOL_WHY_NOT)
		json_put_text(out, "undelivered",
		    spool_why_words[copy->entry.why]);
	json_put_time(out, "time", envelope->accepted);
	json_put_text(out, "client", envelope->client_addr);
	json_put_text(out, "client_name", envelope->client_name);
}

/* copy_json_more - the rest of the envelope, and the header */
int
copy_json_more(const struct copy *copy, struct buf *out, struct err *err)
{
	const struct envelope *envelope = &copy->envelope;
	size_t n = (size_t)envelope->header_length;
	own(buf) struct buf header = BUF;
	char *room = buf_room(&header, n);

	if (n > 0 && copy_read(copy, 0, room, n, err) == -1)
		return -1;
	json_put_text(out, "helo", envelope->helo);
	json_put_text(out, "protocol", envelope->protocol);
	json_put_bool(out, "eight_bit", envelope->eight_bit);
	json_put_bytes(out, "header", room, n);
	return 0;
}
