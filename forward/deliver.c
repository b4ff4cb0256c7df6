/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/deliver.h"

#include "base/clock.h"
#include "base/log/log.h"
#include "forward/dial.h"
#include "forward/lease.h"
#include "forward/outcome.h"
#include "forward/parcel.h"
#include "forward/workers.h"

enum { JUST_NOW = 10000 };	/* ms */

typedef unsigned long long ull;	/* as the format has it */

/* ---- what became of a letter ---- */

/* closed - the connection was, before the intake said a word to this letter,
 * and not in the middle of another */
static bool
closed(const struct worker *worker, const struct failure *failure)
{
	return failure->cause == CAUSE_LOST && !worker->smtp.answered &&
	    worker->end != WORKER_END_TROUBLE &&
	    (worker->use != WORKER_FRESH || worker->taken > 0);
}

/* untouched - the intake knows nothing of this letter; or we stumbled over
 * what was left of another */
static bool
untouched(const struct worker *worker, const struct failure *failure)
{
	return closed(worker, failure) || (worker->use != WORKER_FRESH &&
	    failure->step == STEP_RSET && failure->cause == CAUSE_REPLY);
}

/* had_enough - the intake has, of this connection: it took some letters by it,
 * and does not want this one now */
static bool
had_enough(const struct worker *worker, const struct failure *failure)
{
	if (worker->taken == 0)
		return false;
	if (failure->cause == CAUSE_REPLY)
		return failure->reply.code == 421 ||
		    (failure->reply.code / 100 == 4 && !failure->our_name &&
		    failure->step != STEP_RSET);
	return closed(worker, failure) && worker->use != WORKER_RESTED;
}

/* cut - the intake has had enough; how many it took is to be remembered */
static void
cut(struct worker *worker, const struct failure *failure)
{
	if (!worker->cut && workers_limited(worker))
		outcome_limited(worker, failure);
	worker->cut = true;
}

/* goes_back - that was no attempt of the letter, and another connection may do
 * better: it is given away */
static bool
goes_back(struct worker *worker, struct item **item,
    const struct failure *failure)
{
	bool enough = had_enough(worker, failure);

	if (!enough && !untouched(worker, failure))
		return false;
	worker->spent |= !enough;
	if (!lease_reconnect(worker->forwarder, item))
		return false;
	if (enough)
		cut(worker, failure);
	return true;
}

/* about_content - a 421 that answers a message, from a site that took another
 * just now, is about that message: what everybody can send must not be able to
 * stop the mail of others */
static bool
about_content(const struct worker *worker, const struct failure *failure)
{
	int64_t thanked = worker->site->thanked;

	return failure->cause == CAUSE_REPLY && failure->reply.code == 421 &&
	    (failure->step == STEP_BODY || failure->step == STEP_BDAT) &&
	    thanked != 0 && clock_now() - thanked < JUST_NOW;
}

/* learn - what the failure says of the site and of this connection */
static void
learn(struct worker *worker, const struct verdict *verdict)
{
	const struct failure *failure = verdict->failure;
	bool site = verdict->blame == BLAME_SITE;
	bool ends = failure->cause == CAUSE_REPLY &&
	    failure->reply.code == 421;

	if (ends && site)
		worker->end = WORKER_END_REFUSED;
	else if (site && failure->cause != CAUSE_OURS &&
	    worker->end != WORKER_END_REFUSED)
		worker->end = WORKER_END_TROUBLE;
	/* what its offer makes us refuse, it has said nothing to */
	worker->good |= !site && worker->smtp.answered;
	worker->spent |= site || ends;
}

/* complain - about the connection, once */
static void
complain(struct worker *worker, const struct verdict *verdict)
{
	if (!worker->complained)
		outcome_connection(worker, verdict);
	worker->complained |= verdict->blame == BLAME_SITE;
}

/* not_sent - a letter, whose item it takes, and what that means for the
 * connection; true: something is odd about that */
static bool
not_sent(struct worker *worker, struct item *item,
    const struct failure *failure)
{
	struct verdict verdict;

	if (goes_back(worker, &item, failure))
		return false;
	verdict_of(failure, &verdict);
	if (about_content(worker, failure))
		verdict.blame = BLAME_MESSAGE;
	learn(worker, &verdict);
	/* when it went back, that was for its own sake */
	if (verdict.blame == BLAME_MESSAGE && item->reconnected)
		workers_unlimited(worker);
	complain(worker, &verdict);
	outcome_failed(worker, item, &verdict);
	return failure->cause != CAUSE_OURS && verdict.blame == BLAME_SITE;
}

/* taken - the letter was; takes its item */
static void
taken(struct worker *worker, struct item *item, const struct reply *thanks)
{
	worker->good = true;
	worker->taken++;
	worker->site->thanked = clock_now();
	if (worker->cut)	/* it wants more, but not that one */
		workers_unlimited(worker);
	worker->cut = false;
	outcome_delivered(worker, item, thanks);
}

/* ---- one letter ---- */

static void
log_start(const struct worker *worker, const struct item *item)
{
	log_event(start, (ull)worker->dcid, (ull)item->entry.mid);
}

