/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/policy/past_mail.h"

#include <stdlib.h>
#include <string.h>

/* A recipient, and whether tdc-milter has named it. */
struct entry {
	struct past_recipient recipient;
	bool		 named;
};

struct past_mail {
	struct arena	 arena;
	struct past_message message;
	struct entry	*entries;
	size_t		 count, room;
	bool		 by_smtp;	/* its client is known */
	bool		 queued;	/* Postfix accepted it */
	bool		 seen;		/* Postfix logged of it at all */
	bool		 ours;		/* tdc-milter did */
	bool		 lost;		/* and failed */
	/* Recipients that a line of ours left out, for there were too many: of
	 * which copy, if there is only one that can be. */
	uint64_t	 left;
	struct past_recipient left_one;
	unsigned	 lists;
};

/* past_mail_new - nothing is known but its name */
struct past_mail *
past_mail_new(const char *queue_id, int64_t at)
{
	struct past_mail *mail = mem_new(sizeof(*mail));

	mail->message = (struct past_message){ .time = at,
		.queue_id = arena_text(&mail->arena, queue_id),
		.message_id = "", .sender = "", .client = { .address = "",
		.name = "", .helo = "" } };
	return mail;
}

/* past_mail_free - NULL */
struct past_mail *
past_mail_free(struct past_mail *mail)
{
	arena_drop(&mail->arena);
	free(mail->entries);
	free(mail);
	return NULL;
}

/* past_mail_begun - by SMTP */
bool
past_mail_begun(const struct past_mail *mail)
{
	return mail->by_smtp;
}

/* entry_of - the one with that address, which may be new */
static struct entry *
entry_of(struct past_mail *mail, const char *address)
{
	struct entry *entry;

	for (size_t i = 0; i < mail->count; i++)
		if (strcasecmp(mail->entries[i].recipient.address,
		    address) == 0)
			return &mail->entries[i];
	if (mail->count == mail->room) {
		mail->room = mail->room > 0 ? 2 * mail->room : 1;
		mail->entries = mem_grow(mail->entries, mail->room,
		    sizeof(*mail->entries));
	}
	entry = &mail->entries[mail->count++];
	*entry = (struct entry){ .recipient = { .address =
		arena_text(&mail->arena, address) } };
	return entry;
}

/* ---- lines of Postfix ---- */

static void
set_client(struct past_mail *mail, const struct maillog_line *said)
{
	struct client *client = &mail->message.client;

	client->name = arena_text(&mail->arena, said->text);
	client->address = arena_text(&mail->arena, said->address);
	mail->message.authenticated = said->authenticated;
	mail->by_smtp = true;
}

/* set_queued - tdc-milter knows the sender and the size better, which are those
 * that the client gave */
static void
set_queued(struct past_mail *mail, const struct maillog_line *said)
{
	mail->queued = true;
	if (mail->message.size != 0)
		return;
	mail->message.sender = arena_text(&mail->arena, said->text);
	mail->message.size = said->size;
}

/* past_mail_said - by Postfix */
void
past_mail_said(struct past_mail *mail, const struct maillog_line *said)
{
	mail->seen = true;
	switch (said->what) {
	case MAILLOG_CLIENT:
		set_client(mail, said);
		break;
	case MAILLOG_MESSAGE_ID:
		mail->message.message_id = arena_text(&mail->arena, said->text);
		break;
	case MAILLOG_QUEUED:
		set_queued(mail, said);
		break;
	case MAILLOG_RECIPIENT:
		(void)entry_of(mail, said->text);
		break;
	}
}

/* ---- lines of tdc-milter ---- */

/* name_them - the recipients of a line, with what became of them */
static void
name_them(struct past_mail *mail, const struct told *told,
    struct past_recipient outcome)
{
	for (size_t i = 0; i < told->recipient_count; i++) {
		struct entry *entry = entry_of(mail, told->recipients[i]);

		outcome.address = entry->recipient.address;
		*entry = (struct entry){ .recipient = outcome, .named = true };
	}
	mail->lists++;
	mail->left += told->more;
	if (told->more > 0)
		mail->left_one = outcome;
}

