/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the past, from what Postfix and tdc-milter logged. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "control/control.h"
#include "control/logs/logs.h"
#include "control/past/recent.h"
#include "control/past/told.h"
#include "control/policy/maillog_line.h"
#include "control/policy/past_mail.h"
#include "control/policy/policy_replay.h"

/* The two programs may log into files that are read one after the other, so a
 * message is kept until so many others have come: about 1 kB each.  Intakes wait
 * for the next line of the same thread. */
enum { MAILS = 100000, INTAKES = 10000 };

enum { NAME = 24 };		/* a MID in decimal */

struct replay_logs {
	const struct conf *conf;
	struct logs	*logs;
	struct recent	*mails;		/* by queue id */
	struct recent	*intakes;	/* by MID */
	bool		 full;		/* some mails made room */
	bool		 postfix;	/* its lines are there */
	bool		 maillog;	/* ours are there, in the maillog */
	size_t		 count;
	replay_each	*each;
	void		*arg;
	struct replay_seen seen;
};

static void
complain_log(const char *text)
{
	(void)complain(EX_NOINPUT, text);
}

/* replay_logs_open - or all that there are */
struct replay_logs *
replay_logs_open(const struct conf *conf, const struct replay_from *from)
{
	struct replay_logs *replay = mem_new(sizeof(*replay));
	const struct logs_query query = { .files = from->files,
		.count = from->file_count, .since = from->since,
		.until = from->until, .complain = complain_log };

	replay->conf = conf;
	replay->logs = logs_open(conf, &query);
	return replay;
}

/* replay_logs_where - for people */
const char *
replay_logs_where(const struct replay_logs *replay)
{
	return logs_where(replay->logs);
}

/* replay_logs_close - NULL */
struct replay_logs *
replay_logs_close(struct replay_logs *replay)
{
	logs_close(replay->logs);
	free(replay);
	return NULL;
}

/* ---- messages ---- */

static void
mail_over(void *arg, void *value)
{
	struct replay_logs *replay = arg;
	struct past_mail *mail = value;
	const struct past_message *message;

	switch (past_mail_finish(mail, &message)) {
	case PAST_MAIL_WHOLE:
		replay->each(replay->arg, message);
		break;
	case PAST_MAIL_PART:
		replay->seen.parts++;
		break;
	case PAST_MAIL_NONE:
		break;
	}
	past_mail_free(mail);
	replay->count--;
}

static void
intake_over(void *arg, void *value)
{
	(void)arg;
	free(value);
}

/* mail_of - the message with that queue id, which may be new */
static struct past_mail *
mail_of(struct replay_logs *replay, const char *queue_id, int64_t at,
    bool begins)
{
	struct past_mail *mail = recent_find(replay->mails, queue_id);

	if (mail != NULL && !(begins && past_mail_begun(mail)))
		return mail;
	mail = past_mail_new(queue_id, at);
	if (replay->count++ == MAILS)
		replay->full = true;
	recent_put(replay->mails, queue_id, mail);
	return mail;
}

/* ---- lines ---- */

static const char *
name_of(uint64_t mid, char out[NAME])
{
	snprintf(out, NAME, "%" PRIu64, mid);
	return out;
}

/* take_told - of tdc-milter; what is told of copies is not ours */
static void
take_told(struct replay_logs *replay, const struct told *told, int64_t at)
{
	const char *intake = NULL;
	char name[NAME];

	if (told->what == TOLD_ENQUEUED)
		recent_put(replay->intakes, name_of(told->mid, name),
		    mem_text(told->intake));
	if (told->queue_id == NULL)
		return;
	if (told->what == TOLD_ORIGIN) {
		intake = recent_find(replay->intakes,
		    name_of(told->mid, name));
		/* Its line before is not in the log. */
		if (intake == NULL)
			return;
	}
	replay->seen.late += replay->full && replay->postfix &&
	    recent_find(replay->mails, told->queue_id) == NULL;
	past_mail_told(mail_of(replay, told->queue_id, at, false), told,
	    intake);
	if (intake != NULL)
		recent_end(replay->intakes, name);
}

static void
take_ours(struct replay_logs *replay, const char *text,
    const struct logline *line, struct arena *arena)
{
	struct told told;

	/* What stands in mail_logs_file stands in the maillog, too. */
	if (line->asyncos && replay->maillog)
		return;
	replay->maillog = !line->asyncos;
	if (told_parse(text, arena, &told))
		take_told(replay, &told, line->at);
}

static bool
take_line(void *arg, const struct logline *line)
{
	struct replay_logs *replay = arg;
	const char *ours = told_by_us(line, replay->conf->syslog_name);
	struct arena arena = { 0 };
	struct maillog_line said;

	if (ours != NULL) {
		take_ours(replay, ours, line, &arena);
	} else if (maillog_parse(line, &arena, &said)) {
		replay->postfix = true;
		past_mail_said(mail_of(replay, said.queue_id, line->at,
		    said.what == MAILLOG_CLIENT), &said);
	}
	arena_drop(&arena);
	return true;
}

/* replay_logs_read - line by line */
void
replay_logs_read(struct replay_logs *replay, replay_each *each, void *arg,
    struct replay_seen *out)
{
	const struct logs_seen *seen;

	replay->each = each;
	replay->arg = arg;
	replay->seen = (struct replay_seen){ .parts = 0 };
	replay->count = 0;
	replay->full = replay->postfix = replay->maillog = false;
	replay->mails = recent_new(MAILS, mail_over, replay);
	replay->intakes = recent_new(INTAKES, intake_over, NULL);
	logs_each(replay->logs, take_line, replay);
	replay->mails = recent_free(replay->mails);
	replay->intakes = recent_free(replay->intakes);
	seen = logs_seen(replay->logs);
	replay->seen.oldest = seen->oldest;
	replay->seen.newest = seen->newest;
	replay->seen.unread = seen->unread > 0;
	*out = replay->seen;
}