/* send_alone - takes the item */
static void
send_alone(struct worker *worker, struct item *item,
    const struct letter *letter)
{
	struct failure failure;

	worker->smtp.conn.death = lease_death(worker->forwarder, item);
	log_start(worker, item);
	if (smtp_send(&worker->smtp, letter, &failure) == 0)
		taken(worker, item, &failure.reply);
	else
		(void)not_sent(worker, item, &failure);
	worker->letters++;
}

/* ---- several letters in one flight ---- */

/* Those aboard, in order. */
struct flight {
	struct item	*items[FLIGHT_LETTERS];
	unsigned	 count;
	unsigned	 taken;
	bool		 odd;		/* an answer was */
};

/* board - if it goes with those that are aboard: then the item is given away */
static bool
board(struct worker *worker, struct item **item, const struct letter *letter,
    struct flight *flight)
{
	struct conn *conn = &worker->smtp.conn;
	int64_t death = lease_death(worker->forwarder, *item);

	if (flight->count == 0 || death < conn->death)
		conn->death = death;
	if (!smtp_board(&worker->smtp, letter))
		return false;
	log_start(worker, *item);
	flight->items[flight->count++] = item_give(item);
	worker->letters++;
	return true;
}

/* board_others - as many as are to be had; not more than one is open */
static void
board_others(struct worker *worker, struct flight *flight)
{
	struct item *item;

	while (smtp_usable(&worker->smtp) &&
	    (item = workers_another(worker, flight->count)) != NULL) {
		struct parcel parcel;
		bool aboard;

		if (!parcel_open(worker, &item, &parcel))
			continue;
		aboard = board(worker, &item, &parcel.letter, flight);
		parcel_close(&parcel);
		if (!aboard) {
			lease_put_back(worker->forwarder, item_give(&item), 0);
			return;
		}
	}
}

/* fall - one that was not taken; in a flight of several that is odd, unless
 * the connection had been closed before; takes its item */
static void
fall(struct worker *worker, struct item *item, enum smtp_fate fate,
    const struct failure *failure, struct flight *flight)
{
	flight->odd |= flight->count > 1 &&
	    !(worker->use == WORKER_RESTED && closed(worker, failure));
	if (fate == SMTP_FAILED)
		flight->odd |= not_sent(worker, item, failure);
	else
		lease_put_back(worker->forwarder, item, 0);
}

/* land - the fate of each */
static void
land(struct worker *worker, struct flight *flight)
{
	struct smtp *smtp = &worker->smtp;

	for (unsigned i = 0; i < flight->count; i++) {
		struct item *item = item_give(&flight->items[i]);
		struct failure failure;
		enum smtp_fate fate;

		smtp->conn.death = lease_death(worker->forwarder, item);
		fate = smtp_fate(smtp, &failure);
		if (fate == SMTP_TAKEN) {
			taken(worker, item, &failure.reply);
			flight->taken++;
		} else {
			fall(worker, item, fate, &failure, flight);
		}
	}
	if (flight->odd || flight->taken == flight->count)
		workers_flew(worker, flight->count, flight->odd);
}

/* hung_up - the intake did; the copy is given back, and the connection ends */
static bool
hung_up(struct worker *worker, struct item **item)
{
	const struct failure eof = { .step = STEP_MAIL, .cause = CAUSE_LOST,
	    .text = "EOF" };

	if (worker->use == WORKER_FRESH || conn_idle(&worker->smtp.conn) ||
	    !lease_return(worker->forwarder, item))
		return false;
	if (worker->taken > 0 && worker->use != WORKER_RESTED)
		cut(worker, &eof);
	smtp_abandon(&worker->smtp);
	return true;
}

/* deliver - a copy, and others with it when they are waiting; takes the item */
static void
deliver(struct worker *worker, struct item *item)
{
	struct flight flight = { .count = 0 };
	struct parcel parcel;

	if (hung_up(worker, &item) || !parcel_open(worker, &item, &parcel))
		return;
	if (!board(worker, &item, &parcel.letter, &flight))
		send_alone(worker, item_give(&item), &parcel.letter);
	parcel_close(&parcel);
	if (flight.count > 0) {
		board_others(worker, &flight);
		smtp_depart(&worker->smtp);
		land(worker, &flight);
	}
	worker->use = WORKER_SENT;
}

/* note_certificate - the intake's, for whoever watches when it ends */
static void
note_certificate(const struct worker *worker)
{
	int64_t until = tls_peer_until(&worker->smtp.conn);

	if (until <= 0)
		return;
	counter_set(worker->forwarder->counters, COUNT_INTAKE_CERTIFICATE,
	    (uint64_t)until);
	site_set(worker->site->row, COUNT_INTAKE_CERTIFICATE, (uint64_t)until);
}

/* deliver_main - a connection's life */
void *
deliver_main(void *arg)
{
	struct worker *worker = arg;
	struct item *item;

	if (dial(worker)) {
		note_certificate(worker);
		workers_ready(worker);
		if (worker->item != NULL)
			deliver(worker, item_give(&worker->item));
		while (smtp_usable(&worker->smtp) && !worker->spent &&
		    !worker->cut && (item = workers_next(worker)) != NULL)
			deliver(worker, item);
		workers_closing(worker);
		dial_end(worker);
	}
	workers_leave(worker);
	return NULL;
}
