/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy in force.  Getting it takes one mutex, held while a count is
 * incremented; a table is read by the thread of policy_refresh(), or by the
 * one that reloads, while all others go on with the old table.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "policy/pattern/pattern.h"
#include "policy/policy_private.h"
#include "policy/table/stamp.h"

/* What the last look at a table found; zero: all was well. */
struct watch {
	bool		 broken;
	struct stamp	 stamp;		/* of the file that is broken */
	struct err	 err;		/* why, as last reported */
	int64_t		 locked;	/* since when, 0: not */
};

struct policy_live {
	pthread_mutex_t	 lock;
	struct policy	*current;
	unsigned	 swaps;		/* of policies, not of tables */
	/* for policy_refresh() only */
	struct watch	*watches;	/* by number of the table */
	size_t		 watch_count;
	unsigned	 watched;	/* swaps that they belong to */
};

/* policy_live_new - takes the policy; new */
struct policy_live *
policy_live_new(struct policy *policy)
{
	struct policy_live *live = mem_new(sizeof(*live));

	pthread_mutex_init(&live->lock, NULL);
	live->current = policy;
	live->watches = mem_new(policy->table_count * sizeof(struct watch));
	live->watch_count = policy->table_count;
	return live;
}

/* policy_live_free - the policy itself lives until its last holder leaves */
struct policy_live *
policy_live_free(struct policy_live *live)
{
	if (live == NULL)
		return NULL;
	policy_leave(live->current);
	pthread_mutex_destroy(&live->lock);
	free(live->watches);
	free(live);
	return NULL;
}

/* hold - the policy in force, and how many swaps it took */
static struct policy *
hold(struct policy_live *live, unsigned *out_swaps)
{
	struct policy *policy;

	pthread_mutex_lock(&live->lock);
	policy = live->current;
	atomic_fetch_add(&policy->users, 1);	/* before anyone can swap */
	*out_swaps = live->swaps;
	pthread_mutex_unlock(&live->lock);
	return policy;
}

/* policy_hold - the policy in force, until policy_leave() */
struct policy *
policy_hold(struct policy_live *live)
{
	unsigned unused;

	return hold(live, &unused);
}

/* policy_swap - put another policy in force */
void
policy_swap(struct policy_live *live, struct policy *policy)
{
	struct policy *old;

	pthread_mutex_lock(&live->lock);
	old = live->current;
	live->current = policy;
	live->swaps++;
	pthread_mutex_unlock(&live->lock);
	policy_leave(old);
}

/* replace - put a renewed policy in force, unless another one came first */
static bool
replace(struct policy_live *live, struct policy *old, struct policy *renewed)
{
	bool still;

	pthread_mutex_lock(&live->lock);
	still = live->current == old;
	if (still)
		live->current = renewed;
	pthread_mutex_unlock(&live->lock);
	policy_leave(still ? old : renewed);
	return still;
}

/* is_news - a broken table is reported once for each state of its file; not
 * just after a write, and not because postmap takes its time */
static bool
is_news(struct watch *watch, const struct stamp *stamp,
    const struct err *err)
{
	if (err->sys == EWOULDBLOCK) {
		if (watch->locked == 0)
			watch->locked = clock_now();
		if (clock_now() - watch->locked < TABLE_PATIENCE)
			return false;
	} else {
		watch->locked = 0;
		if (stamp->fresh)
			return false;
	}
	return !watch->broken || strcmp(watch->err.text, err->text) != 0 ||
	    (err->kind == ERR_NEVER && !stamp_same(&watch->stamp, stamp));
}

/* room_for - a table, beside the others as they are */
static size_t
room_for(const struct policy *policy, size_t i)
{
	size_t left = PATTERNS_TOGETHER;

	for (size_t k = 0; k < policy->table_count; k++) {
		size_t bytes = table_bytes(rules_table(policy->tables[k]));

		if (k != i)
			left -= bytes < left ? bytes : left;
	}
	return left;
}

