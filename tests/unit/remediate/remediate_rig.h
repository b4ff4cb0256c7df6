/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remediate_rig - a remediator on a state, a history, a store of directories and
 * a sendmail of its own, with a clock that the test sets
 */
#ifndef TESTS_REMEDIATE_RIG_H
#define TESTS_REMEDIATE_RIG_H

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "history/store.h"
#include "history/sums.h"
#include "remediate/act.h"
#include "remediate/caps.h"
#include "remediate/operator/pauses.h"
#include "remediate/plan.h"
#include "remediate/todo.h"
#include "remediate/undo.h"
#include "tests/unit/remediate/folder_store.h"
#include "tests/unit/scratch.h"

#define START	INT64_C(1700000000000)	/* ms: 2023-11-14T22:13:20Z */
#define MINUTE	INT64_C(60000)
#define HOUR	(60 * MINUTE)

static int64_t rig_now;
static char *rig_dir;
static struct settings rig_settings;
static struct remediator rem;

static const struct profile profile_one = { .name = "one",
	.backend = &folder_backend };
static const struct profile profile_two = { .name = "two",
	.backend = &folder_backend };

size_t	__wrap_profiles_chain(const struct profiles *, const char *,
	    const struct profile *const **);
size_t
__wrap_profiles_chain(const struct profiles *profiles, const char *name,
    const struct profile *const **out)
{
	static const struct profile *const one[] = { &profile_one };
	static const struct profile *const two[] = { &profile_two };
	static const struct profile *const both[] = { &profile_two,
		&profile_one };

	(void)profiles;
	*out = strcmp(name, "both") == 0 ? both :
	    strcmp(name, "two") == 0 ? two : one;
	return strcmp(name, "both") == 0 ? 2 : strcmp(name, "one") == 0 ||
	    strcmp(name, "two") == 0;
}

static inline int64_t
rig_clock(void)
{
	return rig_now;
}

static inline void
rig_mkdir(const char *rest)
{
	own(str) char *path = mem_format("%s/%s", rig_dir, rest);

	assert_int_equal(mkdir(path, 0700), 0);
}

