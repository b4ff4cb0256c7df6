/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/commands.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/caps.h"
#include "remediate/operator/pauses.h"
#include "remediate/operator/request.h"
#include "remediate/state/state_lock.h"
#include "remediate/todo.h"
#include "remediate/undo.h"

enum { PATIENCE_MS = 60000 };

static int
complain(int code, const char *text)
{
	fprintf(stderr, "tdc-remediator: %s\n", text);
	return code;
}

static int
complain_err(const struct err *err)
{
	return complain(rem_exit_code(err, EX_DATAERR), err->text);
}

/* commands_by - the one behind sudo, or the one we are */
char *
commands_by(void)
{
	const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	struct passwd entry, *user = NULL;
	char room[4096];

	if (sudo != NULL && getpwnam(sudo) != NULL)
		return mem_text(sudo);
	return getpwuid_r(getuid(), &entry, room, sizeof(room), &user) == 0 &&
	    user != NULL ? mem_text(user->pw_name) :
	    mem_format("uid %u", (unsigned)getuid());
}

/* ---- undo ---- */

/* print_undone - what came of one recipient */
static void
print_undone(const struct todo *todo, unsigned count)
{
	static const enum state_step gone[] = { STATE_PURGED, STATE_RESTORED,
		STATE_WITHDRAWN };
	const char *was = state_word(todo->action.step);

	printf("MID %" PRIu64 " for %s: ", todo->action.mid,
	    ESCAPE(todo->action.recipient));
	if (count > 0) {
		printf("restored %u message%s\n", count, count == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		if (todo->action.step == gone[i]) {
			printf("is %s already\n", was);
			return;
		}
	if (todo->action.step == STATE_DONE || (todo->action.step ==
	    STATE_FAILED && todo->action.due == 0))
		printf("nothing to restore (%s)\n", was);
	else
		printf("will not be remediated\n");
}

/* undo_each - all that was found; an exit code */
static int
undo_each(const struct loop *loop, const struct todo_list *list)
{
	int code = EX_OK;

	for (size_t i = 0; i < list->count; i++) {
		const struct todo *todo = &list->items[i];
		struct err err;
		unsigned count;

		if (undo_action(&loop->rem, todo, loop->person, &count,
		    &err) == 0) {
			print_undone(todo, count);
			continue;
		}
		err_wrap(&err, "MID %" PRIu64 " for %s", todo->action.mid,
		    ESCAPE(todo->action.recipient));
		code = complain(EX_TEMPFAIL, err.text);
	}
	return code;
}

static int
do_undo(struct loop *loop, int argc, char **argv)
{
	struct todo_list list = { 0 };
	struct err err;
	int code;

	(void)argc;
	if (state_lock(loop->rem.state, STATE_ACTS, PATIENCE_MS, &err) == -1)
		return complain_err(&err);
	if (todo_named(loop->rem.state, argv[1], &list, &err) == -1) {
		code = complain_err(&err);
	} else if (list.count == 0) {
		err_set(&err, ERR_NEVER, "undo: there is no message, batch or "
		    "MID '%s'", ESCAPE_INSIDE(argv[1], '\''));
		code = complain_err(&err);
	} else {
		code = undo_each(loop, &list);
	}
	todo_drop(&list);
	state_unlock(loop->rem.state, STATE_ACTS);
	return code;
}

/* ---- resume, once ---- */

/* resume_one - a recipient; what stops all stays */
static int
resume_one(struct loop *loop, const char *recipient)
{
	own(str) char *why = NULL;
	struct err err;

	if (state_paused(loop->rem.state, recipient, &why, &err) == -1)
		return complain_err(&err);
	if (*why == '\0') {
		err_set(&err, ERR_NEVER, "resume: remediation was not stopped "
		    "for '%s'", ESCAPE_INSIDE(recipient, '\''));
		return complain_err(&err);
	}
	if (pauses_resume(&loop->rem, loop->person, recipient, &err) == -1)
		return complain_err(&err);
	printf("remediation goes on for %s (it had stopped: %s)\n",
	    ESCAPE(recipient), ESCAPE(why));
	if (caps_paused(&loop->rem))
		puts("all remediation is still stopped: tdc-remediator resume");
	return EX_OK;
}

/* add_resumed - to what is said when it goes on indeed */
static void
add_resumed(void *arg, const char *recipient, const char *why)
{
	buf_texts(arg, "remediation goes on for ", ESCAPE(recipient),
	    " (it had stopped: ", ESCAPE(why), ")\n");
}

static int
do_resume(struct loop *loop, int argc, char **argv)
{
	struct state *state = loop->rem.state;
	own(str) char *why = NULL;
	own(buf) struct buf lines = BUF;
	struct err err;
	int count;

	if (argc > 1)
		return resume_one(loop, argv[1]);
	if (state_noted(state, STATE_NOTE_PAUSE, &why, &err) == -1)
		return complain_err(&err);
	count = state_pauses(state, add_resumed, &lines, &err);
	if (count == -1)
		return complain_err(&err);
	if (count == 0 && *why == '\0') {
		puts("remediation was not stopped");
		return EX_OK;
	}
	if (pauses_resume(&loop->rem, loop->person, NULL, &err) == -1)
		return complain_err(&err);
	fputs(lines.data, stdout);
	if (*why != '\0')
		printf("remediation goes on (it had stopped: %s)\n",
		    ESCAPE(why));
	return EX_OK;
}

static int
do_once(struct loop *loop, int argc, char **argv)
{
	struct err err;

	(void)argc, (void)argv;
	if (loop_once(loop, &err) == 0)
		return EX_OK;
	return complain(rem_exit_code(&err, EX_CONFIG), err.text);
}

static const struct command commands[] = {
	{ "undo", " ID|BATCH|MID", 1, 1, do_undo },
	{ "remediate", " ID|BATCH|MID [-n]", 1, 2, request_run },
	{ "resume", " [ADDRESS]", 0, 1, do_resume },
	{ "once", "", 0, 0, do_once },
	{ "find", " MESSAGE-ID [MINUTES]", 1, 2, commands_search },
};

/* commands_find - by its first word */
const struct command *
commands_find(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command *command = &commands[i];

		if (strcmp(argv[0], command->name) != 0)
			continue;
		if (argc - 1 >= command->least && argc - 1 <= command->most)
			return command;
		fprintf(stderr, "tdc-remediator: %s: %s\nusage: tdc-remediator "
		    "[-c FILE] %s%s\n", command->name,
		    argc - 1 < command->least ? "something is missing" :
		    "too many words", command->name, command->arguments);
		return NULL;
	}
	fprintf(stderr, "tdc-remediator: there is no command '%s': it is undo, "
	    "remediate, resume, once or find\n", ESCAPE_INSIDE(argv[0], '\''));
	return NULL;
}
