/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/mem.h"
#include "remediate/imap/imap_box_private.h"
#include "remediate/imap/imap_names.h"
#include "remediate/mailbox/known.h"

/* ---- results ---- */

/* lost - a connection, or what it said */
static enum mailbox_result
lost(const struct err *err)
{
	return err->kind == ERR_NEVER ? MAILBOX_NEVER : MAILBOX_LATER;
}

/* meaning - of a refusal (RFC 5530) */
static enum mailbox_result
meaning(const struct imap_reply *reply)
{
	static const struct { const char *code; enum mailbox_result result; }
	rows[] = {
		{ "TRYCREATE", MAILBOX_GONE }, { "NONEXISTENT", MAILBOX_GONE },
		{ "NOPERM", MAILBOX_NEVER }, { "CANNOT", MAILBOX_NEVER },
		{ "OVERQUOTA", MAILBOX_NEVER },
	};

	if (reply->status == IMAP_BAD)
		return MAILBOX_NEVER;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcasecmp(reply->code, rows[i].code) == 0)
			return rows[i].result;
	return MAILBOX_LATER;
}

/* box_ask - a command */
enum mailbox_result
box_ask(struct imap_box *box, const struct imap_line *line, const char *what,
    struct imap_reply *reply, struct err *err)
{
	enum mailbox_result result;

	box->refused = false;
	if (imap_talk_ask(box->talk, line, reply, err) == -1) {
		err_wrap(err, "%s", what);
		return lost(err);
	}
	if (reply->status == IMAP_OK)
		return MAILBOX_DONE;
	box->refused = true;
	box->passing = imap_is_passing(reply->code);
	strcpy(box->code, reply->code);
	result = meaning(reply);
	err_set(err, result == MAILBOX_NEVER ? ERR_NEVER : ERR_LATER,
	    "%s: %s: %s %s%s%s%s", ESCAPE(box->login.peer.host), what,
	    reply->status == IMAP_BAD ? "BAD" : "NO",
	    reply->code[0] != '\0' ? "[" : "", reply->code,
	    reply->code[0] != '\0' ? "] " : "", reply->text);
	return result;
}

/* ---- folders ---- */

/* heed_select - what a SELECT tells of the folder */
static bool
heed_select(void *arg, const struct imap_answer *answer)
{
	struct imap_box *box = arg;
	struct imap_cursor cursor = { answer->code.at,
	    answer->code.at + answer->code.length, 0 };
	struct imap_token token;
	uint64_t number;

	if (imap_span_is(&answer->name, "EXISTS"))
		box->exists = answer->number;
	if (!imap_code_is(answer, "UIDVALIDITY"))
		return true;
	if (!imap_skip(&cursor) || imap_next(&cursor, &token) != IMAP_ATOM ||
	    !imap_number(&token, UINT32_MAX, &number))
		return false;
	box->validity = (uint32_t)number;
	return true;
}

/* box_enter - have it selected */
enum mailbox_result
box_enter(struct imap_box *box, const char *folder, bool writable,
    struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;
	enum mailbox_result result;

	if (strcmp(box->folder.data, folder) == 0 &&
	    (box->writable || !writable))
		return MAILBOX_DONE;
	buf_cut(&box->folder, 0);
	box->validity = box->exists = 0;
	imap_line_text(&line, writable ? "SELECT " : "EXAMINE ");
	imap_line_name(&line, folder);
	line.heed = heed_select;
	line.arg = box;
	result = box_ask(box, &line, writable ? "SELECT" : "EXAMINE", &reply,
	    err);
	if (result != MAILBOX_DONE)
		return result;
	if (box->validity == 0 ||
	    (writable && strcasecmp(reply.code, "READ-ONLY") == 0)) {
		err_set(err, ERR_NEVER, "%s: %s: %s",
		    ESCAPE(box->login.peer.host), ESCAPE(folder),
		    box->validity == 0 ? "no UIDVALIDITY" : "read-only");
		return MAILBOX_NEVER;
	}
	buf_text(&box->folder, folder);
	box->writable = writable;
	return MAILBOX_DONE;
}

