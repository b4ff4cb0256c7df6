/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/lease.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "remediate/lease/etcd_base64.h"
#include "remediate/lease/lease_private.h"

enum {
	SECOND = 1000,
	TIMEOUT_MAX = 5 * SECOND,	/* of a request, when the ttl allows it */
	LEAVE_MAX = 2 * SECOND,
	PAUSE_MAX = 60 * SECOND,
	FAILURES_MAX = 16
};

/* ---- when ---- */

/* lease_deadline - a twelfth is more than clocks differ in that time */
int64_t
lease_deadline(int64_t asked, int64_t ttl)
{
	int64_t margin = ttl / 12 > SECOND / 2 ? ttl / 12 : SECOND / 2;

	return ttl > margin ? asked + ttl - margin : asked;
}

/* lease_pause - a sixth of the lease, and twice as long each time */
int64_t
lease_pause(int64_t ttl, unsigned failed)
{
	int64_t pause = ttl / 6;

	if (failed == 0)
		return 0;
	for (; failed > 2 && pause < PAUSE_MAX; failed--)
		pause *= 2;
	return pause < PAUSE_MAX ? pause : PAUSE_MAX;
}

/* ---- what we hold ---- */

static void
hear(struct lease *lease, const char *holder)
{
	free(lease->holder);
	lease->holder = mem_text(holder);
}

/* lease_lost - it is another's, or nobody's */
void
lease_lost(struct lease *lease)
{
	lease->created = 0;
	lease->id = 0;
	hear(lease, "");
}

/* lease_grant - so many seconds */
int
lease_grant(struct lease *lease, int64_t seconds, int64_t *out,
    struct err *err)
{
	own(str) char *body = mem_format("{\"TTL\":\"%" PRId64 "\"}",
	    seconds);
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };

	if (etcd_ask(lease->etcd, "lease/grant", body, &answer, err) == -1)
		return -1;
	if (answer.lease == 0)
		return err_set(err, ERR_LATER, "etcd grants a lease without a "
		    "number");
	*out = answer.lease;
	return 0;
}

/* give_back - our lease, and every key that goes with it; best effort */
static void
give_back(struct lease *lease)
{
	own(str) char *body = mem_format("{\"ID\":\"%" PRId64 "\"}",
	    lease->id);
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };
	struct err err;

	if (lease->id != 0)
		(void)etcd_ask(lease->etcd, "lease/revoke", body, &answer,
		    &err);
	lease_lost(lease);
}

/* look - who holds it: *out_created is the revision of the key when it is ours,
 * -1 when it is another's, 0 when it is not there */
static int
look(struct lease *lease, int64_t *out_created, struct err *err)
{
	own(str) char *body = mem_format("{\"key\":\"%s\"}",
	    lease->key.data);
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };

	if (etcd_ask(lease->etcd, "kv/range", body, &answer, err) == -1)
		return -1;
	hear(lease, answer.count > 0 ? answer.pairs[0].value : "");
	*out_created = answer.count == 0 ? 0 : lease->id != 0 &&
	    answer.pairs[0].lease == lease->id ? answer.pairs[0].created : -1;
	return 0;
}

/* renew - our lease, and find our key: an operator may have deleted it */
static int
renew(struct lease *lease, struct err *err)
{
	own(str) char *body = mem_format("{\"ID\":\"%" PRId64 "\"}",
	    lease->id);
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };
	int64_t asked = clock_boot(), created;

	if (etcd_ask(lease->etcd, "lease/keepalive", body, &answer,
	    err) == -1 || (answer.ttl > 0 && look(lease, &created, err) == -1))
		return -1;
	if (answer.ttl <= 0 || created <= 0) {
		give_back(lease);
		return look(lease, &created, err);
	}
	lease->created = created;
	lease->until = lease_deadline(asked, answer.ttl < lease->ttl / SECOND ?
	    answer.ttl * SECOND : lease->ttl);
	return 0;
}

/* create - our key, if there is none */
static int
create(struct lease *lease, struct err *err)
{
	own(buf) struct buf body = BUF;
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };
	int64_t asked = clock_boot();

	if (lease_grant(lease, lease->ttl / SECOND, &lease->id, err) == -1)
		return -1;
	buf_format(&body, "{\"compare\":[{\"target\":\"CREATE\",\"key\":\"%s\","
	    "\"result\":\"EQUAL\",\"create_revision\":\"0\"}],"
	    "\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\","
	    "\"lease\":\"%" PRId64 "\"}}],"
	    "\"failure\":[{\"request_range\":{\"key\":\"%s\"}}]}",
	    lease->key.data, lease->key.data, lease->value.data, lease->id,
	    lease->key.data);
	if (etcd_ask(lease->etcd, "kv/txn", body.data, &answer, err) == -1)
		return -1;
	if (answer.succeeded)
		lease->created = answer.revision;
	else if (answer.count > 0 && answer.pairs[0].lease == lease->id)
		/* It was asked twice: the first answer was lost. */
		lease->created = answer.pairs[0].created;
	if (lease->created == 0) {
		give_back(lease);
		hear(lease, answer.count > 0 ? answer.pairs[0].value : "");
		return 0;
	}
	lease->until = lease_deadline(asked, lease->ttl);
	return 0;
}

/* take - it, if nobody has it.  What we asked for before, and did not hear of,
 * may be ours all the same */
