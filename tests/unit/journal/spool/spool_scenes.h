/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_scenes - the steps of the table in spool.h, each with what it finds
 * and what must be true when it has ended, this way or that
 */
#ifndef TESTS_SPOOL_SCENES_H
#define TESTS_SPOOL_SCENES_H

#include "journal/spool/spool_private.h"
#include "tests/unit/journal/spool/spool_faults.h"
#include "tests/unit/spool_rig.h"

enum outcome { YES, NO, DIED };

/* The message and its copies: 1 is there before, if any; 2 is new. */
struct scene {
	char		*dir;
	struct buf	 message;
	int64_t		 time_limit;	/* of a draft; 0: without helpers */
	bool		 strict;
};

struct step {
	const char	*name;
	size_t		 size;		/* of the message */
	void		(*prepare)(const struct scene *);
	int		(*take)(const struct scene *);	/* in the child */
	void		(*check)(const struct scene *, const struct spool *,
			    enum outcome);
	const char	*trace;		/* what it does to the disk */
	const char	*hidden_trace;	/* the same without O_TMPFILE */
	enum {
		PLAIN,
		BY_HAND,	/* there is no copy_file_range */
		BY_HELPER,	/* whatever waits for the disk */
		BY_LOG,		/* fsync of a file commits its name */
		STRICTLY	/* so it does, but nobody relies on that */
	}		 way;
};

enum { SMALL = 1000, LARGE = 150000 };

#include "tests/unit/journal/spool/spool_checks.h"

/* ---- the steps ---- */

static void
nothing_there(const struct scene *scene)
{
	(void)scene;
}

static void
one_in_ready(const struct scene *scene)
{
	struct spool *spool = rig_open(scene->dir);

	rig_commit(spool, &scene->message, 1);
	spool_close(spool);
}

static void
one_in_failed(const struct scene *scene)
{
	struct spool *spool = rig_open(scene->dir);
	struct spool_entry entry = RIG_ENTRY(1);
	struct err err;

	rig_commit(spool, &scene->message, 1);
	must(spool_keep(spool, &entry, 0, &err) == 1);
	spool_close(spool);
}

/* one_and_a_leftover - of a writer that died, where there are hidden names */
static void
one_and_a_leftover(const struct scene *scene)
{
	struct spool *spool = rig_open(scene->dir);

	rig_commit(spool, &scene->message, 1);
	rig_make(spool, ".0123456789abcdef");
	spool_close(spool);
}

static int
commit(struct draft *draft, const struct scene *scene, uint64_t mid)
{
	struct envelope envelope = rig_envelope(mid, &scene->message);
	struct err err;

	return draft_commit(draft, &envelope, &err);
}

/* open_limited - the spool, with helpers or without */
static struct spool *
open_limited(const struct scene *scene)
{
	struct spool_options options = { .directory = scene->dir, .sync = true,
	    .strict = scene->strict, .min_free_space = 1,
	    .time_limit = scene->time_limit };
	struct spool *spool;
	struct err err;

	must(spool_open(&options, &spool, &err) == 0);
	/* as after many copies */
	spool->names_synced = SPOOL_FS_SYNCS;
	spool_learn_ways(spool);
	return spool;
}

/* let_go - of a draft; a helper may be at it until the spool is closed */
static void
let_go(const struct scene *scene, struct spool *spool, struct draft *draft)
{
	draft_free(draft);
	if (scene->time_limit > 0)
		spool_close(spool);
	faults_disarm();
}

static int
take_accept(const struct scene *scene)
{
	struct spool *spool = open_limited(scene);
	struct draft *draft;
	struct err err;
	int status;

	faults_arm();
	draft = draft_new(spool);
	status = draft_write(draft, scene->message.data, scene->message.len,
	    &err);
	if (status == 0)
		status = commit(draft, scene, 2);
	let_go(scene, spool, draft);
	return status;
}

static int
take_further(const struct scene *scene)
{
	struct spool *spool = open_limited(scene);
	struct draft *draft = rig_draft(spool, &scene->message);
	int status;

	must(commit(draft, scene, 1) == 0);
	faults_arm();
	status = commit(draft, scene, 2);
	let_go(scene, spool, draft);
	return status;
}

/* take_step - one that is a single call */
#define TAKE(step, done, call)						\
static int								\
take_##step(const struct scene *scene)					\
{									\
	struct spool *spool = rig_open(scene->dir);			\
	struct spool_entry entry = RIG_ENTRY(1);			\
	struct err err;							\
	int status;							\
									\
	faults_arm();							\
	status = call;							\
	faults_disarm();						\
	return status == done ? 0 : -1;					\
}

TAKE(attempt, 1, spool_failed_attempt(spool, &entry, &err))
TAKE(plain, 1, spool_plain(spool, &entry, &err))
TAKE(remove, 1, spool_remove(spool, SPOOL_READY, &entry, &err))
TAKE(empty, 0, spool_empty(spool, &entry, &err))
TAKE(keep, 1, spool_keep(spool, &entry, 0, &err))
TAKE(requeue, 1, spool_requeue(spool, &entry, &err))
TAKE(divert, 1, spool_divert(spool, &entry, SPOOL_WHY_TLS, &err))
TAKE(damaged, 1, spool_damaged(spool, &entry, &err))

