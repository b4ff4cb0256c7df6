/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doveadm - a doveadm HTTP API in memory, for "WRAP: http_ask"; one command is
 * answered as the test says
 *
 *	doveadm_put("bob", "Work", "g1", "<1@x.example>");
 *	doveadm.fault = (struct fault){ .at = 2, .code = 75 };
 *	... what is tried ...
 *	doveadm_count("bob", "Work", "g1");
 *	doveadm_clear();
 */
#ifndef TESTS_DOVEADM_H
#define TESTS_DOVEADM_H

#include <jansson.h>
#include <string.h>

#include "remediate/http/http.h"
#include "tests/unit/scratch.h"

enum { NOTES = 8, FOLDERS = 8 };

struct note {
	const char	*user, *guid, *id;
	char		 folder[80], flags[64];
	unsigned	 uid;
};

/* What a command comes to: an exit code, or else a status, a body, or none. */
struct fault {
	unsigned	 at;		/* 0: none */
	int		 code;
	unsigned	 status;
	const char	*body;
	bool		 does;		/* ... and it is done before */
	const char	*only;		/* a command of that name; NULL: any */
};

static struct {
	struct fault	 fault;
	unsigned	 commands;
	char		 faulty[32];	/* what the fault was at */
	const char	*user, *password;	/* of the last request */
	char		 field[200], url[200];
	struct note	 notes[NOTES];
	unsigned	 count, next;
	char		 folders[FOLDERS][2][80];	/* user, name */
	unsigned	 folder_count;
	json_t		*rows;
} doveadm;

static inline bool
folder_is(const char *user, const char *name)
{
	for (unsigned i = 0; i < doveadm.folder_count; i++)
		if (strcmp(doveadm.folders[i][0], user) == 0 &&
		    strcmp(doveadm.folders[i][1], name) == 0)
			return true;
	return false;
}

static inline void
folder_add(const char *user, const char *name)
{
	if (folder_is(user, name))
		return;
	assert_in_range(doveadm.folder_count, 0, FOLDERS - 1);
	snprintf(doveadm.folders[doveadm.folder_count][0], 80, "%s", user);
	snprintf(doveadm.folders[doveadm.folder_count++][1], 80, "%s", name);
}

/* folder_remove - and what is in it cannot be reached any more */
static inline void
folder_remove(const char *user, const char *name)
{
	for (unsigned i = 0; i < doveadm.folder_count; i++)
		if (strcmp(doveadm.folders[i][0], user) == 0 &&
		    strcmp(doveadm.folders[i][1], name) == 0)
			doveadm.folders[i][0][0] = '\0';
}

static inline void
doveadm_put(const char *user, const char *folder, const char *guid,
    const char *id)
{
	struct note *note = &doveadm.notes[doveadm.count++];

	assert_in_range(doveadm.count, 1, NOTES);
	*note = (struct note){ .user = user, .guid = guid, .id = id,
	    .uid = ++doveadm.next };
	snprintf(note->folder, sizeof(note->folder), "%s", folder);
	snprintf(note->flags, sizeof(note->flags), "\\Seen \\Recent $x");
	folder_add(user, folder);
}

static inline unsigned
doveadm_count(const char *user, const char *folder, const char *guid)
{
	unsigned n = 0;

	for (unsigned i = 0; i < doveadm.count; i++)
		n += strcmp(doveadm.notes[i].user, user) == 0 &&
		    (folder == NULL ||
		    strcmp(doveadm.notes[i].folder, folder) == 0) &&
		    strcmp(doveadm.notes[i].guid, guid) == 0;
	return n;
}

static inline void
doveadm_clear(void)
{
	memset(&doveadm, 0, sizeof(doveadm));
}

/* ---- queries ---- */

static inline void
box_of(const char *user, const char *folder, char out[33])
{
	uint64_t sum = 14695981039346656037U;

	for (const char *p = user; *p != '\0'; p++)
		sum = (sum ^ (unsigned char)*p) * 1099511628211U;
	for (const char *p = folder; *p != '\0'; p++)
		sum = (sum ^ (unsigned char)*p) * 1099511628211U;
	snprintf(out, 33, "%032llx", (unsigned long long)sum);
}

/* has - what this word of a query wants; out_used: words */
static inline bool
has(const struct note *note, const json_t *query, size_t at, size_t *out_used)
{
	const char *word = json_string_value(json_array_get(query, at));
	const char *value = json_string_value(json_array_get(query, at + 1));
	const char *third = json_string_value(json_array_get(query, at + 2));
	char box[33];

	box_of(note->user, note->folder, box);
	*out_used = strcmp(word, "HEADER") == 0 ? 3 : 2;
	if (strcmp(word, "mailbox-guid") == 0)
		return strcmp(box, value) == 0;
	if (strcmp(word, "UID") == 0)
		return (unsigned)atoi(value) == note->uid;
	if (strcmp(word, "mailbox") == 0)
		return strcmp(note->folder, value) == 0;
	if (strcmp(word, "SINCE") == 0)
		return true;
	assert_string_equal(word, "HEADER");
	return strcmp(value, "Received") == 0 ||
	    strcmp(note->id, third) == 0;
}

static inline bool
matches(const struct note *note, const char *user, const json_t *query)
{
	if (strcmp(note->user, user) != 0 || !folder_is(user, note->folder))
		return false;
	for (size_t at = 0, used; at < json_array_size(query); at += used)
		if (!has(note, query, at, &used))
			return false;
	return true;
}