static void
set_origin(struct past_mail *mail, const struct told *told,
    const char *intake)
{
	struct arena *arena = &mail->arena;
	struct past_recipient outcome = { .mid = told->mid,
		.intake = arena_text(arena, intake),
		.policy = arena_text(arena, told->policy) };

	mail->message.sender = arena_text(arena, told->sender);
	mail->message.size = told->number;
	name_them(mail, told, outcome);
}

/* reason_of - the enum of the words in the log; SKIP_NOT: others */
static enum skip
reason_of(const char *why)
{
	for (int i = SKIP_NOT + 1; i < SKIPS; i++)
		if (strncmp(why, skip_rows[i].why,
		    strlen(skip_rows[i].why)) == 0)
			return (enum skip)i;
	return SKIP_NOT;
}

static void
set_skipped(struct past_mail *mail, const struct told *told)
{
	mail->message.skipped = told->recipient_count > 0 ? SKIP_NOT :
	    reason_of(told->why);
	if (mail->message.skipped == SKIP_AUTHENTICATED)
		mail->message.authenticated = true;
	name_them(mail, told, (struct past_recipient){ .mid = 0 });
}

/* past_mail_told - by tdc-milter */
void
past_mail_told(struct past_mail *mail, const struct told *told,
    const char *intake)
{
	mail->ours = true;
	switch (told->what) {
	case TOLD_ORIGIN:
		set_origin(mail, told, intake);
		break;
	case TOLD_SKIPPED:
		set_skipped(mail, told);
		break;
	case TOLD_LEFT_OUT:
		name_them(mail, told, (struct past_recipient){ .mid = 0 });
		break;
	case TOLD_LOST:
		mail->lost = true;
		break;
	default:
		break;
	}
}

/* ---- the end ---- */

/* unnamed - recipients that only Postfix knows */
static size_t
unnamed(const struct past_mail *mail)
{
	size_t count = 0;

	for (size_t i = 0; i < mail->count; i++)
		count += !mail->entries[i].named;
	return count;
}

/* state_of - is it enough? */
static enum past_mail_state
state_of(const struct past_mail *mail)
{
	if (!mail->ours && !(mail->by_smtp && mail->queued))
		return PAST_MAIL_NONE;
	if (mail->message.skipped == SKIP_ABORTED ||
	    (mail->lost && mail->seen && !mail->queued))
		return PAST_MAIL_NONE;
	if (mail->lost || mail->count == 0)
		return PAST_MAIL_PART;
	/* It began before the log. */
	if (mail->seen && !mail->by_smtp)
		return PAST_MAIL_PART;
	/* Of which list are those that a line left out? */
	if (mail->left > 0 && mail->seen &&
	    (mail->lists > 1 || unnamed(mail) != mail->left))
		return PAST_MAIL_PART;
	return PAST_MAIL_WHOLE;
}

/* past_mail_finish - as a message */
enum past_mail_state
past_mail_finish(struct past_mail *mail, const struct past_message **out)
{
	enum past_mail_state state = state_of(mail);
	struct past_recipient *recipients;

	if (state != PAST_MAIL_WHOLE)
		return state;
	recipients = arena_new(&mail->arena, mail->count *
	    sizeof(*recipients));
	for (size_t i = 0; i < mail->count; i++) {
		const struct entry *entry = &mail->entries[i];

		recipients[i] = entry->named || mail->left == 0 ?
		    entry->recipient : mail->left_one;
		recipients[i].address = entry->recipient.address;
	}
	mail->message.recipients = recipients;
	mail->message.count = mail->count;
	*out = &mail->message;
	return PAST_MAIL_WHOLE;
}
