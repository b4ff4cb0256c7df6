/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * person_rig - what a person asks of tdc-remediator, another process beside it, and a
 * clock at which nobody waits
 *
 *	there_is();
 *	assert_int_equal(command("undo", "id-1"), EX_OK);
 *	says("MID 7 for bob@corp.example: restored 1 message\n");
 *
 *	WRAP: clock_now log_write nanosleep profiles_chain
 */
#ifndef TESTS_PERSON_RIG_H
#define TESTS_PERSON_RIG_H

#include "tests/unit/remediate/remediate_rig.h"

#include <sysexits.h>

#include "remediate/commands.h"
#include "remediate/state/state_lock.h"
#include "tests/unit/remediate/nobody_waits.h"
#include "tests/unit/remediate/operator/said.h"
#include "tests/unit/remediate/told.h"

static struct state *other;		/* another process's */
static const struct verdict_source *asked;	/* of all commands */

static inline int
set_up(void **state)
{
	own(str) char *path = NULL;
	struct err err;

	rig_up(state);
	path = mem_format("%s/state.db", rig_dir);
	assert_int_equal(state_open(path, STATE_WRITE, &other, &err), 0);
	memset(told, 0, sizeof(told));
	slept = 0;
	when_waiting = NULL;
	asked = NULL;
	return 0;
}

static inline int
tear_down(void **state)
{
	other = state_close(other);
	return rig_down(state);
}

/* run - that command line; how it ends, and what it says */
static inline int
run(int argc, char **argv)
{
	struct loop loop = { .rem = rem, .source = asked, .person = "alice" };
	const struct command *command;
	int code = EX_USAGE;

	loop.rem.failures = (struct buf)BUF;
	said_begin(rig_dir);
	command = commands_find(argc, argv);
	if (command != NULL)
		code = command->run(&loop, argc, argv);
	said_end();
	buf_drop(&loop.rem.failures);
	return code;
}

/* command - of one or two words */
static inline int
command(const char *word, const char *what)
{
	char *argv[] = { (char *)word, (char *)what, NULL };

	return run(what == NULL ? 1 : 2, argv);
}

/* says, complains - that, and nothing on the other one */
static inline void
says(const char *text)
{
	assert_string_equal(said_err, "");
	assert_string_equal(said_out, text);
}

static inline void
complains(const char *text)
{
	own(str) char *whole = mem_format("tdc-remediator: %s\n", text);

	assert_string_equal(said_out, "");
	assert_string_equal(said_err, whole);
}

static const char *const bob_and_ann[] = { "bob@corp.example",
	"ann@corp.example" };

/* there_is - a message for bob, and its verdict, which is dealt with */
static inline void
there_is(void)
{
	const struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	say(&message);
}

/* there_are - the same for two */
static inline void
there_are(void)
{
	struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .to2 = "ann@corp.example" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	put("ann@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	message.mailboxes = bob_and_ann;
	message.mailbox_count = 2;
	say(&message);
}

static inline bool
at_inbox(void)
{
	return is_there("bob@corp.example/INBOX/1");
}

#endif
