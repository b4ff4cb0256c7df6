/* SPDX-License-Identifier: BSD-2-Clause */
/* One action in one mailbox. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/act.h"
#include "remediate/act_private.h"
#include "remediate/forwarding.h"
#include "remediate/pieces.h"
#include "remediate/proof/message_id.h"
#include "remediate/proof/proof.h"
#include "remediate/rest.h"
#include "remediate/undo.h"

/* What decides about the action when several things happened: the last. */
static const unsigned char ranks[] = {
	[MAILBOX_DONE] = 0, [MAILBOX_GONE] = 1, [MAILBOX_NOBODY] = 2,
	[MAILBOX_NEVER] = 3, [MAILBOX_UNFINISHED] = 4, [MAILBOX_LOCKED_OUT] = 5,
	[MAILBOX_LATER] = 6,
};

/* trouble_note - remember it if it is worse */
void
trouble_note(struct trouble *trouble, enum mailbox_result result,
    const char *why)
{
	if (ranks[result] <= ranks[trouble->worst])
		return;
	trouble->worst = result;
	snprintf(trouble->why, sizeof(trouble->why), "%s", why);
}

/* blame - what a back end could not do; a server that is away, or refuses us,
 * is left alone for a while.  When we stop nobody is to blame: it stays due. */
static void
blame(struct job *job, enum mailbox_result result, const struct err *err)
{
	bool rests = result == MAILBOX_LOCKED_OUT || result == MAILBOX_LATER;

	if (rem_stops(job->rem))
		return;
	if (rests || result == MAILBOX_NEVER || result == MAILBOX_UNFINISHED)
		log_event(remediation_unread,
		    (unsigned long long)job->todo->action.mid,
		    ESCAPE_INSIDE(job->todo->action.recipient, ')'),
		    ESCAPE(err->text));
	if (rests)
		rest_begin(job->rem, job->profile->name, result, err->text);
	trouble_note(&job->trouble, result, result == MAILBOX_LOCKED_OUT ?
	    "Authentication error" : result == MAILBOX_NOBODY ?
	    "Invalid Mailbox" : err->text);
}

/* ---- candidates ---- */

struct candidates {
	struct found	*items;
	size_t		 count;
	bool		 more;
	struct arena	 arena;
};

static bool
keep(void *arg, const struct found *found)
{
	struct candidates *list = arg;

	if (list->count == ACT_CANDIDATES) {
		list->more = true;
		return false;
	}
	if ((list->count & (list->count - 1)) == 0)
		list->items = mem_grow(list->items, list->count > 0 ?
		    2 * list->count : 1, sizeof(*list->items));
	list->items[list->count] = *found;
	list->items[list->count].folder = arena_text(&list->arena,
	    found->folder);
	list->items[list->count].key = arena_text(&list->arena, found->key);
	list->count++;
	return true;
}

static void
candidates_drop(struct candidates *list)
{
	free(list->items);
	arena_drop(&list->arena);
}

/* prove - is that header the message's? */
static enum proof
prove(const struct job *job, const struct found *found,
    const struct buf *header)
{
	const struct proof_candidate candidate = { .header = header->data,
		.size = header->len, .received = found->received,
		.message_id = job->todo->message.message_id };

	return proof_of(&candidate, job->todo->action.proof,
	    job->rem->settings->gateways);
}

/* ---- forwarding ---- */

/* send_once - when the state takes what is to be noted: on a disk that is full the
 * same mail would be sent at each turn */
static int
send_once(struct job *job, const struct forwarding *forwarding, struct err *err)
{
	if (state_note(job->rem->state, STATE_NOTE_FORWARDING,
	    forwarding->message->id, err) == -1)
		return -1;
	return forwarding_send(job->rem, forwarding, err);
}

/* forward - once a message; -1: not, and then nothing is deleted */
static int
forward(struct job *job, struct mailbox *box, const struct found *found,
    struct err *err)
{
	own(buf) struct buf raw = BUF;
	const struct forwarding forwarding = { .action = &job->todo->action,
		.message = &job->todo->message, .raw = &raw };
	enum mailbox_result result = box->backend->raw(box, found,
	    ACT_RAW_MAX, &raw, err);

