/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/told.h"

#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "control/past/told_text.h"

/* A form: what comes after the words that tell which one it is. */
typedef bool told_form(const char *at, struct arena *, struct told *);

/* ---- after "MID N" ---- */

/* enqueued - NAME may be anything, an intake address has no blanks */
static bool
enqueued(const char *at, struct arena *arena, struct told *out)
{
	static const char before[] = " to the message intake address ";
	const char *found = NULL;

	if (!told_inside(&at, '\'', arena, &out->message_id) ||
	    !told_word(&at, " enqueued for forwarding to "))
		return false;
	while ((at = strstr(at, before)) != NULL)
		found = at++ + sizeof(before) - 1;
	if (found == NULL)
		return false;
	out->intake = told_plain(found, strlen(found), arena);
	return true;
}

/* policy_and_size - a name may have blanks, and the size is the last word */
static bool
policy_and_size(const char *at, struct arena *arena, struct told *out)
{
	static const char before[] = " size ";
	const char *next = at, *found = NULL, *end;

	while ((next = strstr(next, before)) != NULL)
		found = next++;
	if (found == NULL)
		return false;
	end = found + sizeof(before) - 1;
	out->policy = told_plain(at, (size_t)(found - at), arena);
	return told_number(&end, &out->number) && *end == '\0';
}

/* reasons - "policy X says NO for <a>,<b>; no policy asks for <c>; from <s>":
 * only whom they name */
static bool
reasons(const char *at, struct arena *arena, struct told *out)
{
	while (!told_word(&at, "from <")) {
		/* Names of policies have no such words. */
		if (!told_word(&at, "no policy asks for ") &&
		    !told_word(&at, "intake address ") &&
		    !(told_word(&at, "policy ") && told_until(&at,
		    " says NO for ", arena, &out->policy)))
			return false;
		if (!told_list(&at, arena, &out->recipients,
		    &out->recipient_count, &out->more) ||
		    !told_word(&at, "; "))
			return false;
	}
	return told_inside(&at, '>', arena, &out->sender);
}

/* skipped - with a list of recipients, or another reason */
static void
skipped(const char *at, struct arena *arena, struct told *out)
{
	out->what = TOLD_SKIPPED;
	out->why = arena_text(arena, at);
	if (!reasons(at, arena, out)) {
		out->recipient_count = 0;
		out->sender = NULL;
	}
	out->policy = NULL;
}

static bool
origin(const char *at, struct arena *arena, struct told *out)
{
	if (!told_until(&at, " ", arena, &out->queue_id))
		return false;
	if (told_word(&at, "not journaled: ")) {
		skipped(at, arena, out);
		return true;
	}
	return told_word(&at, "from <") &&
	    told_inside(&at, '>', arena, &out->sender) &&
	    told_word(&at, " to ") && told_list(&at, arena, &out->recipients,
	    &out->recipient_count, &out->more) &&
	    told_word(&at, " policy ") && policy_and_size(at, arena, out);
}

static bool
nothing_more(const char *at, struct arena *arena, struct told *out)
{
	(void)at, (void)arena, (void)out;
	return true;
}

/* response - its last character is the quote */
static bool
response(const char *at, struct arena *arena, struct told *out)
{
	size_t n = strlen(at);

	if (n == 0 || at[n - 1] != '\'')
		return false;
	out->reply = told_plain(at, n - 1, arena);
	return true;
}

/* answered - "550-'text'", as the history has it; false: it is none */
static bool
answered(const char *at, struct arena *arena, struct told *out)
{
	const char *code = at, *text;
	uint64_t number;

	if (!told_number(&at, &number) || at - code != 3 || *at++ != '-' ||
	    (*at != '\'' && *at != '"') ||
	    !(at++, told_inside(&at, at[-1], arena, &text)) || *at != '\0')
		return false;
	out->reply = arena_format(arena, "%.3s %s", code, text);
	return true;
}

/* last_attempt - a reply, or what went wrong */
static bool
last_attempt(const char *at, struct arena *arena, struct told *out)
{
	const char *domain;

	if (!told_number(&at, &out->dcid) || !told_word(&at, " to ") ||
	    !told_until(&at, ": ", arena, &domain))
		return false;
	if (!answered(at, arena, out))
		out->reply = told_plain(at, strlen(at), arena);
	return true;
}

static bool
not_in_time(const char *at, struct arena *arena, struct told *out)
{
	(void)arena;
	return told_number(&at, &out->number) && told_word(&at, ", ");
}

/* ends_with - after any NAME */
static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool
given_up(const char *at, struct arena *arena, struct told *out)
{
	static const struct { const char *end, *verdict; } ends[] = {
		{ ":TLS Error.", "TLS error" },
		{ ": Hard Bounced.", "hard bounced" },
		{ ": Retries Exhausted.", "retries exhausted" },
		{ ": Connection Error.", "connection error" },
		{ ": Expired.", "expired" },
	};

	(void)arena;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_with(at, ends[i].end))
			out->verdict = ends[i].verdict;
	return out->verdict != NULL;
}

static bool
diverted(const char *at, struct arena *arena, struct told *out)
{
	return told_until(&at, ", since ", arena, &out->intake);
}

static bool
uid(const char *at, struct arena *arena, struct told *out)
{
	(void)arena;
	return told_number(&at, &out->number) && *at == '\0';
}

/* ---- after "Bounced: DCID N MID N" ---- */

