/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "journal/report/header.h"
#include "milter/path.h"
#include "milter/scan.h"

enum { QUEUE_ID = 64 };		/* most of a queue id that is kept */

/* message_reset - nothing is known */
void
message_reset(struct message *message)
{
	struct recipient *recipients = message->recipients;
	size_t room = message->recipient_room;

	arena_drop(&message->arena);
	*message = (struct message)MESSAGE;
	message->recipients = recipients;
	message->recipient_room = room;
}

/* message_drop - and free */
void
message_drop(struct message *message)
{
	message_reset(message);
	free(message->recipients);
	*message = (struct message)MESSAGE;
}

/* note_unclear - a path of which nobody can tell whose it is */
static void
note_unclear(struct message *message, const char *path)
{
	if (message->unclear == NULL)
		message->unclear = arena_text(&message->arena, path);
}

static void
note_letters(struct message *message, const char *address)
{
	if (scan_eight_bit(address, strlen(address)))
		message->smtputf8 = true;
}

/* message_sender - the reverse-path */
void
message_sender(struct message *message, const char *path,
    const char *understood)
{
	message->sender = path_mailbox(path, understood, &message->arena);
	if (message->sender == NULL) {
		note_unclear(message, path);
		return;
	}
	message->plain_sender = path_plain(message->sender, &message->arena);
	note_letters(message, message->plain_sender);
}

/* message_recipient - one more forward-path */
void
message_recipient(struct message *message, const char *path,
    const char *understood, const char *gateway)
{
	struct recipient recipient = { 0 };

	if (message->recipient_count == message->recipient_room) {
		message->recipient_room = message->recipient_room * 2 + 8;
		message->recipients = mem_grow(message->recipients,
		    message->recipient_room, sizeof(*message->recipients));
	}
	recipient.address = path_mailbox(path, understood, &message->arena);
	if (recipient.address != NULL && *recipient.address != '\0') {
		recipient.plain = path_plain(recipient.address,
		    &message->arena);
	} else {
		note_unclear(message, path);
		recipient.address = NULL;
		recipient.plain = path_quoted(path, gateway, &message->arena);
	}
	message->recipients[message->recipient_count++] = recipient;
	note_letters(message, recipient.plain);
}

/* message_queue_id - the first that is known; it goes into log lines */
void
message_queue_id(struct message *message, const char *queue_id)
{
	char id[QUEUE_ID];
	size_t n = 0;

	if (queue_id == NULL || *message->queue_id != '\0')
		return;
	for (; *queue_id != '\0' && n < QUEUE_ID; queue_id++)
		if ((*queue_id >= '0' && *queue_id <= '9') ||
		    (*queue_id >= 'A' && *queue_id <= 'Z') ||
		    (*queue_id >= 'a' && *queue_id <= 'z'))
			id[n++] = *queue_id;
	message->queue_id = arena_bytes(&message->arena, id, n);
}

/* message_name - for a line */
const char *
message_name(const struct message *message)
{
	return *message->queue_id != '\0' ? message->queue_id : "unknown";
}

/* message_field - Message-ID is wanted, unfolded */
void
message_field(struct message *message, const char *name, const char *value)
{
	const struct header_field field = {
		.value = value, .value_length = strlen(value)
	};
	own(buf) struct buf text = BUF;

	if (*message->message_id != '\0' ||
	    strcasecmp(name, "Message-ID") != 0)
		return;
	header_unfold(&field, &text);
	message->message_id = arena_bytes(&message->arena, text.data,
	    text.len);
}

/* message_protocol - HELO cannot be told from EHLO */
const char *
message_protocol(const struct message *message, bool tls, bool authenticated)
{
	static const char *const names[2][2][2] = {
		{ { "ESMTP", "ESMTPA" }, { "ESMTPS", "ESMTPSA" } },
		{ { "UTF8SMTP", "UTF8SMTPA" }, { "UTF8SMTPS", "UTF8SMTPSA" } },
	};

	return names[message->smtputf8][tls][authenticated];
}