static inline json_t *
row_of(const struct note *note)
{
	char box[33], uid[12];

	box_of(note->user, note->folder, box);
	snprintf(uid, sizeof(uid), "%u", note->uid);
	return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:s s:s s:s s:s}",
	    "mailbox-guid", box, "uid", uid, "guid", note->guid, "mailbox",
	    note->folder, "flags", note->flags, "hdr.message-id", note->id,
	    "hdr.received", "by gw id 4Q1; now", "size.physical", "8",
	    "date.received.unixtime", "1700000000", "hdr", "A: b\n\n", "text",
	    "A: b\n\nc\n");
}

/* ---- commands ---- */

static inline void
note_move(struct note *note, const char *user, const char *folder)
{
	note->user = strcmp(user, "bob") == 0 ? "bob" : "quarantine";
	snprintf(note->folder, sizeof(note->folder), "%s", folder);
	note->uid = ++doveadm.next;
}

static inline void
note_flags(struct note *note, const json_t *flags)
{
	size_t used = 0;

	note->flags[0] = '\0';
	for (size_t i = 0; i < json_array_size(flags); i++)
		used += (size_t)snprintf(note->flags + used,
		    sizeof(note->flags) - used, "%s%s", i > 0 ? " " : "",
		    json_string_value(json_array_get(flags, i)));
}

/* each - message of the query; an exit code */
static inline int
each(const char *name, const json_t *arguments, const char *user)
{
	const json_t *query = json_object_get(arguments, "query");
	const char *source = json_string_value(json_object_get(arguments,
	    "sourceUser"));
	const char *to = json_string_value(json_object_get(arguments,
	    "destinationMailbox"));

	if (to != NULL && !folder_is(user, to))
		return 68;
	for (unsigned i = 0; i < doveadm.count; i++) {
		struct note *note = &doveadm.notes[i];

		if (!matches(note, source != NULL ? source : user, query))
			continue;
		if (strcmp(name, "fetch") == 0)
			json_array_append_new(doveadm.rows, row_of(note));
		else if (to != NULL)
			note_move(note, user, to);
		else if (strcmp(name, "flagsReplace") == 0)
			note_flags(note, json_object_get(arguments, "flag"));
		else
			doveadm.notes[i--] = doveadm.notes[--doveadm.count];
	}
	return 0;
}

static inline int
command_do(const char *name, const json_t *arguments)
{
	const char *user = json_string_value(json_object_get(arguments,
	    "user"));
	const char *folder = json_string_value(json_array_get(json_object_get(
	    arguments, "mailbox"), 0));

	if (strcmp(user, "bob") != 0 && strcmp(user, "quarantine") != 0)
		return 67;
	if (strcmp(name, "mailboxStatus") == 0) {
		json_array_append_new(doveadm.rows, json_pack("{s:s}",
		    "messages", "3"));
		return 0;
	}
	if (strcmp(name, "mailboxCreate") != 0)
		return each(name, arguments, user);
	if (folder_is(user, folder))
		return 65;
	folder_add(user, folder);
	return 0;
}

/* answer_put - the whole of it */
static inline void
answer_put(int code, struct buf *out)
{
	json_t *answer = code != 0 ? json_pack("[[s {s:s s:i} s]]", "error",
	    "type", "exitCode", "exitCode", code, "tdc") :
	    json_pack("[[s O s]]", "doveadmResponse", doveadm.rows, "tdc");
	char *text = json_dumps(answer, JSON_COMPACT);

	buf_text(out, text);
	free(text);
	json_decref(answer);
}

/* is_faulty - that command? */
static inline bool
is_faulty(const char *name)
{
	if ((doveadm.fault.only != NULL && strcmp(doveadm.fault.only, name) !=
	    0) || ++doveadm.commands != doveadm.fault.at)
		return false;
	snprintf(doveadm.faulty, sizeof(doveadm.faulty), "%s", name);
	return true;
}

int __wrap_http_ask(struct http *, const struct http_request *,
    struct http_answer *, struct err *);
int
__wrap_http_ask(struct http *http, const struct http_request *request,
    struct http_answer *out, struct err *err)
{
	json_t *json = json_loadb(request->body, request->length, 0, NULL);
	const json_t *one = json_array_get(json, 0);
	const char *name = json_string_value(json_array_get(one, 0));
	struct fault fault = { .does = true, .status = 200 };
	int code = 0;

	(void)http;
	assert_string_equal(request->method, "POST");
	snprintf(doveadm.url, sizeof(doveadm.url), "%s", request->url);
	snprintf(doveadm.field, sizeof(doveadm.field), "%s",
	    request->fields[1] != NULL ? request->fields[1] : "");
	doveadm.user = request->user;
	doveadm.password = request->password;
	doveadm.rows = json_array();
	if (is_faulty(name))
		fault = doveadm.fault;
	if (fault.does)
		code = command_do(name, json_array_get(one, 1));
	out->status = fault.status;
	if (fault.body != NULL)
		buf_text(&out->body, fault.body);
	else
		answer_put(fault.code != 0 ? fault.code : code, &out->body);
	json_decref(doveadm.rows);
	json_decref(json);
	return fault.status != 0 ? 0 : err_set(err, ERR_LATER,
	    "http.example: nobody is there");
}

#endif