/* box_create - nobody subscribes to it */
enum mailbox_result
box_create(struct imap_box *box, const char *folder, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;
	enum mailbox_result result;

	imap_line_text(&line, "CREATE ");
	imap_line_name(&line, folder);
	result = box_ask(box, &line, "CREATE", &reply, err);
	return strcasecmp(reply.code, "ALREADYEXISTS") == 0 ? MAILBOX_DONE :
	    result;
}

/* box_has_vault - or a folder of the owner's own */
bool
box_has_vault(const struct imap_box *box)
{
	return profile_value(box->box.profile, "quarantine") != NULL;
}

/* ---- name spaces ---- */

static void
add_namespace(void *arg, const char *prefix, bool mine)
{
	struct imap_box *box = arg;

	if (box->namespace_count < NAMESPACES_MAX)
		box->namespaces[box->namespace_count++] =
		    (struct imap_namespace){ mem_text(prefix), mine };
}

static bool
heed_namespaces(void *arg, const struct imap_answer *answer)
{
	return !imap_span_is(&answer->name, "NAMESPACE") ||
	    imap_data_namespaces(answer, add_namespace, arg);
}

static enum mailbox_result
ask_namespaces(struct imap_box *box, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	if (!imap_talk_can(box->talk)->namespaces)
		return MAILBOX_DONE;
	imap_line_text(&line, "NAMESPACE");
	line.heed = heed_namespaces;
	line.arg = box;
	return box_ask(box, &line, "NAMESPACE", &reply, err);
}

/* box_mine - the longest prefix tells */
bool
box_mine(const struct imap_box *box, const char *folder)
{
	size_t longest = 0;
	bool mine = true;

	if (strcasecmp(folder, "INBOX") == 0)
		return true;
	for (size_t i = 0; i < box->namespace_count; i++) {
		const char *prefix = box->namespaces[i].prefix;
		size_t n = strlen(prefix);

		if (n >= longest && strncmp(folder, prefix, n) == 0 &&
		    (n > longest || i == 0 || !box->namespaces[i].mine)) {
			longest = n;
			mine = box->namespaces[i].mine;
		}
	}
	return mine;
}

/* quarantine_name - in the owner's name space */
static void
quarantine_name(struct imap_box *box)
{
	const char *name = profile_value(box->box.profile, "folder");

	for (size_t i = 0; i < box->namespace_count; i++)
		if (box->namespaces[i].mine) {
			buf_text(&box->quarantine, box->namespaces[i].prefix);
			break;
		}
	(void)imap_utf7(name != NULL ? name : "Quarantine",
	    &box->quarantine);
}

/* ---- opening and closing ---- */

static bool
is_yes(const struct profile *profile, const char *word, const char *value)
{
	const char *given = profile_value(profile, word);

	return given != NULL && strcmp(given, value) == 0;
}

static const char *
value_or(const struct profile *profile, const char *word, const char *other)
{
	const char *given = profile_value(profile, word);

	return given != NULL ? given : other;
}

/* how - to log in as that owner */
static struct imap_login
how(const struct profile *profile, const char *owner)
{
	const struct profile_settings *settings = profile->settings;
	const char *own_ca = profile_value(profile, "ca_file");
	bool starttls = is_yes(profile, "tls", "starttls");

	return (struct imap_login){ .peer = {
		.host = profile_value(profile, "host"),
		.port = value_or(profile, "port", starttls ? "143" : "993"),
		.ca_file = own_ca != NULL ? own_ca : settings->ca_file,
		.ca_path = own_ca != NULL ? "" : settings->ca_path,
		.timeout = settings->timeout, .stopped = settings->stopped,
		.alive = settings->alive },
	    .starttls = starttls,
	    .user = profile_value(profile, "user"),
	    .password = profile_value(profile, "password"),
	    .owner = owner,
	    .master = profile_value(profile, "master") };
}