static int
take(struct lease *lease, struct err *err)
{
	int64_t created;

	if (look(lease, &created, err) == -1)
		return -1;
	if (created > 0)
		return renew(lease, err);
	if (lease->id != 0) {
		give_back(lease);
		if (look(lease, &created, err) == -1)
			return -1;
	}
	return created == 0 ? create(lease, err) : 0;
}

/* lease_is_mine - by our own deadline */
bool
lease_is_mine(const struct lease *lease)
{
	return lease->created != 0 && clock_boot() < lease->until;
}

/* lease_mine - take, keep or renew it, when that is due */
int
lease_mine(struct lease *lease, bool *out, struct err *err)
{
	bool held = lease_is_mine(lease);
	int result = 0;

	if (lease->created != 0 && !held) {
		/* Whatever it was, it is over; its number still tells us our
		 * key, should it stand there. */
		lease->created = 0;
		lease->next = 0;
		hear(lease, "");
	}
	if (clock_boot() >= lease->next) {
		result = held ? renew(lease, err) : take(lease, err);
		lease->failed = result == 0 ? 0 : lease->failed < FAILURES_MAX ?
		    lease->failed + 1 : FAILURES_MAX;
		lease->next = clock_boot() + (result == -1 ?
		    lease_pause(lease->ttl, lease->failed) :
		    lease->ttl / (lease->created != 0 ? 3 : 6));
	}
	if (result == -1 && !lease_is_mine(lease))
		return -1;
	*out = lease_is_mine(lease);
	return 0;
}

/* lease_reached - when it was last asked by lease_mine() */
bool
lease_reached(const struct lease *lease)
{
	return lease->failed == 0;
}

/* lease_holder - as we last heard */
const char *
lease_holder(const struct lease *lease)
{
	return lease->holder;
}

/* lease_leave - so that another need not wait, and we do not come back at once.
 * Who leaves has mostly been stopped, which no request would survive */
void
lease_leave(struct lease *lease)
{
	struct etcd_options options = lease->for_etcd;
	struct etcd *etcd;
	struct err err;

	if (lease->id == 0)
		return;
	options.stopped = NULL;
	options.timeout = options.timeout < LEAVE_MAX ? options.timeout :
	    LEAVE_MAX;
	if (etcd_open(&options, &etcd, &err) == -1)
		return;
	etcd_close(lease->etcd);
	lease->etcd = etcd;
	give_back(lease);
	lease->next = clock_boot() + lease->ttl;
}

/* ---- open, test and close ---- */

static int
judge(const struct lease_options *options, struct err *err)
{
	size_t n = strlen(options->prefix);

	if (n == 0 || n > LEASE_PREFIX_MAX)
		return err_set(err, ERR_NEVER, "a prefix of %zu octets; 1 to %d "
		    "are possible", n, LEASE_PREFIX_MAX);
	if (options->ttl < 2 * SECOND)
		return err_set(err, ERR_NEVER, "a lease of less than two "
		    "seconds");
	return 0;
}

/* timeout - so that each of three members may be silent within half the lease
 * */
static int64_t
timeout(int64_t ttl)
{
	return ttl / 6 < TIMEOUT_MAX ? ttl / 6 : TIMEOUT_MAX;
}

/* lease_open - nobody is asked yet */
int
lease_open(const struct lease_options *options, struct lease **out,
    struct err *err)
{
	const struct etcd_options for_etcd = { .urls = options->urls,
	    .credentials_file = options->credentials_file,
	    .ca_file = options->ca_file, .timeout = timeout(options->ttl),
	    .stopped = options->stopped };
	struct lease *lease;
	own(str) char *key = NULL;

	if (judge(options, err) == -1)
		return -1;
	lease = mem_new(sizeof(*lease));
	*lease = (struct lease){ .ttl = options->ttl, .key = BUF,
	    .value = BUF, .prefix = mem_text(options->prefix),
	    .for_etcd = for_etcd, .holder = mem_text("") };
	if (etcd_open(&for_etcd, &lease->etcd, err) == -1) {
		lease_close(lease);
		return -1;
	}
	key = mem_format("%spoller", options->prefix);
	etcd_base64_add(key, strlen(key), &lease->key);
	etcd_base64_add(options->name, strlen(options->name), &lease->value);
	*out = lease;
	return 0;
}

/* lease_test - a look, and a transaction that never does anything: no key has
 * been created at a revision below zero */
int
lease_test(struct lease *lease, struct err *err)
{
	own(buf) struct buf body = BUF;
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };
	int64_t created;

	buf_format(&body, "{\"compare\":[{\"target\":\"CREATE\",\"key\":\"%s\","
	    "\"result\":\"EQUAL\",\"create_revision\":\"-1\"}],"
	    "\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"%s\"}}]}",
	    lease->key.data, lease->key.data, lease->value.data);
	if (look(lease, &created, err) == -1)
		return -1;
	return etcd_ask(lease->etcd, "kv/txn", body.data, &answer, err);
}

/* lease_close - what we hold runs out; NULL */
struct lease *
lease_close(struct lease *lease)
{
	if (lease == NULL)
		return NULL;
	lease->etcd = etcd_close(lease->etcd);
	free(lease->prefix);
	free(lease->holder);
	buf_drop(&lease->key);
	buf_drop(&lease->value);
	free(lease);
	return NULL;
}
