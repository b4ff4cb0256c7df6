/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/policy/maillog_line.h"

#include <string.h>

#include "base/digits.h"

enum { QUEUE_ID_MAX = 40 };

/* word - pass these letters */
static bool
word(const char **at, const char *literal)
{
	size_t n = strlen(literal);

	if (strncmp(*at, literal, n) != 0)
		return false;
	*at += n;
	return true;
}

/* address - "<a@b>", whose local part may be a quoted string */
static bool
address(const char **at, struct arena *arena, const char **out)
{
	const char *begin, *end;

	if (!word(at, "<"))
		return false;
	begin = end = *at;
	if (*end == '"')
		for (end++; *end != '\0' && *end != '"'; end++)
			if (*end == '\\' && end[1] != '\0')
				end++;
	end += strcspn(end, ">");
	if (*end == '\0')
		return false;
	*out = arena_bytes(arena, begin, (size_t)(end - begin));
	*at = end + 1;
	return true;
}

/* client - "mx.client.example[192.0.2.1], sasl_method=PLAIN, sasl_username=x" */
static bool
client(const char *at, struct arena *arena, struct maillog_line *out)
{
	const char *name = at, *open = at + strcspn(at, "[, ");
	size_t n;

	if (*open != '[')
		return false;
	n = strcspn(open + 1, "], ");
	if (open[n + 1] != ']')
		return false;
	out->what = MAILLOG_CLIENT;
	out->text = arena_bytes(arena, name, (size_t)(open - name));
	out->address = arena_bytes(arena, open + 1, n);
	out->authenticated = strstr(open + n, ", sasl_username=") != NULL;
	return true;
}

/* message_id - as it stands in the header */
static bool
message_id(const char *at, struct arena *arena, struct maillog_line *out)
{
	out->what = MAILLOG_MESSAGE_ID;
	out->text = arena_text(arena, at);
	return true;
}

/* queued - "from=<a@b>, size=123, nrcpt=1 (queue active)" */
static bool
queued(const char *at, struct arena *arena, struct maillog_line *out)
{
	size_t n;

	out->what = MAILLOG_QUEUED;
	if (!address(&at, arena, &out->text) || !word(&at, ", size="))
		return false;
	n = strspn(at, "0123456789");
	return n > 0 && digits_parse(at, n, INT64_MAX, &out->size);
}

/* recipient - "to=<a@b>, orig_to=<c@d>, relay=..." */
static bool
recipient(const char *at, struct arena *arena, struct maillog_line *out)
{
	out->what = MAILLOG_RECIPIENT;
	if (!address(&at, arena, &out->text))
		return false;
	return !word(&at, ", orig_to=") || address(&at, arena, &out->text);
}

/* is_queue_id - and not "NOQUEUE" or "warning" */
static bool
is_queue_id(const char *text, size_t n)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz";

	return n >= 6 && n < QUEUE_ID_MAX && text[n] == ':' &&
	    text[n + 1] == ' ' && strspn(text, digits) == n &&
	    strncmp(text, "NOQUEUE:", 8) != 0 &&
	    strncmp(text, "warning:", 8) != 0;
}

/* maillog_parse - by the program, and the first word */
bool
maillog_parse(const struct logline *line, struct arena *arena,
    struct maillog_line *out)
{
	const char *slash = strrchr(line->program, '/');
	const char *program = slash != NULL ? slash + 1 : "";
	size_t n = strcspn(line->text, ":");
	const char *at;

	if (slash == NULL || line->asyncos || !is_queue_id(line->text, n))
		return false;
	at = line->text + n + 2;
	*out = (struct maillog_line){ .what = MAILLOG_CLIENT };
	out->queue_id = arena_bytes(arena, line->text, n);
	if (strcmp(program, "smtpd") == 0)
		return word(&at, "client=") && client(at, arena, out);
	if (strcmp(program, "cleanup") == 0)
		return word(&at, "message-id=") &&
		    message_id(at, arena, out);
	if (strcmp(program, "qmgr") == 0 && word(&at, "from="))
		return queued(at, arena, out);
	return word(&at, "to=") && recipient(at, arena, out);
}
