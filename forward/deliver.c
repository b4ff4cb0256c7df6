/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/deliver.h"

#include "base/log.h"
#include "forward/dial.h"
#include "forward/lease.h"
#include "forward/outcome.h"
#include "forward/parcel.h"
#include "forward/workers.h"

typedef unsigned long long ull;	/* as the format has it */

/* ---- what became of a letter ---- */

/* closed - the connection was, before the intake said a word to this letter,
 * and not in the middle of another */
static bool
closed(const struct worker *worker, const struct failure *failure)
{
	return failure->cause == CAUSE_LOST && !worker->smtp.answered &&
	    !worker->trouble && (!worker->fresh || worker->taken > 0);
}

/* untouched - the intake knows nothing of this letter; or we stumbled over
 * what was left of another */
static bool
untouched(const struct worker *worker, const struct failure *failure)
{
	return closed(worker, failure) || (!worker->fresh &&
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
	return closed(worker, failure) && !worker->rested;
}

/* cut - the intake has had enough; how many it took is to be remembered */
static void
cut(struct worker *worker, const struct failure *failure)
{
	if (!worker->cut && workers_limited(worker->forwarder, worker,
	    worker->taken))
		outcome_limited(worker, failure);
	worker->cut = true;
}

/* goes_back - that was no attempt of the letter, and another connection may do
 * better: it is let go */
static bool
goes_back(struct worker *worker, const struct failure *failure)
{
	bool enough = had_enough(worker, failure);

	if (!enough && !untouched(worker, failure))
		return false;
	worker->spent |= !enough;
	if (!lease_reconnect(worker->forwarder, worker->item))
		return false;
	if (enough)
		cut(worker, failure);
	worker->item = NULL;
	return true;
}

/* complain - about the connection, once */
static void
complain(struct worker *worker, const struct failure *failure,
    const struct verdict *verdict)
{
	if (!worker->complained)
		outcome_connection(worker, failure);
	worker->complained |= verdict->blame == BLAME_SITE;
}

/* not_sent - a letter, and what it means for the connection; true: something
 * is odd about that */
static bool
not_sent(struct worker *worker, const struct failure *failure)
{
	bool ours = failure->cause == CAUSE_OURS;
	struct verdict verdict;

	if (goes_back(worker, failure))
		return false;
	verdict_of(failure, &verdict);
	worker->refused |= failure->cause == CAUSE_REPLY &&
	    failure->reply.code == 421;
	/* what its offer makes us refuse, it has said nothing to */
	worker->good |= verdict.blame == BLAME_MESSAGE && worker->smtp.answered;
	worker->trouble |= !ours && verdict.blame == BLAME_SITE && !worker->refused;
	worker->spent |= verdict.blame == BLAME_SITE;
	/* when it went back, that was for its own sake */
	if (verdict.blame == BLAME_MESSAGE && worker->item->reconnected)
		workers_unlimited(worker->forwarder, worker);
	complain(worker, failure, &verdict);
	outcome_failed(worker, failure);
	return !ours && verdict.blame == BLAME_SITE;
}

static void
taken(struct worker *worker, const struct failure *failure)
{
	worker->good = true;
	worker->taken++;
	if (worker->cut)	/* it wants more, but not that one */
		workers_unlimited(worker->forwarder, worker);
	worker->cut = false;
	outcome_delivered(worker, &failure->reply);
}

/* ---- one letter ---- */

static void
log_start(const struct worker *worker)
{
	log_event(start, (ull)worker->dcid, (ull)worker->item->entry.mid);
}

static void
send_alone(struct worker *worker, const struct letter *letter)
{
	struct failure failure;

	worker->smtp.conn.death = lease_death(worker->forwarder,
	    worker->item);
	log_start(worker);
	if (smtp_send(&worker->smtp, letter, &failure) == 0)
		taken(worker, &failure);
	else
		(void)not_sent(worker, &failure);
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

/* board - the worker's item, if it goes with those that are aboard */
static bool
board(struct worker *worker, const struct letter *letter,
    struct flight *flight)
{
	struct conn *conn = &worker->smtp.conn;
	int64_t death = lease_death(worker->forwarder, worker->item);

	if (flight->count == 0 || death < conn->death)
		conn->death = death;
	if (!smtp_board(&worker->smtp, letter))
		return false;
	log_start(worker);
	flight->items[flight->count++] = worker->item;
	worker->item = NULL;
	worker->letters++;
	return true;
}

/* board_others - as many as are to be had; not more than one is open */
static void
board_others(struct worker *worker, struct flight *flight)
{
	while (worker->smtp.usable &&
	    workers_another(worker->forwarder, worker, flight->count)) {
		struct parcel parcel;
		bool aboard;

		if (!parcel_open(worker, &parcel))
			continue;
		aboard = board(worker, &parcel.letter, flight);
		parcel_close(&parcel);
		if (!aboard) {
			lease_put_back(worker->forwarder, worker->item, 0);
			worker->item = NULL;
			return;
		}
	}
}

/* fall - one that was not taken; in a flight of several that is odd, unless
 * the connection had been closed before */
static void
fall(struct worker *worker, enum smtp_fate fate,
    const struct failure *failure, struct flight *flight)
{
	flight->odd |= flight->count > 1 &&
	    !(worker->rested && closed(worker, failure));
	if (fate == SMTP_FAILED) {
		flight->odd |= not_sent(worker, failure);
		return;
	}
	lease_put_back(worker->forwarder, worker->item, 0);
	worker->item = NULL;
}

/* land - the fate of each */
static void
land(struct worker *worker, struct flight *flight)
{
	struct smtp *smtp = &worker->smtp;

	for (unsigned i = 0; i < flight->count; i++) {
		struct failure failure;
		enum smtp_fate fate;

		worker->item = flight->items[i];
		smtp->conn.death = lease_death(worker->forwarder,
		    worker->item);
		fate = smtp_fate(smtp, &failure);
		if (fate == SMTP_TAKEN) {
			taken(worker, &failure);
			flight->taken++;
		} else {
			fall(worker, fate, &failure, flight);
		}
	}
	if (flight->odd || flight->taken == flight->count)
		workers_flew(worker->forwarder, worker, flight->count,
		    flight->odd);
}

/* hung_up - the intake did; the copy is returned, and the connection ends */
static bool
hung_up(struct worker *worker)
{
	const struct failure eof = { .step = STEP_MAIL, .cause = CAUSE_LOST,
	    .text = "EOF" };

	if (worker->fresh || conn_idle(&worker->smtp.conn) ||
	    !lease_return(worker->forwarder, worker->item))
		return false;
	if (worker->taken > 0 && !worker->rested)
		cut(worker, &eof);
	worker->item = NULL;
	worker->smtp.usable = false;
	return true;
}

/* deliver - the worker's copy, and others with it when they are waiting;
 * afterwards it has none */
static void
deliver(struct worker *worker)
{
	struct flight flight = { .count = 0 };
	struct parcel parcel;

	if (hung_up(worker) || !parcel_open(worker, &parcel))
		return;
	if (!board(worker, &parcel.letter, &flight))
		send_alone(worker, &parcel.letter);
	parcel_close(&parcel);
	if (flight.count > 0) {
		board_others(worker, &flight);
		smtp_depart(&worker->smtp);
		land(worker, &flight);
	}
	worker->fresh = false;
	worker->rested = false;
}

/* deliver_main - a connection's life */
void *
deliver_main(void *arg)
{
	struct worker *worker = arg;

	if (dial(worker)) {
		workers_ready(worker->forwarder, worker);
		if (worker->lead)
			deliver(worker);
		while (worker->smtp.usable && !worker->spent && !worker->cut &&
		    workers_next(worker->forwarder, worker))
			deliver(worker);
		dial_end(worker);
	}
	workers_leave(worker->forwarder, worker);
	return NULL;
}
