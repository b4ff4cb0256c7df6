/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_checks - what is found when a step of spool_scenes.h has ended; for
 * that file alone, whose structures it uses
 */
#ifndef TESTS_SPOOL_CHECKS_H
#define TESTS_SPOOL_CHECKS_H

/* is_there - and if so, whole; a file without a footer is not there */
static bool
is_there(const struct scene *scene, const struct spool *spool,
    enum spool_place place, uint64_t mid)
{
	struct spool_entry entry;
	struct err err;

	if (!rig_find(spool, place, mid, &entry))
		return false;
	if (rig_open_copy(spool, place, &entry, &err) == COPY_BAD) {
		/* Only when the name could not be taken back either. */
		must(fault.mode == FAULT_TWICE);
		must(strcmp(err.text, "no footer") == 0);
		return false;
	}
	rig_whole(spool, place, mid, &scene->message);
	return true;
}

/* answers - does what is there fit what was said?  A disk that stays dead
 * cannot be made to take its word back. */
static void
answers(bool done, enum outcome outcome)
{
	if (outcome == YES)
		must(done);
	if (outcome == NO && fault.mode != FAULT_DEAD)
		must(!done);
}

static void
check_new(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	bool there = is_there(scene, spool, SPOOL_READY, 2);

	answers(there, outcome);
	if (fault.mode != FAULT_TWICE)
		must(rig_files(scene->dir, "ready") == there);
}

static void
check_further(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	rig_whole(spool, SPOOL_READY, 1, &scene->message);
	answers(is_there(scene, spool, SPOOL_READY, 2), outcome);
}

static void
check_attempt(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	struct spool_entry entry;

	must(rig_files(scene->dir, "ready") == 1);
	rig_whole(spool, SPOOL_READY, 1, &scene->message);
	must(rig_find(spool, SPOOL_READY, 1, &entry));
	must(entry.attempts <= 1);
	answers(entry.attempts == 1, outcome);
}

static void
check_plain(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	struct spool_entry entry;

	must(rig_files(scene->dir, "ready") == 1);
	rig_whole(spool, SPOOL_READY, 1, &scene->message);
	must(rig_find(spool, SPOOL_READY, 1, &entry));
	must((entry.accepted == 0) == (*entry.intake == '\0'));
	answers(entry.accepted == 0, outcome);
}

static void
check_remove(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	answers(!is_there(scene, spool, SPOOL_READY, 1), outcome);
}

static void
check_empty(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	struct stat st;

	must(fstatat(spool_readyfd(spool), "0000000000000001.0" RIG_HINT, &st, 0) == 0);
	if (st.st_size > 0)
		rig_whole(spool, SPOOL_READY, 1, &scene->message);
	answers(st.st_size == 0, outcome);
}

/* check_move - in one place exactly */
static void
check_move(const struct scene *scene, const struct spool *spool,
    enum spool_place to, enum outcome outcome)
{
	bool ready = is_there(scene, spool, SPOOL_READY, 1);
	bool failed = is_there(scene, spool, SPOOL_FAILED, 1);

	must(ready != failed);
	must(rig_files(scene->dir, "ready") == ready);
	must(rig_files(scene->dir, "failed") == failed);
	answers(to == SPOOL_READY ? ready : failed, outcome);
}

static void
check_keep(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	check_move(scene, spool, SPOOL_FAILED, outcome);
}

static void
check_requeue(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	check_move(scene, spool, SPOOL_READY, outcome);
}

static void
check_divert(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	struct spool_entry entry;

	must(rig_files(scene->dir, "ready") == 1);
	rig_whole(spool, SPOOL_READY, 1, &scene->message);
	must(rig_find(spool, SPOOL_READY, 1, &entry));
	must(entry.why == (entry.since == 0 ? SPOOL_WHY_NOT : SPOOL_WHY_TLS));
	must(entry.attempts == 0);
	answers(entry.why == SPOOL_WHY_TLS, outcome);
}

static void
check_damaged(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	bool ready = is_there(scene, spool, SPOOL_READY, 1);

	must(rig_files(scene->dir, "failed") == !ready);
	answers(!ready, outcome);
}

/* check_open - whatever became of it, the next one works */
static void
check_open(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	struct spool *writer = rig_open(scene->dir);

	(void)outcome;
	rig_commit(writer, &scene->message, 2);
	spool_close(writer);
	rig_whole(spool, SPOOL_READY, 2, &scene->message);
	must(rig_files(scene->dir, "ready") == 1);
}

/* check_untouched - the copy is there, and alone: what a crash had left is gone
 * at the latest now */
static void
check_untouched(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	(void)outcome;
	rig_whole(spool, SPOOL_READY, 1, &scene->message);
	must(rig_files(scene->dir, "ready") == 1);
}

/* check_lock - it ended with the process */
static void
check_lock(const struct scene *scene, const struct spool *spool,
    enum outcome outcome)
{
	struct spool *next = rig_open(scene->dir);
	struct err err;

	(void)outcome;
	must(spool_holder(spool) == 0);
	must(spool_lock(next, &err) == 0);
	spool_close(next);
}

#endif
