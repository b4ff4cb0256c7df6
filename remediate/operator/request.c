/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/operator/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/act.h"
#include "remediate/plan.h"
#include "remediate/state/state_begun.h"
#include "remediate/state/state_lock.h"
#include "remediate/todo.h"
#include "remediate/undo.h"

enum { PATIENCE_MS = 60000 };

static int
complain(const struct err *err)
{
	fprintf(stderr, "tdc-remediator: remediate: %s\n", err->text);
	return err->kind == ERR_NEVER ? EX_DATAERR : EX_TEMPFAIL;
}

/* may_be - can a person ask for it?  Not when nobody knows which message is
 * meant, and not for what was undone. */
static bool
may_be(const struct todo *todo)
{
	if (*todo->action.undoing != '\0')
		return false;
	switch (todo->action.step) {
	case STATE_REPORTED:
	case STATE_DUE:
	case STATE_FAILED:
		return !todo->message.withdrawn && strcmp(todo->action.reason,
		    PLAN_SAME_ID) != 0;
	default:
		return false;
	}
}

static void
print_left(const struct todo *todo)
{
	const char *reason = todo->message.withdrawn ? UNDO_WITHDRAWN :
	    todo->action.reason;

	printf("MID %" PRIu64 " for %s: left as it is: %s%s%s%s\n",
	    todo->action.mid, ESCAPE(todo->action.recipient),
	    state_word(todo->action.step), *reason != '\0' ? " (" : "",
	    ESCAPE(reason), *reason != '\0' ? ")" : "");
}

static void
print_plan(const struct loop *loop, const struct todo *todo)
{
	printf("MID %" PRIu64 " for %s: would be remediated (%s): verdict %s, "
	    "Message-ID '%s', subject '%s'\n", todo->action.mid,
	    ESCAPE(todo->action.recipient), conf_remedial_action(
	    loop->rem.settings->conf.remediation_action),
	    ESCAPE(todo->message.word),
	    ESCAPE_INSIDE(todo->message.message_id, '\''),
	    ESCAPE_INSIDE(todo->message.subject, '\''));
}

/* ---- asking ---- */

/* begin_one - it is due then; a message is told of once */
static int
begin_one(struct remediator *rem, const struct todo *todo, bool first,
    struct err *err)
{
	own(str) char *text = mem_format("asked for by %s", rem->by);
	const struct state_request request = { .action = todo->action.id,
		.at = rem_now(rem), .batch = rem->batch, .text = text,
		.what = rem->settings->conf.remediation_action };
	bool asked;

	if (state_request(rem->state, &request, &asked, err) == -1)
		return -1;
	if (asked && first)
		log_event(remediation_begun,
		    (unsigned long long)todo->action.mid,
		    conf_remedial_action(request.what),
		    ESCAPE_INSIDE(rem->by, '\''), rem->host, rem->batch_name);
	return 0;
}

/* begin_all - of those that may be; the others are left out of the list */
static int
begin_all(struct remediator *rem, struct todo_list *list, struct err *err)
{
	const char *told = "";
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct todo *todo = &list->items[i];

		if (!may_be(todo)) {
			print_left(todo);
			continue;
		}
		if (rem_batch(rem, err) == -1 || begin_one(rem, todo,
		    strcmp(told, todo->message.id) != 0, err) == -1)
			return -1;
		told = todo->message.id;
		list->items[count++] = *todo;
	}
	list->count = count;
	return 0;
}

/* ---- doing ---- */

/* print_done - what came of one; an exit code */
static int
print_done(const struct remediator *rem, int64_t id)
{
	const struct state_query query = { .step = -1, .action = id };
	struct todo_list list;
	struct err err;
	int code = EX_OK;

	if (todo_find(rem->state, &query, &list, &err) == -1)
		return complain(&err);
	for (size_t i = 0; i < list.count; i++) {
		const struct state_action *action = &list.items[i].action;

		printf("MID %" PRIu64 " for %s: ", action->mid,
		    ESCAPE(action->recipient));
		if (action->due > 0) {
			printf("is tried again by tdc-remediator%s%s\n",
			    *action->reason != '\0' ? ": " : "",
			    ESCAPE(action->reason));
			code = EX_TEMPFAIL;
		} else {
			printf("%s%s%s\n", state_word(action->step),
			    *action->reason != '\0' ? ": " : "",
			    ESCAPE(action->reason));
			code = action->step == STATE_FAILED ? EX_UNAVAILABLE :
			    EX_OK;
		}
	}
	todo_drop(&list);
	return code;
}

