/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "remediate/lease/etcd_base64.h"
#include "remediate/lease/lease_private.h"

enum {
	DAY = 86400 * 1000,		/* ms */
	PAGE = 64
};

static const char folder[] = "verdicts/";

/* ---- publish ---- */

/* open_book - one lease for all that is published in a day: a lease for each
 * would make etcd look after thousands */
static int
open_book(struct lease *lease, struct err *err)
{
	int64_t now = clock_boot();

	if (lease->book != 0 && now < lease->book_until)
		return 0;
	if (lease_grant(lease, LEASE_KEPT, &lease->book, err) == -1)
		return -1;
	lease->book_until = now + DAY;
	return 0;
}

/* add_fence - as long as our key is the one that we made */
static void
add_fence(const struct lease *lease, struct buf *out)
{
	buf_format(out, "\"compare\":[{\"target\":\"CREATE\",\"key\":\"%s\","
	    "\"result\":\"EQUAL\",\"create_revision\":\"%" PRId64 "\"}",
	    lease->key.data, lease->created);
}

/* put - within one transaction: nothing, when it stands there as it is; else
 * write it; but only as long as we are the holder.  *out: 1 written, 0 not
 * needed, -1 we are not */
static int
put(struct lease *lease, const char *key, const char *value, int *out,
    struct err *err)
{
	own(buf) struct buf body = BUF;
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };

	buf_text(&body, "{");
	add_fence(lease, &body);
	buf_texts(&body, ",{\"target\":\"VALUE\",\"key\":\"", key,
	    "\",\"result\":\"EQUAL\",\"value\":\"", value, "\"}],"
	    "\"failure\":[{\"request_txn\":{");
	add_fence(lease, &body);
	buf_texts(&body, "],\"success\":[{\"request_put\":{\"key\":\"", key,
	    "\",\"value\":\"", value, "\",");
	buf_format(&body, "\"lease\":\"%" PRId64 "\"}}]}}]}", lease->book);
	if (etcd_ask(lease->etcd, "kv/txn", body.data, &answer, err) == -1)
		return -1;
	*out = answer.succeeded ? 0 : answer.inner ? 1 : -1;
	return 0;
}

/* put_in_book - which may be gone: somebody has revoked it, or etcd was set up
 * again */
static int
put_in_book(struct lease *lease, const char *key, const char *value,
    int *out, struct err *err)
{
	if (open_book(lease, err) == -1)
		return -1;
	if (put(lease, key, value, out, err) == 0)
		return 0;
	if (etcd_code(lease->etcd) != ETCD_NOT_FOUND)
		return -1;
	lease->book = 0;
	if (open_book(lease, err) == -1)
		return -1;
	return put(lease, key, value, out, err);
}

static int
judge(const char *id, size_t n, struct err *err)
{
	if (*id == '\0' || strlen(id) > LEASE_ID_MAX)
		return err_set(err, ERR_NEVER, "an id of %zu octets is not "
		    "published; 1 to %d are possible", strlen(id),
		    LEASE_ID_MAX);
	if (n > LEASE_TEXT_MAX)
		return err_set(err, ERR_NEVER, "'%s': %zu octets are not "
		    "published; %d are possible", ESCAPE_INSIDE(id, '\''), n,
		    LEASE_TEXT_MAX);
	return 0;
}

/* lease_publish - what the holder heard */
int
lease_publish(struct lease *lease, const char *id, const char *text, size_t n,
    struct err *err)
{
	own(str) char *name = mem_format("%s%s%s", lease->prefix, folder, id);
	own(buf) struct buf key = BUF, value = BUF;
	int done;

	if (judge(id, n, err) == -1)
		return -1;
	if (!lease_is_mine(lease))
		return err_set(err, ERR_LATER, "we do not hold the lease (any "
		    "more)");
	etcd_base64_add(name, strlen(name), &key);
	etcd_base64_add(text, n, &value);
	if (put_in_book(lease, key.data, value.data, &done, err) == -1) {
		/* It is nothing about this text. */
		err->kind = ERR_LATER;
		return -1;
	}
	if (done == -1) {
		lease_lost(lease);
		return err_set(err, ERR_LATER, "the lease is not ours any "
		    "more");
	}
	return done;
}

/* ---- read ---- */

/* ask_page - what has changed since, the oldest first.  This asks for what
 * stands there now, not for history: so compaction takes nothing away from it
 * */