/* rig_sendmail - keeps what it gets, each in a file of its own */
static inline char *
rig_sendmail(void)
{
	own(str) char *text = mem_format("#!/bin/sh\n"
	    "[ ! -e %s/refuse ] || { echo 'queue is full' >&2; exit 75; }\n"
	    "printf '%%s\\n' \"$*\" >%s/mail.$$.args\n"
	    "exec cat >%s/mail.$$\n", rig_dir, rig_dir, rig_dir);
	char *path = scratch_file(rig_dir, "sendmail", text);

	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static inline void
rig_open_state(void)
{
	own(str) char *path = mem_format("%s/state.db", rig_dir);
	struct err err;

	if (state_open(path, STATE_WRITE, &rem.state, &err) == -1)
		fail_msg("%s", err.text);
}

/* rig_conf - more lines of tdc.cf */
static inline void
rig_conf(const char *more)
{
	own(str) char *text = mem_format("intake_address = in@take.example\n"
	    "helo_name = gw.example\nhistory_database = %s/history.db\n"
	    "remediation_mode = act\n"
	    "remediation_action = forward-and-delete\n"
	    "remediation_forward_to = soc@corp.example\n%s", rig_dir, more);
	struct err err;

	conf_drop(&rig_settings.conf);
	if (conf_parse("tdc.cf", text, &rig_settings.conf, &err) == -1)
		fail_msg("%s", err.text);
	free(rig_settings.gateways);
	rig_settings.gateways = mem_text(rig_settings.conf.helo_name);
}

static inline void
rig_domains(const char *value)
{
	own(str) char *name = mem_format("inline:{corp.example=%s}", value);
	struct err err;

	maps_free(rig_settings.domains);
	if (maps_load(name, &rig_settings.domains, &err) == -1)
		fail_msg("%s", err.text);
}

static inline int
rig_up(void **state)
{
	struct err err;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	rig_now = START;
	rig_dir = scratch_new();
	rig_mkdir("store");
	rig_mkdir("store/.quarantine");
	rig_mkdir("store/bob@corp.example");
	rig_mkdir("store/bob@corp.example/INBOX");
	rig_mkdir("store/bob@corp.example/Later");
	rig_mkdir("store/ann@corp.example");
	rig_mkdir("store/ann@corp.example/INBOX");
	store_root = mem_format("%s/store", rig_dir);
	store_result = store_found = MAILBOX_DONE;
	store_opens = 0;
	memset(store_searches, 0, sizeof(store_searches));
	store_point = NULL;
	store_hook = NULL;
	rig_settings = (struct settings){ .origin = mem_text("") };
	rig_conf("");
	rig_domains("one");
	assert_int_equal(maps_load("", &rig_settings.mailboxes, &err), 0);
	assert_int_equal(maps_load("", &rig_settings.aliases, &err), 0);
	rig_settings.sendmail = rig_sendmail();
	rem = (struct remediator){ .settings = &rig_settings, .host = "gw",
	    .by = "tdc-remediator", .clock = rig_clock, .failures = BUF };
	rig_open_state();
	return 0;
}

static inline int
rig_down(void **state)
{
	(void)state;
	rem.state = state_close(rem.state);
	buf_drop(&rem.failures);
	maps_free(rig_settings.domains);
	maps_free(rig_settings.mailboxes);
	maps_free(rig_settings.aliases);
	free(rig_settings.origin);
	free(rig_settings.gateways);
	free(rig_settings.sendmail);
	conf_drop(&rig_settings.conf);
	free((char *)store_root);
	scratch_free(rig_dir);
	return 0;
}

/* A message as it is in a mailbox; NULL: as most are. */
struct mail {
	const char	*queue_id;	/* "": no Received: of ours */
	const char	*id;
	const char	*by;
	int64_t		 time;		/* of Received:, 0: START */
	const char	*subject;
	const char	*more;		/* other fields, with their line ends */
};

static inline char *
mail_text(const struct mail *mail)
{
	own(buf) struct buf out = BUF;
	char date[CLOCK_RFC5322];
	const char *id = mail->id != NULL ? mail->id : "<1@x.example>";

	if (*mail->queue_id != '\0')
		buf_format(&out, "Received: from mx.x.example (mx.x.example "
		    "[192.0.2.1])\n\tby %s (Postfix) with ESMTP id %s\n"
		    "\tfor <bob@corp.example>; %s\n", mail->by != NULL ?
		    mail->by : "gw.example", mail->queue_id,
		    clock_rfc5322(mail->time != 0 ? mail->time : START, date));
	if (*id != '\0')
		buf_texts(&out, "Message-ID: ", id, "\n");
	buf_format(&out, "From: a@x.example\n"
	    "To: bob@corp.example\nDate: Tue, 14 Nov 2023 22:13:20 +0000\n"
	    "Subject: %s\n%s\nhello\n",
	    mail->subject != NULL ? mail->subject : "bad",
	    mail->more != NULL ? mail->more : "");
	return buf_give(&out);
}

/* put - that message in a folder, "bob@corp.example/INBOX/1" */
static inline void
put(const char *where, const struct mail *mail)
{
	own(str) char *text = mail_text(mail);
	own(str) char *name = mem_format("store/%s", where);
	own(str) char *path = scratch_file(rig_dir, name, text);
	const struct timespec at = clock_timespec(START);
	const struct timespec both[2] = { at, at };

	assert_int_equal(utimensat(AT_FDCWD, path, both, 0), 0);
}

static inline bool
is_there(const char *where)
{
	own(str) char *path = mem_format("%s/store/%s", rig_dir, where);

	return access(path, F_OK) == 0;
}

/* files - how many names of a directory begin so and have no other dot */
static inline unsigned
files(const char *dir, const char *begin)
{
	own(str) char *path = mem_format("%s/%s", rig_dir, dir);
	own(dir) DIR *open = opendir(path);
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(open);
	while ((entry = readdir(open)) != NULL)
		count += strncmp(entry->d_name, begin, strlen(begin)) == 0 &&
		    strstr(entry->d_name, ".args") == NULL &&
		    strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	return count;
}

/* A copy of the history. */
struct copy {
	uint64_t	 mid;
	const char	*queue_id, *id, *client, *to, *to2;
	const char	*sender;
	int64_t		 accepted;	/* and given away */
};

static inline void
journal(const struct copy *copy)
{
	own(str) char *path = mem_format("%s/history.db", rig_dir);
	own(str) char *text = mail_text(&(struct mail){ .queue_id = "",
	    .id = copy->id });
	const char *to[] = { copy->to != NULL ? copy->to : "bob@corp.example",
		copy->to2 };
	struct history_row row = { .envelope = { .mid = copy->mid,
	    .intake = "in@take.example", .sender = copy->sender != NULL ?
	    copy->sender : "a@x.example",
	    .recipients = to, .recipient_count = copy->to2 != NULL ? 2 : 1,
	    .queue_id = copy->queue_id, .message_id = copy->id != NULL ?
	    copy->id : "<1@x.example>", .client_addr = copy->client != NULL ?
	    copy->client : "192.0.2.1", .client_name = "x", .helo = "x",
	    .protocol = "ESMTP", .gateway = "gw", .policy = "p",
	    .accepted = copy->accepted != 0 ? copy->accepted : START },
	    .fate = { .verdict = "delivered", .reply = "", .ended = copy->accepted != 0 ?
	    copy->accepted : START } };
	struct store *store;
	struct err err;

	sums_header(text, strlen(text), row.fate.header_sum);
	sums_fields(text, strlen(text), row.fate.fields_sum);
	if (store_open(path, &store, &err) == -1 ||
	    store_begin(store, &err) == -1 ||
	    store_add(store, &row, &err) == -1 ||
	    store_commit(store, 1, 1, &err) == -1)
		fail_msg("%s", err.text);
	store_close(store);
}

static const char *const bob_alone[] = { "bob@corp.example" };
#define SAYS { .id = "id-1", .message_id = "<1@x.example>", \
	.timestamp = START, .verdict = API_PHISHING, .word = "phishing", \
	.direction = "incoming", .sender = "a@x.example", .return_path = "", \
	.subject = "bad", \
	.mailboxes = bob_alone, .mailbox_count = 1, .action = "", \
	.client = "192.0.2.1", .header = "" }

static inline void
turn(void)
{
	rem_turn_begin(&rem);
	caps_poll(&rem);
	plan_turn(&rem);
	caps_check(&rem);
	act_turn(&rem);
	rem_turn_end(&rem);
}

static inline void
say(const struct api_message *message)
{
	plan_see(&rem, message);
	turn();
}

/* one - the only action, or the one of that recipient */
static inline struct todo_list
one(const char *recipient)
{
	const struct state_query query = { .step = -1,
		.recipient = recipient };
	struct todo_list list;
	struct err err;

	assert_int_equal(todo_find(rem.state, &query, &list, &err), 0);
	assert_int_equal(list.count, 1);
	return list;
}

static inline void
expect(const char *recipient, enum state_step step, const char *reason)
{
	struct todo_list list = one(recipient);

	assert_string_equal(state_word(list.items[0].action.step),
	    state_word(step));
	assert_string_equal(list.items[0].action.reason, reason);
	todo_drop(&list);
}

#endif