/* lines - "'a', 'b'" of a reply, as one text, as the history has it */
static const char *
lines(const char *at, const char *code, struct arena *arena)
{
	own(buf) struct buf text = BUF;
	const char *line;

	do {
		char quote = *at;

		if ((quote != '\'' && quote != '"') ||
		    !(at++, told_inside(&at, quote, arena, &line)))
			return NULL;
		buf_texts(&text, text.len > 0 ? " " : "", line);
	} while (told_word(&at, ", "));
	if (strcmp(at, "])") != 0)
		return NULL;
	if (strcmp(code, "000") == 0)
		return arena_text(arena, text.data);
	return arena_format(arena, "%s %s", code, text.data);
}

/* no_host - "'DNS Hard Error looking up X (MX) : NXDomain'])" */
static const char *
no_host(const char *at, struct arena *arena)
{
	const char *name, *type, *text;

	if (!told_word(&at, "'DNS Hard Error looking up ") ||
	    !told_until(&at, " (", arena, &name) ||
	    !told_until(&at, ") : ", arena, &type) ||
	    !told_until(&at, "'])", arena, &text))
		return NULL;
	return arena_format(arena, "looking up %s %s: %s", name, type, text);
}

static bool
bounced(const char *at, struct arena *arena, struct told *out)
{
	const char *status, *words, *code;

	if (!told_until(&at, " - ", arena, &status) ||
	    !told_until(&at, " ('", arena, &words) ||
	    !told_until(&at, "', [", arena, &code))
		return false;
	out->reply = no_host(at, arena);
	if (out->reply == NULL)
		out->reply = lines(at, code, arena);
	return out->reply != NULL;
}

/* ---- which form ---- */

static const struct form {
	const char	*words;		/* after the number */
	enum told_what	 what;
	told_form	*rest;
} after_mid[] = {
	{ " with Message-ID '", TOLD_ENQUEUED, enqueued },
	{ " queue-id ", TOLD_ORIGIN, origin },
	{ " successfully delivered for scanning with ", TOLD_DELIVERED,
	    nothing_more },
	{ " RID [0] Response '", TOLD_RESPONSE, response },
	{ " last attempt failed: DCID ", TOLD_LAST_ATTEMPT, last_attempt },
	{ " was not sent in time: attempts failed ", TOLD_NOT_IN_TIME,
	    not_in_time },
	{ " delivery failed to ", TOLD_GIVEN_UP, given_up },
	{ " goes to the alternate message intake address ", TOLD_DIVERTED,
	    diverted },
	{ " deleted by uid ", TOLD_DELETED, uid },
	{ " requeued by uid ", TOLD_REQUEUED, uid },
}, after_queue_id[] = {
	{ " not journaled for some recipients: ", TOLD_LEFT_OUT, reasons },
	{ " accepted without a copy: ", TOLD_LOST, nothing_more },
	{ " deferred: ", TOLD_LOST, nothing_more },
};

static bool
form(const char *at, const struct form *forms, size_t count,
    struct arena *arena, struct told *out)
{
	for (size_t i = 0; i < count; i++)
		if (told_word(&at, forms[i].words)) {
			out->what = forms[i].what;
			return forms[i].rest(at, arena, out);
		}
	return false;
}
#define FORM(at, forms, arena, out) \
    form((at), (forms), sizeof(forms) / sizeof(*(forms)), (arena), (out))

/* of_queue_id - the id has no blanks */
static bool
of_queue_id(const char *at, struct arena *arena, struct told *out)
{
	size_t n = strcspn(at, " ");

	out->queue_id = arena_bytes(arena, at, n);
	return FORM(at + n, after_queue_id, arena, out);
}

/* of_connection - a DCID, and a MID */
static bool
of_connection(const char *at, enum told_what what, struct arena *arena,
    struct told *out)
{
	out->what = what;
	if (!told_number(&at, &out->dcid) || !told_word(&at, " MID ") ||
	    !told_number(&at, &out->mid))
		return false;
	switch (what) {
	case TOLD_BOUNCED:
		return told_word(&at, " to RID 0 - Bounced by destination "
		    "server with response: ") && bounced(at, arena, out);
	case TOLD_DELAYED:
		return told_word(&at, " to RID 0 - ");
	default:
		return *at == '\0';
	}
}

/* told_by_us - not by whoever else writes "TDC: " */
const char *
told_by_us(const struct logline *line, const char *syslog_name)
{
	static const char *const names[] = { "tdc-milter", "tdc-forwarder",
		"tdcctl" };

	if (line->ours == NULL || line->asyncos ||
	    (*syslog_name != '\0' && strcmp(line->program, syslog_name) == 0))
		return line->ours;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(line->program, names[i]) == 0)
			return line->ours;
	return NULL;
}

/* told_parse - by its first words */
bool
told_parse(const char *text, struct arena *arena, struct told *out)
{
	const char *at = text;

	*out = (struct told){ .mid = 0 };
	if (told_word(&at, "MID "))
		return told_number(&at, &out->mid) &&
		    FORM(at, after_mid, arena, out);
	if (told_word(&at, "Delivery start DCID "))
		return of_connection(at, TOLD_START, arena, out);
	if (told_word(&at, "Message finished MID ")) {
		out->what = TOLD_FINISHED;
		if (!told_number(&at, &out->mid))
			return false;
		out->done = strcmp(at, " done") == 0;
		return out->done || strcmp(at, " aborted") == 0;
	}
	if (told_word(&at, "Delayed: DCID "))
		return of_connection(at, TOLD_DELAYED, arena, out);
	if (told_word(&at, "Bounced: DCID "))
		return of_connection(at, TOLD_BOUNCED, arena, out);
	if (told_word(&at, "queue-id ") ||
	    told_word(&at, "Warning: queue-id "))
		return of_queue_id(at, arena, out);
	return false;
}