	if (result == MAILBOX_GONE)
		return -1;
	if (result != MAILBOX_DONE) {
		blame(job, result, err);
		return -1;
	}
	/* what is sent is what was proved */
	if (!proof_is(prove(job, found, &raw))) {
		trouble_note(&job->trouble, MAILBOX_LATER, "the message changed while it was "
		    "read");
		return -1;
	}
	if (send_once(job, &forwarding, err) == -1) {
		log_event(remediation_trouble, ESCAPE(err->text));
		trouble_note(&job->trouble, MAILBOX_LATER, err->text);
		return -1;
	}
	job->todo->action.forwarded = true;
	log_event(remediation_forwarded,
	    (unsigned long long)job->todo->action.mid,
	    job->rem->settings->conf.remediation_forward_to,
	    job->batch);
	if (state_forwarded(job->rem->state, job->todo->message.id,
	    rem_now(job->rem), err) == -1) {
		trouble_note(&job->trouble, MAILBOX_LATER, err->text);
		return -1;
	}
	return 0;
}

/* ---- moving away ---- */

/* moved - note it, and purge it when there is no time for undoing */
static int
moved(struct job *job, struct mailbox *box, int64_t piece, const char *handle,
    struct err *err)
{
	struct state *state = job->rem->state;

	if (state_piece_step(state, piece, PIECE_MOVED, handle, err) == -1)
		return -1;
	if (job->rem->settings->conf.remediation_quarantine > 0 ||
	    box->backend->purge(box, handle, err) != MAILBOX_DONE)
		return 0;	/* or undo_turn() will */
	return state_piece_step(state, piece, PIECE_PURGED, NULL, err);
}

/* quarantine - one that is proved; false: look again */
static bool
quarantine(struct job *job, struct mailbox *box, const struct found *found,
    enum proof proof)
{
	struct state_piece piece = { .action = job->todo->action.id,
		.owner = job->owner, .profile = job->profile->name,
		.folder = found->folder, .key = found->key,
		.moved = rem_now(job->rem) };
	own(buf) struct buf handle = BUF;
	enum mailbox_result result;
	struct err err;
	int64_t id;

	if (state_lived(job->rem->state, piece.moved,
	    undo_span(&job->rem->settings->conf), &piece.lived, &err) == -1 ||
	    state_intend(job->rem->state, &piece, &id, &err) == -1) {
		trouble_note(&job->trouble, MAILBOX_LATER, err.text);
		return false;
	}
	result = box->backend->quarantine(box, found, &handle, &err);
	if (result == MAILBOX_DONE) {
		job->found++;
		log_event(remediation_piece,
		    (unsigned long long)job->todo->action.mid,
		    ESCAPE_INSIDE(found->folder, '\''), ESCAPE(job->owner),
		    proof_word(proof));
		if (moved(job, box, id, handle.data, &err) == -1)
			trouble_note(&job->trouble, MAILBOX_LATER, err.text);
		return true;
	}
	/* MAILBOX_LATER: nobody knows, and it stays intended */
	if (result != MAILBOX_LATER && result != MAILBOX_UNFINISHED &&
	    state_piece_step(job->rem->state, id, PIECE_LOST, NULL, &err) == -1)
		trouble_note(&job->trouble, MAILBOX_LATER, err.text);
	if (result != MAILBOX_GONE)
		blame(job, result, &err);
	return false;
}

/* deal - with one that was found by that; false: there is no use in going on */
static bool
deal(struct job *job, struct mailbox *box, const struct found *found,
    const char *by, unsigned *out_proved)
{
	own(buf) struct buf header = BUF;
	struct err err = { .text = "" };
	enum mailbox_result result = box->backend->header(box, found, &header,
	    &err);
	enum proof proof;

	if (result == MAILBOX_GONE)
		return true;
	if (result != MAILBOX_DONE) {
		blame(job, result, &err);
		return result == MAILBOX_NEVER;
	}
	proof = prove(job, found, &header);
	if (!proof_is(proof)) {
		log_event(remediation_unproved,
		    (unsigned long long)job->todo->action.mid, by,
		    ESCAPE_INSIDE(found->folder, '\''), ESCAPE(job->owner),
		    proof_word(proof));
		return true;
	}
	++*out_proved;
	if (job_forwards(job) && !job->todo->action.forwarded &&
	    forward(job, box, found, &err) == -1)
		return job->trouble.worst == MAILBOX_DONE;
	if (job_deletes(job))
		return quarantine(job, box, found, proof) ||
		    job->trouble.worst == MAILBOX_DONE;
	job->found++;
	return false;
}

/* is_search - what was found may be dealt with, although there may be more */
static bool
is_search(enum mailbox_result result)
{
	return result != MAILBOX_NOBODY && result != MAILBOX_LOCKED_OUT;
}

/* search - once through all that this finds, and then tell that it is not all;
 * how many were proved */
