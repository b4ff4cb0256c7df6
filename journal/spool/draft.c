/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message on its way into the spool, as its session sees it.
 *
 * With a limit on the time (spool_options) each step that may wait for the
 * disk is an errand of a helper's, and the session waits for as long as is
 * left of the time of the whole message.  When that is over all that is on
 * disk, or on its way there, is the helper's: draft->job is NULL, and every
 * further call fails.  Without a limit the steps are taken here.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/helpers.h"
#include "base/mem.h"
#include "journal/footer.h"
#include "journal/spool/draft.h"
#include "journal/spool/writing.h"

/* What a helper may come to own. */
struct job {
	struct errand	 errand;	/* the first: it is the job */
	struct writing	*writing;
	struct buf	 trailer;	/* of the copy to be committed */
	struct spool_entry entry;	/* of that; mid 0: a piece is to be
					   streamed */
	int		 status;	/* of the step */
	struct err	 err;
	bool		 whole;		/* all copies of the message, or none */
	bool		 failed;	/* one of them did */
};

struct draft {
	struct spool	*spool;
	struct job	*job;		/* NULL: it came too late */
	int64_t		 limit, left;	/* ms; limit 0: none */
	bool		 broken;	/* a write failed: bytes are missing */
	struct err	 why;		/* when broken */
};

/* ---- what a helper does ---- */

/* take_step - a piece, or a commit; what was counted of it first, so that
 * nobody finds a copy that is not counted */
static void
take_step(struct errand *errand)
{
	struct job *job = (struct job *)errand;

	if (job->entry.mid == 0) {
		job->status = writing_stream(job->writing, &job->err);
		return;
	}
	counters_carry(job->writing->spool->counters);
	job->status = writing_commit(job->writing, &job->entry,
	    &job->trailer, &job->err);
}

static void
job_free(struct job *job)
{
	writing_free(job->writing);
	buf_drop(&job->trailer);
	free(job);
}

/* take_back - the step has come to its end, too late */
static void
take_back(struct errand *errand)
{
	struct job *job = (struct job *)errand;

	if (job->whole)
		writing_take_back(job->writing, SIZE_MAX);
	else if (job->entry.mid != 0 && job->status == 0)
		writing_take_back(job->writing, 1);
	writing_end(job->writing);
	job_free(job);
}

static void
end(struct errand *errand)
{
	struct job *job = (struct job *)errand;

	if (job->whole && job->failed)
		writing_take_back(job->writing, SIZE_MAX);
	writing_end(job->writing);
}

static void
forget(struct errand *errand)
{
	job_free((struct job *)errand);
}

/* ---- the session's side ---- */

/* draft_new - nothing on disk yet; new */
struct draft *
draft_new(struct spool *spool)
{
	struct draft *draft = mem_new(sizeof(*draft));

	draft->spool = spool;
	draft->limit = draft->left = spool->time_limit;
	draft->job = mem_new(sizeof(*draft->job));
	draft->job->writing = writing_new(spool);
	draft->job->trailer = (struct buf)BUF;
	return draft;
}

/* draft_free - readers may have what was committed; NULL */
struct draft *
draft_free(struct draft *draft)
{
	if (draft == NULL)
		return NULL;
	if (draft->job != NULL && draft->limit > 0 &&
	    writing_on_disk(draft->job->writing)) {
		draft->job->errand = (struct errand)ERRAND(end, forget);
		helpers_give(draft->spool->helpers, &draft->job->errand);
	} else if (draft->job != NULL) {
		end(&draft->job->errand);
		job_free(draft->job);
	}
	free(draft);
	return NULL;
}

/* too_late - nothing more can become of this draft */
static int
too_late(struct draft *draft, struct err *err)
{
	draft->broken = true;
	err_set(&draft->why, ERR_LATER, "spool: no answer within %g s",
	    (double)draft->limit / 1000);
	*err = draft->why;
	return -1;
}

/* not_begun - because of others, whose disk it is, too, or for want of a
 * thread */
static int
not_begun(struct draft *draft, struct err *err)
{
	bool stuck = helpers_stuck(draft->spool->helpers);

	if (draft->left <= 0)
		return too_late(draft, err);
	draft->broken = true;
	err_set(&draft->why, ERR_LATER, stuck ?
	    "spool: the disk has not answered an earlier message yet" :
	    "spool: no thread to write by");
	*err = draft->why;
	return -1;
}

/* step - let it be taken, and wait for it as long as may be */
static int
step(struct draft *draft, const struct spool_entry *entry, struct err *err)
{
	struct job *job = draft->job;

	job->entry = *entry;
	job->errand = (struct errand)ERRAND(take_step, take_back);
	if (draft->limit == 0)
		take_step(&job->errand);
	else
		switch (helpers_run(draft->spool->helpers, &job->errand,
		    &draft->left)) {
		case HELPERS_DONE:
			break;
		case HELPERS_LATE:
			draft->job = NULL;
			return too_late(draft, err);
		case HELPERS_NONE:
			return not_begun(draft, err);
		}
	if (job->status == -1)
		*err = job->err;
	return job->status;
}

/* is_broken - say why: the first failure is the one to tell */
static int
is_broken(const struct draft *draft, struct err *err)
{
	*err = draft->why;
	return -1;
}

/* draft_write - more of the message */
int
draft_write(struct draft *draft, const void *bytes, size_t n, struct err *err)
{
	static const struct spool_entry none;
	const char *p = bytes;

	if (draft->broken)
		return is_broken(draft, err);
	while (n > 0) {
		struct buf *held = &draft->job->writing->held;
		size_t room = SUM_PIECE - held->len;
		size_t part = n < room ? n : room;

		if (room == 0 && step(draft, &none, err) == -1) {
			draft->broken = true;
			draft->why = *err;
			return -1;
		}
		buf_bytes(held, p, part);
		p += part;
		n -= part;
	}
	return 0;
}

/* draft_all_or_none - the client will send it again when one fails */
void
draft_all_or_none(struct draft *draft)
{
	if (draft->job != NULL)
		draft->job->whole = true;
}

/* draft_commit - one durable copy */
int
draft_commit(struct draft *draft, const struct envelope *envelope,
    struct err *err)
{
	struct job *job = draft->job;
	struct spool_entry entry = { .mid = envelope->mid };

	if (draft->broken)
		return is_broken(draft, err);
	if (envelope->mid == 0 || envelope->mid > INT64_MAX)
		return err_set(err, ERR_NEVER, "spool: bad MID");
	if (envelope->length != job->writing->streamed + job->writing->held.len)
		return err_set(err, ERR_NEVER,
		    "spool: envelope tells another length than was written");
	buf_cut(&job->trailer, 0);
	spool_hint(&entry, envelope->accepted, envelope->intake);
	if (writing_trailer(job->writing, envelope, &job->trailer, err) == 0 &&
	    step(draft, &entry, err) == 0)
		return 0;
	if (draft->job != NULL)
		draft->job->failed = true;
	return -1;
}