/* give_way - to who waits, and come back */
static int
give_way(struct remediator *rem, struct err *err)
{
	if (!rem_gives_way(rem))
		return 0;
	state_unlock(rem->state, STATE_ACTS);
	if (rem_stops(rem))
		return err_set(err, ERR_LATER, "stopped; what is left is done "
		    "by tdc-remediator when it runs");
	return state_lock(rem->state, STATE_ACTS, PATIENCE_MS, err);
}

/* do_all - the worst exit code; what has failed for good is worse than what is
 * tried again */
static int
do_all(struct remediator *rem, const struct todo_list *list)
{
	int worst = EX_OK;

	for (size_t i = 0; i < list->count; i++) {
		int64_t id = list->items[i].action.id;
		struct err err;
		int code;

		if (give_way(rem, &err) == -1)
			return complain(&err);
		act_action(rem, id);
		code = print_done(rem, id);
		(void)fflush(stdout);
		if (worst == EX_OK || code == EX_UNAVAILABLE)
			worst = code;
	}
	return worst;
}

static int
run(struct remediator *rem, struct todo_list *list)
{
	struct err err;
	int code;

	rem_turn_begin(rem);
	code = begin_all(rem, list, &err) == -1 ? complain(&err) :
	    do_all(rem, list);
	rem_turn_end(rem);
	return code;
}

/* ---- the command ---- */

static int
find(struct loop *loop, const char *what, struct todo_list *out,
    struct err *err)
{
	if (todo_named(loop->rem.state, what, out, err) == -1)
		return -1;
	return out->count > 0 ? 0 : err_set(err, ERR_NEVER, "there is no "
	    "message, batch or MID '%s'", ESCAPE_INSIDE(what, '\''));
}

/* show - with -n */
static int
show(struct loop *loop, const char *what)
{
	struct todo_list list = { 0 };
	struct err err;

	if (find(loop, what, &list, &err) == -1)
		return complain(&err);
	for (size_t i = 0; i < list.count; i++)
		if (may_be(&list.items[i]))
			print_plan(loop, &list.items[i]);
		else
			print_left(&list.items[i]);
	todo_drop(&list);
	return EX_OK;
}

/* request_run - "remediate" */
int
request_run(struct loop *loop, int argc, char **argv)
{
	struct remediator *rem = &loop->rem;
	bool dry = loop->dry || (argc > 2 && strcmp(argv[2], "-n") == 0);
	own(str) char *asked = mem_format("asked for: %s", argv[1]);
	struct todo_list list = { 0 };
	struct err err;
	int code;

	if (argc > 2 && strcmp(argv[2], "-n") != 0) {
		(void)err_set(&err, ERR_NEVER, "'%s' is no option",
		    ESCAPE_INSIDE(argv[2], '\''));
		(void)complain(&err);
		return EX_USAGE;
	}
	if (dry)
		return show(loop, argv[1]);
	if (rem->settings->conf.remediation_mode != CONF_REMEDIATE_ACT) {
		(void)err_set(&err, ERR_NEVER, "nothing is touched: %s: "
		    "remediation_mode = report", conf_where(
		    &rem->settings->conf, "remediation_mode"));
		(void)complain(&err);
		return EX_CONFIG;
	}
	if (state_lock(rem->state, STATE_ACTS, PATIENCE_MS, &err) == -1)
		return complain(&err);
	rem->by = loop->person;
	rem->request = asked;
	code = find(loop, argv[1], &list, &err) == -1 ? complain(&err) :
	    run(rem, &list);
	rem->request = NULL;
	todo_drop(&list);
	state_unlock(rem->state, STATE_ACTS);
	return code;
}