static unsigned
search(struct job *job, struct mailbox *box, const struct sought *wanted)
{
	struct candidates list = { 0 };
	unsigned proved = 0;
	struct err err;
	enum mailbox_result result = box->backend->find(box, wanted, keep,
	    &list, &err);

	for (size_t i = 0; i < list.count && is_search(result); i++)
		if (rem_stops(job->rem)) {
			trouble_note(&job->trouble, MAILBOX_LATER, "stopped");
			break;
		} else if (!deal(job, box, &list.items[i],
		    sought_name(wanted), &proved)) {
			break;
		}
	if (list.more && result == MAILBOX_DONE) {
		result = MAILBOX_UNFINISHED;
		err_set(&err, ERR_LATER, "more than %d messages may be it: the "
		    "others are for the next attempt", ACT_CANDIDATES);
	}
	if (result != MAILBOX_DONE)
		blame(job, result, &err);
	candidates_drop(&list);
	return proved;
}

/* may_search - once more: the server is there, whatever it has left out */
static bool
may_search(const struct job *job)
{
	return ranks[job->trouble.worst] < ranks[MAILBOX_LOCKED_OUT];
}

/* look - by its Message-ID, or by each of its queue ids */
static unsigned
look(struct job *job, struct mailbox *box, bool by_id)
{
	struct sought wanted = {
		.message_id = by_id ? job->todo->message.message_id : NULL,
		.since = job->todo->action.accepted - PROOF_WINDOW };
	own(str) char *ids = mem_text(job->todo->action.queue_ids);
	char *rest = ids;
	unsigned proved = 0;

	if (by_id)
		return search(job, box, &wanted);
	while (may_search(job) && (wanted.queue_id = strsep(&rest, " ")) != NULL)
		if (*wanted.queue_id != '\0')
			proved += search(job, box, &wanted);
	return proved;
}

/* settle - what a crash left open in this mailbox, and what was done before */
static void
settle(struct job *job, struct mailbox *box)
{
	const struct state_piece_query query = { .step = -1,
		.action = job->todo->action.id };
	struct piece_list list;
	struct err err;

	if (piece_find(job->rem->state, &query, &list, &err) == -1) {
		trouble_note(&job->trouble, MAILBOX_LATER, err.text);
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct state_piece *piece = &list.items[i];
		enum mailbox_result result = MAILBOX_GONE;

		if (strcmp(piece->owner, job->owner) != 0 ||
		    strcmp(piece->profile, job->profile->name) != 0)
			continue;
		if (piece->step == PIECE_INTENDED)
			result = pieces_settle(job->rem, box, piece,
			    job->todo->message.message_id, &err);
		if (piece->step == PIECE_MOVED || piece->step ==
		    PIECE_PURGED || result == MAILBOX_DONE)
			job->moved = true;
		else if (result != MAILBOX_GONE)
			blame(job, result, &err);
	}
	piece_drop(&list);
}

/* note_moved - that all that was found is moved; what comes is looking again */
static void
note_moved(struct job *job)
{
	const struct state_event event = { .action = job->todo->action.id,
		.at = rem_now(job->rem), .step = STATE_QUARANTINED,
		.text = job->owner };
	struct err err;

	if (job->found > 0 && state_step(job->rem->state, &event, &err) ==
	    -1)
		trouble_note(&job->trouble, MAILBOX_LATER, err.text);
}

/* rounds - as often as there is something new: somebody may move it meanwhile.
 * When the Message-ID proves nothing, the queue id follows, which costs more. */
static void
rounds(struct job *job, struct mailbox *box)
{
	bool by_id = message_id_fault(job->todo->message.message_id) == NULL;

	for (unsigned round = 0; round < ACT_ROUNDS &&
	    job->trouble.worst == MAILBOX_DONE; round++) {
		unsigned proved = look(job, box, by_id);

		if (proved == 0 && by_id && round == 0 && may_search(job)) {
			by_id = false;
			proved = look(job, box, by_id);
		}
		if (proved == 0 || !job_deletes(job))
			break;
		note_moved(job);
	}
}

/* job_mailbox - what was begun before, and then what is there */
void
job_mailbox(struct job *job)
{
	struct mailbox *box;
	struct err err;
	enum mailbox_result result = rest_open(job->rem, job->profile,
	    job->owner, &box, &err);

	if (result != MAILBOX_DONE) {
		blame(job, result, &err);
		return;
	}
	settle(job, box);
	rounds(job, box);
	box->backend->close(box);
}
