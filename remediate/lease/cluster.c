/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "remediate/lease/amend.h"
#include "remediate/lease/cluster_place.h"
#include "remediate/lease/lease.h"
#include "remediate/lease/verdict_json.h"

enum { READ_EVERY = 5000 };	/* ms */

struct cluster {
	struct cluster_options options;
	const struct verdict_source *inner;
	struct verdict_source source;

	struct cluster_place place;
	struct lease	*lease;		/* NULL: not opened yet */
	bool		 on;
	bool		 ours;		/* as it was told */
	bool		 due;		/* it has become ours */
	char		*theirs;
	bool		 failed;	/* to keep it */
	struct err	 failure;
	int64_t		 next_read;	/* clock_boot() */

	bool		 polled;	/* by us, last */
	bool		 unpublished;	/* something of that poll */
	struct err	 why;
};

/* ---- the lease ---- */

static int
need_lease(struct cluster *cluster, struct err *err)
{
	return cluster->lease != NULL ? 0 : lease_open(
	    &cluster->place.options, &cluster->lease, err);
}

/* tell_changes - who polls, when that has changed */
static void
tell_changes(struct cluster *cluster)
{
	bool ours = lease_is_mine(cluster->lease);
	const char *theirs = ours ? "" : lease_holder(cluster->lease);

	if (ours != cluster->ours)
		cluster->options.tell(ours ? CLUSTER_OURS : CLUSTER_NOT_OURS,
		    "");
	if (*theirs != '\0' && strcmp(theirs, cluster->theirs) != 0)
		cluster->options.tell(CLUSTER_THEIRS, theirs);
	cluster->due = ours && (cluster->due || !cluster->ours);
	cluster->ours = ours;
	if (*theirs != '\0' || ours) {
		free(cluster->theirs);
		cluster->theirs = mem_text(theirs);
	}
}

/* hold - take it or keep it; *out: it is ours */
static int
hold(struct cluster *cluster, bool *out, struct err *err)
{
	if (need_lease(cluster, err) == -1)
		return -1;
	if (lease_mine(cluster->lease, out, err) == -1) {
		tell_changes(cluster);
		return -1;
	}
	tell_changes(cluster);
	return 0;
}

/* cluster_keep - why it could not is told at the next turn */
void
cluster_keep(struct cluster *cluster)
{
	bool mine;

	if (cluster != NULL && cluster->on && cluster->lease != NULL &&
	    hold(cluster, &mine, &cluster->failure) == -1)
		cluster->failed = true;
}

/* ---- what was published ---- */

struct given {
	struct cluster	*cluster;
	api_each	*each;
	void		*arg;
};

/* tell_odd - no later one must wait for one that cannot be used */
static void
tell_odd(const struct cluster *cluster, const char *id, const struct err *err)
{
	own(str) char *text = mem_format("etcd: '%s': %s",
	    ESCAPE_INSIDE(id, '\''), err->text);

	cluster->options.tell(CLUSTER_TROUBLE, text);
}

static int
give(void *arg, const char *id, const char *text, size_t n, struct err *err)
{
	struct given *given = arg;
	struct arena arena = { 0 };
	struct api_message message;
	struct err odd;

	(void)err;
	if (verdict_json_read(text, n, &arena, &message, &odd) == -1)
		tell_odd(given->cluster, id, &odd);
	else if (strcmp(message.id, id) != 0)
		tell_odd(given->cluster, id, &(struct err){
		    .text = "a verdict on another message" });
	else
		given->each(given->arg, &message);
	arena_drop(&arena);
	return 0;
}

static int
read_news(struct cluster *cluster, api_each *each, void *arg,
    struct err *err)
{
	struct given given = { cluster, each, arg };

	cluster->next_read = clock_boot() + READ_EVERY;
	return lease_read(cluster->lease, give, &given, err);
}

/* ---- as a source ---- */

/* publish - and when that fails, nothing more of this poll.  What never can be
 * is known to this gateway alone */
static void
publish(void *arg, const struct api_message *message)
{
	const struct given *given = arg;
	struct cluster *cluster = given->cluster;
	own(buf) struct buf text = BUF;
	struct err err;
	bool mine;

	if (cluster->unpublished)
		return;
	if (verdict_json_write(message, &text, &err) == 0 &&
	    hold(cluster, &mine, &err) == 0 && lease_publish(cluster->lease,
	    message->id, text.data, text.len, &err) != -1)
		return;
	if (err.kind == ERR_NEVER && lease_is_mine(cluster->lease)) {
		tell_odd(cluster, message->id, &err);
		given->each(given->arg, message);
		return;
	}
	cluster->unpublished = true;
	cluster->why = err;
}

/* poll_inner - as the holder */
static int
poll_inner(struct cluster *cluster, int64_t now, struct given *given,
    struct err *err)
{
	const struct verdict_source *inner = cluster->inner;