static int
ask_page(struct lease *lease, struct etcd_answer *out, struct err *err)
{
	own(str) char *from = mem_format("%s%s", lease->prefix, folder);
	own(str) char *end = mem_text(from);
	own(buf) struct buf key = BUF, key_end = BUF, body = BUF;

	end[strlen(end) - 1]++;
	etcd_base64_add(from, strlen(from), &key);
	etcd_base64_add(end, strlen(end), &key_end);
	buf_format(&body, "{\"key\":\"%s\",\"range_end\":\"%s\","
	    "\"min_mod_revision\":\"%" PRId64 "\",\"sort_order\":\"ASCEND\","
	    "\"sort_target\":\"MOD\",\"limit\":\"%d\"}", key.data,
	    key_end.data, lease->seen + 1, PAGE);
	return etcd_ask(lease->etcd, "kv/range", body.data, out, err);
}

/* is_other - is that another history than the one we have read from?  etcd was
 * set up again, or from an older backup */
static bool
is_other(const struct lease *lease, const struct etcd_answer *answer)
{
	return lease->cluster != 0 && (answer->cluster != lease->cluster ||
	    answer->revision < lease->seen);
}

/* give - each of a page; what is none of ours is passed over */
static int
give(struct lease *lease, const struct etcd_answer *answer, lease_each *each,
    void *arg, struct err *err)
{
	size_t before = strlen(lease->prefix) + sizeof(folder) - 1;

	for (size_t i = 0; i < answer->count; i++) {
		const struct etcd_pair *pair = &answer->pairs[i];
		const char *id = pair->key + before;

		if (pair->key_length > before && pair->key_length <= before +
		    LEASE_ID_MAX && strlen(pair->key) == pair->key_length &&
		    each(arg, id, pair->value, pair->value_length, err) == -1)
			return -1;
		if (pair->modified > lease->seen)
			lease->seen = pair->modified;
	}
	return 0;
}

/* read_page - *out_more: and then the next one */
static int
read_page(struct lease *lease, lease_each *each, void *arg, bool *out_more,
    struct err *err)
{
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };
	int64_t before = lease->seen;

	if (ask_page(lease, &answer, err) == -1)
		return -1;
	*out_more = true;
	if (is_other(lease, &answer)) {
		lease->seen = 0;
		lease->cluster = 0;
		return 0;
	}
	lease->cluster = answer.cluster;
	if (give(lease, &answer, each, arg, err) == -1)
		return -1;
	if (answer.more && lease->seen == before)
		return err_set(err, ERR_LATER, "etcd gives the same page again");
	*out_more = answer.more;
	if (!answer.more)
		lease->seen = answer.revision;
	return 0;
}

/* lease_read - page by page */
int
lease_read(struct lease *lease, lease_each *each, void *arg, struct err *err)
{
	bool more = true;

	while (more)
		if (read_page(lease, each, arg, &more, err) == -1)
			return -1;
	return 0;
}

/* lease_again - from the beginning */
void
lease_again(struct lease *lease)
{
	lease->seen = 0;
	lease->cluster = 0;
}

/* ---- one of them ---- */

/* lease_get - as it stands there */
int
lease_get(struct lease *lease, const char *id, struct buf *out,
    int64_t *out_revision, struct err *err)
{
	own(str) char *name = mem_format("%s%s%s", lease->prefix, folder, id);
	own(buf) struct buf body = BUF;
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };

	buf_text(&body, "{\"key\":\"");
	etcd_base64_add(name, strlen(name), &body);
	buf_text(&body, "\"}");
	if (etcd_ask(lease->etcd, "kv/range", body.data, &answer, err) == -1)
		return -1;
	if (answer.count == 0)
		return 0;
	buf_bytes(out, answer.pairs[0].value, answer.pairs[0].value_length);
	*out_revision = answer.pairs[0].modified;
	return 1;
}

/* lease_replace - whoever we are, for the key is fenced by its own revision */
int
lease_replace(struct lease *lease, const char *id, int64_t revision,
    const struct buf *text, struct err *err)
{
	own(str) char *name = mem_format("%s%s%s", lease->prefix, folder, id);
	own(buf) struct buf key = BUF, value = BUF, body = BUF;
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };

	if (open_book(lease, err) == -1)
		return -1;
	etcd_base64_add(name, strlen(name), &key);
	etcd_base64_add(text->data, text->len, &value);
	buf_format(&body, "{\"compare\":[{\"target\":\"MOD\",\"key\":\"%s\","
	    "\"result\":\"EQUAL\",\"mod_revision\":\"%" PRId64 "\"}],"
	    "\"success\":[{\"request_put\":{\"key\":\"%s\","
	    "\"lease\":\"%" PRId64 "\",\"value\":\"", key.data, revision,
	    key.data, lease->book);
	buf_texts(&body, value.data, "\"}}]}");
	if (etcd_ask(lease->etcd, "kv/txn", body.data, &answer, err) == -1) {
		if (etcd_code(lease->etcd) == ETCD_NOT_FOUND)
			lease->book = 0;
		return -1;
	}
	return answer.succeeded ? 1 : 0;
}
