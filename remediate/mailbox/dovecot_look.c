/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands before each step that changes something. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "remediate/mailbox/dovecot_private.h"

/* ---- flags ---- */

/* dovecot_flags - as a list for JSON */
json_t *
dovecot_flags(const char *flags)
{
	own(str) char *copy = mem_text(flags);
	json_t *list = json_array();
	char *rest = copy, *flag;

	while ((flag = strsep(&rest, " ")) != NULL)
		if (*flag != '\0' && strcasecmp(flag, "\\Recent") != 0)
			json_array_append_new(list, json_string(flag));
	return list;
}

/* dovecot_flags_text - the same, as a text again */
char *
dovecot_flags_text(const char *flags)
{
	own(buf) struct buf out = BUF;
	json_t *list = dovecot_flags(flags);

	for (size_t i = 0; i < json_array_size(list); i++)
		buf_texts(&out, i > 0 ? " " : "",
		    json_string_value(json_array_get(list, i)));
	json_decref(list);
	return buf_give(&out);
}

/* dovecot_look - by all that names it */
enum mailbox_result
dovecot_look(struct dovecot *dovecot, const char *user,
    const struct dovecot_key *key, char **out_flags, struct err *err)
{
	const struct dovecot_wanted wanted = { .user = user, .key = key,
	    .fields = (const char *const[]){ "flags", NULL } };
	struct dovecot_answer answer;
	struct dovecot_row row;
	enum mailbox_result result = dovecot_fetch(dovecot, &wanted, &answer,
	    err);

	if (result != MAILBOX_DONE)
		return result;
	if (dovecot_row(json_array_get(answer.rows, 0), &row, err) == -1)
		result = MAILBOX_LATER;
	else
		*out_flags = dovecot_flags_text(row.flags);
	dovecot_answer_drop(&answer);
	return result;
}

/* ---- a folder ---- */

/* dovecot_make_folder - unless it is there */
enum mailbox_result
dovecot_make_folder(struct dovecot *dovecot, const char *user,
    const char *folder, struct err *err)
{
	const struct dovecot_command command = { .name = "mailboxCreate",
	    .user = user, .arguments = json_pack("{s:[s]}", "mailbox", folder),
	    .may_exist = true };

	return dovecot_do(dovecot, &command, err);
}

/* ---- from here to there ---- */

/* dovecot_pass - Dovecot keeps flags, date and GUID.  A source that does not
 * exist ends doveadm's process, so who calls has looked into it. */
enum mailbox_result
dovecot_pass(struct dovecot *dovecot, const struct dovecot_key *key,
    const struct dovecot_passage *passage, struct err *err)
{
	json_t *arguments = json_pack("{s:s s:o}", "destinationMailbox",
	    passage->folder, "query", dovecot_query(key));
	const struct dovecot_command command = { .name = "move",
	    .user = passage->to, .arguments = arguments };

	if (strcmp(passage->from, passage->to) != 0) {
		json_object_set_new(arguments, "sourceType",
		    json_string("user"));
		json_object_set_new(arguments, "sourceUser",
		    json_string(passage->from));
	}
	return dovecot_do(dovecot, &command, err);
}