/* gets_in - can we log in as somebody else: then it was not our login that was
 * refused, but this owner.  As one alone: each login that is refused is one more
 * towards being locked out. */
static bool
gets_in(const struct profile *profile, const char *owner)
{
	const char *given = value_or(profile, "probe",
	    profile_value(profile, "quarantine"));
	own(str) char *other = given != NULL ? mem_text(given) :
	    known_owner(profile->name);
	struct imap_login login;
	struct imap_talk *talk;
	struct err ignored;
	enum imap_refusal refused;

	if (other == NULL || strcmp(other, owner) == 0)
		return false;
	login = how(profile, other);
	if (imap_talk_open(&login, &talk, &refused, &ignored) == -1) {
		if (refused == LOGIN_REFUSED || refused == LOGIN_NO_OWNER)
			known_forget(profile->name, other);
		return false;
	}
	imap_talk_close(talk);
	return true;
}

/* not_in - why we did not get in, and whom that concerns */
static enum mailbox_result
not_in(const struct profile *profile, const char *owner,
    enum imap_refusal refused, const struct err *err)
{
	switch (refused) {
	case LOGIN_NO_OWNER:
		return MAILBOX_NOBODY;
	case LOGIN_REFUSED:
		return gets_in(profile, owner) ? MAILBOX_NOBODY :
		    MAILBOX_LOCKED_OUT;
	case LOGIN_NOT_NOW:
		return gets_in(profile, owner) ? MAILBOX_UNFINISHED :
		    MAILBOX_LATER;
	case LOGIN_NOT_REFUSED:
		break;
	}
	return err->kind == ERR_NEVER ? MAILBOX_LOCKED_OUT : MAILBOX_LATER;
}

/* is_name - of somebody who may have a mailbox.  With what stands between two
 * names in it, it would be another owner's, or a login that is refused, for which
 * the whole profile rests. */
static bool
is_name(const char *owner, const char *master)
{
	if (*owner == '\0' || (master != NULL && strstr(owner, master) != NULL))
		return false;
	for (; *owner != '\0'; owner++)
		if ((unsigned char)*owner < ' ' || *owner == 0x7f)
			return false;
	return true;
}

/* box_open - as that owner */
enum mailbox_result
box_open(const struct profile *profile, const char *owner,
    struct imap_box **out, struct err *err)
{
	struct imap_box *box;
	enum mailbox_result result;
	enum imap_refusal refused;

	if (!is_name(owner, profile_value(profile, "master"))) {
		err_set(err, ERR_NEVER, "'%s' is no name of a mailbox",
		    ESCAPE_INSIDE(owner, '\''));
		return MAILBOX_NOBODY;
	}
	box = mem_new(sizeof(*box));
	box->box.backend = profile->backend;
	box->box.profile = profile;
	box->owner = mem_text(owner);
	box->folder = box->quarantine = (struct buf)BUF;
	box->login = how(profile, box->owner);
	if (imap_talk_open(&box->login, &box->talk, &refused, err) == -1)
		result = not_in(profile, owner, refused, err);
	else
		result = ask_namespaces(box, err);
	if (result != MAILBOX_DONE) {
		box_close(box);
		return result;
	}
	known_note(profile->name, owner);
	quarantine_name(box);
	*out = box;
	return MAILBOX_DONE;
}

/* box_close - and the quarantine account's */
struct imap_box *
box_close(struct imap_box *box)
{
	if (box == NULL)
		return NULL;
	box_close(box->vault);
	imap_talk_close(box->talk);
	for (size_t i = 0; i < box->namespace_count; i++)
		free(box->namespaces[i].prefix);
	buf_drop(&box->folder);
	buf_drop(&box->quarantine);
	free(box->owner);
	free(box);
	return NULL;
}