static int
take_lock(const struct scene *scene)
{
	struct spool *spool = rig_open(scene->dir);
	struct err err;
	int status;

	faults_arm();
	status = spool_lock(spool, &err);
	faults_disarm();
	return status;
}

static int
take_open(const struct scene *scene)
{
	struct spool_options options = { .directory = scene->dir,
	    .sync = true };
	struct spool *spool;
	struct err err;
	int status;

	faults_arm();
	status = spool_open(&options, &spool, &err);
	faults_disarm();
	return status;
}

static int
take_read(const struct scene *scene)
{
	struct spool *spool = rig_open(scene->dir);
	struct spool_entry entry = RIG_ENTRY(1);
	struct copy copy;
	enum copy_status status;
	struct err err;

	faults_arm();
	status = copy_open(spool, SPOOL_READY, &entry, &copy, &err);
	if (status == COPY_OPEN && copy_verify(&copy, &err) == -1)
		status = COPY_TROUBLE;
	faults_disarm();
	must(status == COPY_OPEN ||
	    (status == COPY_TROUBLE && err.kind == ERR_LATER));
	return status == COPY_OPEN ? 0 : -1;
}

#define ACCEPTED "linkat fsync(file) fsync(dir)"
#define RENAMED "renameat2 fsync(file) fsync(dir)"

static const struct step steps[] = {
	{ "accept", SMALL, nothing_there, take_accept, check_new,
	    "writev " ACCEPTED, "writev " RENAMED, PLAIN },
	{ "accept a large one", LARGE, nothing_there, take_accept, check_new,
	    "writev writev writev " ACCEPTED,
	    "writev writev writev " RENAMED, PLAIN },
	{ "accept an empty one", 0, nothing_there, take_accept, check_new,
	    "writev " ACCEPTED, "writev " RENAMED, PLAIN },
	{ "further commit", SMALL, nothing_there, take_further, check_further,
	    "writev " ACCEPTED, "writev " RENAMED, PLAIN },
	{ "further commit of a large one", LARGE, nothing_there, take_further,
	    check_further, "copy_file_range writev " ACCEPTED,
	    "copy_file_range writev " RENAMED, PLAIN },
	{ "further commit, copied by hand", LARGE, nothing_there, take_further,
	    check_further, "copy_file_range writev writev writev " ACCEPTED,
	    "copy_file_range writev writev writev " RENAMED, BY_HAND },
	{ "accept, by a helper", SMALL, nothing_there, take_accept, check_new,
	    "writev " ACCEPTED, "writev " RENAMED, BY_HELPER },
	{ "accept a large one, by a helper", LARGE, nothing_there, take_accept,
	    check_new, "writev writev writev " ACCEPTED,
	    "writev writev writev " RENAMED, BY_HELPER },
	{ "further commit of a large one, by a helper", LARGE, nothing_there,
	    take_further, check_further, "copy_file_range writev " ACCEPTED,
	    "copy_file_range writev " RENAMED, BY_HELPER },
	{ "accept, with the log's help", SMALL, nothing_there, take_accept,
	    check_new, "writev linkat fsync(file)", "writev " RENAMED, BY_LOG },
	{ "further commit, with the log's help", SMALL, nothing_there,
	    take_further, check_further, "writev linkat fsync(file)",
	    "writev " RENAMED, BY_LOG },
	{ "accept, strictly", SMALL, nothing_there, take_accept, check_new,
	    "writev " ACCEPTED, "writev " RENAMED, STRICTLY },
	{ "failed attempt", SMALL, one_in_ready, take_attempt, check_attempt,
	    "renameat", "renameat", PLAIN },
	{ "plain", SMALL, one_in_ready, take_plain, check_plain,
	    "renameat", "renameat", PLAIN },
	{ "remove", SMALL, one_in_ready, take_remove, check_remove,
	    "unlinkat", "unlinkat", PLAIN },
	{ "empty", SMALL, one_in_ready, take_empty, check_empty,
	    "ftruncate", "ftruncate", PLAIN },
	{ "keep", SMALL, one_in_ready, take_keep, check_keep,
	    "renameat", "renameat", PLAIN },
	{ "requeue", SMALL, one_in_failed, take_requeue, check_requeue,
	    "renameat", "renameat", PLAIN },
	{ "divert", SMALL, one_in_ready, take_divert, check_divert,
	    "renameat", "renameat", PLAIN },
	{ "set aside", SMALL, one_in_ready, take_damaged, check_damaged,
	    "renameat", "renameat", PLAIN },
	{ "open", SMALL, nothing_there, take_open, check_open,
	    "mkdirat mkdirat fsync(dir)", "mkdirat mkdirat fsync(dir)", PLAIN },
	{ "open and sweep", SMALL, one_and_a_leftover, take_open, check_untouched,
	    "mkdirat mkdirat fsync(dir) unlinkat",
	    "mkdirat mkdirat fsync(dir) unlinkat", PLAIN },
	{ "read", SMALL, one_in_ready, take_read, check_untouched, "", "",
	    PLAIN },
	{ "lock", SMALL, one_in_ready, take_lock, check_lock,
	    "ftruncate", "ftruncate", PLAIN },
};

#endif