/* look - load a table again if its file has changed; NULL: it has not, or is
 * broken, or locked for longer than patience */
static struct rules *
look(struct watch *watch, const struct policy *policy, size_t i,
    int64_t patience, const struct policy_news *news)
{
	struct rules_options options = policy_rules_options(policy, patience,
	    rules_of_headers(policy->tables[i]));
	const struct table *table = rules_table(policy->tables[i]);
	size_t left = room_for(policy, i);
	struct rules *fresh;
	struct stamp stamp;
	struct err err;
	int result;

	if (table_is_current(table, &stamp)) {
		*watch = (struct watch){ 0 };
		return NULL;
	}
	if (watch->broken && watch->err.kind == ERR_NEVER &&
	    !watch->stamp.fresh && stamp_same(&watch->stamp, &stamp))
		return NULL;		/* as bad as before */
	patterns_budget(&left);
	result = rules_load(table_name(table), &options, &fresh, &err);
	patterns_budget(NULL);
	if (result == 0)
		return fresh;
	if (is_news(watch, &stamp, &err)) {
		news->broken(table_name(table), err.text);
		watch->broken = true;
		watch->stamp = stamp;
		watch->err = err;
	}
	return NULL;
}

/* put - put the fresh tables in force, then report them */
static void
put(struct policy_live *live, struct policy *old, struct rules **fresh,
    const struct policy_news *news)
{
	struct policy *renewed = policy_renew(old, fresh);

	atomic_fetch_add(&renewed->users, 1);	/* ours, while we report */
	if (!replace(live, old, renewed))
		goto out;
	for (size_t i = 0; i < old->table_count; i++) {
		const struct table *table = rules_table(renewed->tables[i]);

		if (fresh[i] == NULL)
			continue;
		if (live->watches[i].broken ||
		    !table_same(rules_table(old->tables[i]), table))
			news->changed(table_name(table), table_entries(table));
		live->watches[i] = (struct watch){ 0 };
	}
out:
	policy_leave(renewed);
}

/* watch_all - one watch for each table of a policy that was swapped in */
static void
watch_all(struct policy_live *live, const struct policy *policy,
    unsigned swaps)
{
	if (swaps == live->watched)
		return;
	free(live->watches);
	live->watches = mem_new(policy->table_count * sizeof(struct watch));
	live->watch_count = policy->table_count;
	live->watched = swaps;
}

/* look_at - all tables, without waiting for any; or those that were locked
 * then, waiting a little for all of them together */
static void
look_at(struct policy_live *live, bool locked, const struct policy_news *news)
{
	int64_t deadline = clock_now() + TABLE_IMPATIENCE, patience = 0;
	unsigned swaps;
	struct policy *policy = hold(live, &swaps);
	size_t count = policy->table_count;
	struct rules **fresh = mem_new(count * sizeof(*fresh));
	bool any = false;

	watch_all(live, policy, swaps);
	for (size_t i = 0; i < count; i++) {
		if (locked) {
			patience = deadline - clock_now();
			if (live->watches[i].locked == 0 || patience <= 0)
				continue;
		}
		fresh[i] = look(&live->watches[i], policy, i, patience, news);
		any = any || fresh[i] != NULL;
	}
	if (any)
		put(live, policy, fresh, news);
	free(fresh);
	policy_leave(policy);
}

/* policy_refresh - see which tables have changed */
void
policy_refresh(struct policy_live *live, const struct policy_news *news)
{
	look_at(live, false, news);
	look_at(live, true, news);
}

/* policy_stale - as last seen */
unsigned
policy_stale(const struct policy_live *live)
{
	unsigned stale = 0;

	for (size_t i = 0; i < live->watch_count; i++)
		stale += live->watches[i].broken;
	return stale;
}

/* policy_reload - the policy for changed parameters; new */
int
policy_reload(struct policy_live *live, const struct conf *conf,
    struct policy **out, struct err *err)
{
	struct policy *before = policy_hold(live);
	int result = policy_load_after(before, conf, out, err);

	policy_leave(before);
	return result;
}
