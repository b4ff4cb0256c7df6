/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/worker.h"

#include "base/log.h"
#include "forward/copies.h"
#include "forward/crew.h"
#include "forward/dial.h"
#include "forward/outcome.h"
#include "forward/parcel.h"

typedef unsigned long long ull;	/* as the format has it */

/* ---- what became of a letter ---- */

/* untouched - the intake had closed a connection that rested, and so knows
 * nothing of this letter; or we stumbled over what was left of another.  A
 * copy to which that happens again has had an attempt. */
static bool
untouched(const struct worker *worker, const struct failure *failure)
{
	if (failure->cause == CAUSE_LOST)
		return !worker->fresh && !worker->smtp.answered;
	return !worker->fresh && failure->step == STEP_RSET &&
	    failure->cause == CAUSE_REPLY;
}

/* complain - about the connection, once */
static void
complain(struct worker *worker, const struct failure *failure,
    const struct verdict *verdict)
{
	if (!worker->complained)
		outcome_connection(worker, failure);
	worker->complained |= verdict->blame == SITE;
}

/* not_sent - a letter, and what it means for the connection */
static void
not_sent(struct worker *worker, const struct failure *failure)
{
	struct verdict verdict;

	if (untouched(worker, failure)) {
		worker->spent = true;
		if (copies_spare(worker->forwarder, worker->item)) {
			worker->item = NULL;
			return;
		}
	}
	verdict_of(failure, &verdict);
	worker->refused |= failure->cause == CAUSE_REPLY &&
	    failure->reply.code == 421;
	/* what its offer makes us refuse, it has said nothing to */
	worker->good |= verdict.blame == MESSAGE && worker->smtp.answered;
	worker->trouble |= verdict.class != VERDICT_NONE &&
	    verdict.blame == SITE && !worker->refused;
	complain(worker, failure, &verdict);
	outcome_failed(worker, failure);
}

static void
taken(struct worker *worker, const struct failure *failure)
{
	worker->good = true;
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

	worker->smtp.conn.death = copies_death(worker->forwarder,
	    worker->item);
	log_start(worker);
	if (smtp_send(&worker->smtp, letter, &failure) == 0)
		taken(worker, &failure);
	else
		not_sent(worker, &failure);
	worker->letters++;
}

/* ---- several letters in one flight ---- */

/* Those aboard, in order. */
struct flight {
	struct item	*items[FLIGHT_LETTERS];
	unsigned	 count;
};

/* board - the worker's item, if it goes with those that are aboard */
static bool
board(struct worker *worker, const struct letter *letter,
    struct flight *flight)
{
	struct conn *conn = &worker->smtp.conn;
	int64_t death = copies_death(worker->forwarder, worker->item);

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
	    crew_another(worker->forwarder, worker, flight->count)) {
		struct parcel parcel;
		bool aboard;

		if (!parcel_open(worker, &parcel))
			continue;
		aboard = board(worker, &parcel.letter, flight);
		parcel_close(&parcel);
		if (!aboard) {
			copies_put_back(worker->forwarder, worker->item, 0);
			worker->item = NULL;
			return;
		}
	}
}

/* land - the fate of each */
static void
land(struct worker *worker, const struct flight *flight)
{
	struct smtp *smtp = &worker->smtp;

	for (unsigned i = 0; i < flight->count; i++) {
		struct failure failure;

		worker->item = flight->items[i];
		smtp->conn.death = copies_death(worker->forwarder,
		    worker->item);
		switch (smtp_fate(smtp, &failure)) {
		case SMTP_TAKEN:
			taken(worker, &failure);
			break;
		case SMTP_FAILED:
			not_sent(worker, &failure);
			break;
		case SMTP_UNTRIED:
			copies_put_back(worker->forwarder, worker->item, 0);
			worker->item = NULL;
			break;
		}
	}
}

/* deliver - the worker's copy, and others with it when they are waiting;
 * afterwards it has none */
static void
deliver(struct worker *worker)
{
	struct flight flight = { .count = 0 };
	struct parcel parcel;

	if (!worker->fresh && !conn_idle(&worker->smtp.conn) &&
	    copies_return(worker->forwarder, worker->item)) {
		worker->item = NULL;
		worker->smtp.usable = false;
		return;
	}
	if (!parcel_open(worker, &parcel))
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
	if (worker->spent)
		worker->smtp.usable = false;
}

/* worker_main - a connection's life */
void *
worker_main(void *arg)
{
	struct worker *worker = arg;
	const struct conf *conf = &worker->setup->conf;

	if (dial(worker)) {
		crew_ready(worker->forwarder, worker);
		if (worker->lead)
			deliver(worker);
		while (worker->smtp.usable &&
		    worker->letters < conf->max_messages_per_connection &&
		    crew_next(worker->forwarder, worker))
			deliver(worker);
		dial_end(worker);
	}
	crew_leave(worker->forwarder, worker);
	return NULL;
}
