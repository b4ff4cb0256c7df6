/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/event.h"

#include <ctype.h>
#include <string.h>

#include "control/track/event_private.h"

enum { ID_LEAST = 5 };		/* the shortest id that Postfix makes */

/* event_id_length - letters and digits, and what follows ends a word */
size_t
event_id_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]))
		n++;
	return n >= ID_LEAST && n < EVENT_ID ? n : 0;
}

/* begins - does the text begin so? */
static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* kind_of - by what follows the queue id */
static enum event_kind
kind_of(const char *rest)
{
	if (begins(rest, "client=") || begins(rest, "uid="))
		return EVENT_CLIENT;
	if (begins(rest, "from=<") && strstr(rest, ", size=") != NULL)
		return EVENT_SENDER;
	if (begins(rest, "to=<") && strstr(rest, ", status=") != NULL)
		return EVENT_RECIPIENT;
	if (strcmp(rest, "removed") == 0)
		return EVENT_REMOVED;
	if ((begins(rest, "sender ") || begins(rest, "postmaster ")) &&
	    strstr(rest, " notification: ") != NULL)
		return EVENT_NOTICE;
	return EVENT_REMARK;
}

/* has_severity - words that stand where a queue id may stand; such a line is
 * about whatever it names, as those of other programs */
static bool
has_severity(const char *text)
{
	return begins(text, "warning: ") || begins(text, "error: ") ||
	    begins(text, "fatal: ") || begins(text, "panic: ");
}

/* read_postfix - "QUEUEID: ..."; false: it is not like that */
static bool
read_postfix(const char *text, struct event *out)
{
	static const char id[] = "message-id=";
	size_t n = event_id_length(text);

	if (n == 0 || text[n] != ':' || text[n + 1] != ' ' ||
	    has_severity(text))
		return false;
	out->rest = text + n + 2;
	if (begins(text, "NOQUEUE")) {
		out->kind = EVENT_NOQUEUE;
		return true;
	}
	if (begins(out->rest, id)) {
		out->kind = EVENT_MESSAGE_ID;
		out->rest += sizeof(id) - 1;
	} else {
		out->kind = kind_of(out->rest);
	}
	out->queue_id = text;
	out->queue_id_n = n;
	return true;
}

/* event_read - whoever said it */
void
event_read(const struct logline *line, struct event *out)
{
	if (line->ours != NULL) {
		event_read_ours(line->ours, out);
		return;
	}
	*out = (struct event){ .kind = EVENT_OTHER, .rest = line->text };
	/* Its programs are "postfix/smtpd", whatever syslog_name is. */
	if (strchr(line->program, '/') != NULL)
		(void)read_postfix(line->text, out);
}

/* event_id - as a string */
const char *
event_id(const struct event *event, char out[EVENT_ID])
{
	size_t n = event->queue_id != NULL ? event->queue_id_n : 0;

	if (n > 0)
		memcpy(out, event->queue_id, n);
	out[n] = '\0';
	return out;
}

/* event_value - of a key, at the begin or after ", " */
const char *
event_value(const char *text, const char *key, size_t *out_n)
{
	const char *at = text;

	while ((at = strstr(at, key)) != NULL && at != text && at[-1] != ' ')
		at++;
	if (at == NULL)
		return NULL;
	at += strlen(key);
	if (*at == '<') {
		at++;
		*out_n = strcspn(at, ">");
	} else {
		*out_n = strcspn(at, ",");
	}
	return at;
}

/* event_status - after "status=sent " */
const char *
event_status(const char *rest, size_t *out_n)
{
	size_t n;
	const char *at = event_value(rest, "status=", &n);

	at = at != NULL ? strstr(at, " (") : NULL;
	if (at == NULL)
		return NULL;
	at += 2;
	n = strlen(at);
	*out_n = n > 0 && at[n - 1] == ')' ? n - 1 : n;
	return at;
}

/* event_queued_as - the last one, which is nearest to the mailbox */
const char *
event_queued_as(const char *rest, size_t *out_n)
{
	static const char words[] = "queued as ";
	const char *at = NULL;

	for (const char *next = rest; (next = strstr(next, words)) != NULL;)
		at = next += sizeof(words) - 1;
	*out_n = at != NULL ? event_id_length(at) : 0;
	return *out_n > 0 ? at : NULL;
}

/* event_next_token - a word, or what stands in angle brackets */
const char *
event_next_token(const char **at, size_t *out_n, bool *out_angle)
{
	const char *text = *at;

	while (*text != '\0') {
		size_t n;

		*out_angle = *text == '<';
		n = *text == '<' ? strcspn(++text, "<>") :
		    event_id_length(text);
		if (n > 0 && (!*out_angle || text[n] == '>')) {
			*at = text + n;
			*out_n = n;
			return text;
		}
		while (isalnum((unsigned char)*text))
			text++;
		text += *text != '\0' && *text != '<' &&
		    !isalnum((unsigned char)*text);
	}
	*at = text;
	return NULL;
}