	cluster->unpublished = false;
	if (inner->poll(inner->arg, now, publish, given, err) == -1)
		return -1;
	if (cluster->unpublished) {
		*err = cluster->why;
		return err_wrap(err, "this poll is not told to the others, and "
		    "is made again");
	}
	cluster->polled = true;
	return 0;
}

static int
run_poll(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	struct cluster *cluster = arg;
	struct given given = { cluster, each, each_arg };
	bool mine;

	cluster->polled = false;
	if (hold(cluster, &mine, err) == -1 ||
	    (mine && poll_inner(cluster, now, &given, err) == -1))
		return -1;
	return lease_reached(cluster->lease) ? read_news(cluster, each,
	    each_arg, err) : 0;
}

static int
run_done(void *arg, struct err *err)
{
	const struct cluster *cluster = arg;

	return cluster->polled ? cluster->inner->done(cluster->inner->arg,
	    err) : 0;
}

/* run_turn - a poll is due at once when it has become ours */
static int
run_turn(void *arg, api_each *each, void *each_arg, bool *due,
    struct err *err)
{
	struct cluster *cluster = arg;
	bool mine;

	if (cluster->failed) {
		cluster->failed = false;
		*err = cluster->failure;
		return -1;
	}
	if (hold(cluster, &mine, err) == -1)
		return -1;
	*due = cluster->due;
	cluster->due = false;
	if (!lease_reached(cluster->lease) ||
	    clock_boot() < cluster->next_read)
		return 0;
	return read_news(cluster, each, each_arg, err);
}

static void
run_again(void *arg)
{
	const struct cluster *cluster = arg;

	if (cluster->lease != NULL)
		lease_again(cluster->lease);
}

static int
run_test(void *arg, struct buf *said, struct err *err)
{
	struct cluster *cluster = arg;
	const struct verdict_source *inner = cluster->inner;

	if (inner->test(inner->arg, said, err) == -1 ||
	    need_lease(cluster, err) == -1 ||
	    lease_test(cluster->lease, err) == -1)
		return -1;
	buf_text(said, "; etcd: ok, ");
	if (*lease_holder(cluster->lease) != '\0')
		buf_texts(said, ESCAPE(lease_holder(cluster->lease)),
		    " polls");
	else
		buf_text(said, "nobody polls");
	return 0;
}

static int
run_verdict_now(void *arg, const char *id, enum api_verdict *out,
    struct err *err)
{
	struct cluster *cluster = arg;
	const struct verdict_source *inner = cluster->inner;
	enum api_verdict verdict;

	if (need_lease(cluster, err) == -1 ||
	    inner->verdict_now(inner->arg, id, &verdict, err) == -1 ||
	    amend_verdict(cluster->lease, id, verdict, err) == -1)
		return -1;
	*out = verdict;
	return 0;
}

static int
run_search(void *arg, const struct api_window *window, api_each *each,
    void *each_arg, struct err *err)
{
	const struct cluster *cluster = arg;

	return cluster->inner->search(cluster->inner->arg, window, each,
	    each_arg, err);
}

/* ---- the object ---- */

/* cluster_new - nobody is asked yet */
struct cluster *
cluster_new(const struct cluster_options *options)
{
	struct cluster *cluster = mem_new(sizeof(*cluster));

	*cluster = (struct cluster){ .options = *options,
	    .theirs = mem_text(""),
	    .source = { .poll = run_poll, .done = run_done,
	    .turn = run_turn, .again = run_again, .test = run_test,
	    .verdict_now = run_verdict_now, .search = run_search,
	    .arg = cluster } };
	return cluster;
}

/* drop_lease - and let another have it */
static void
drop_lease(struct cluster *cluster)
{
	if (cluster->lease != NULL)
		lease_leave(cluster->lease);
	cluster->lease = lease_close(cluster->lease);
	cluster->ours = cluster->due = cluster->failed = false;
	cluster->next_read = 0;
}

/* cluster_over - a lease that we hold stays ours over a reload that changes
 * nothing of it */
const struct verdict_source *
cluster_over(struct cluster *cluster, const struct conf *conf,
    const struct verdict_source *source, bool polls)
{
	struct cluster_place place = cluster_place_of(&cluster->options, conf);

	cluster->inner = source;
	cluster->on = conf->cluster == CONF_CLUSTER_ETCD && source != NULL &&
	    polls;
	if (cluster->on && cluster_place_is(&cluster->place, &place)) {
		cluster_place_drop(&place);
		return &cluster->source;
	}
	drop_lease(cluster);
	cluster_place_drop(&cluster->place);
	cluster->place = place;
	return cluster->on ? &cluster->source : source;
}

/* cluster_free - and leave; NULL */
struct cluster *
cluster_free(struct cluster *cluster)
{
	if (cluster == NULL)
		return NULL;
	drop_lease(cluster);
	cluster_place_drop(&cluster->place);
	free(cluster->theirs);
	free(cluster);
	return NULL;
}
