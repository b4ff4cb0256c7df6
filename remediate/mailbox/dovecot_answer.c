/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/mailbox/dovecot_answer.h"

#include <string.h>
#include <sysexits.h>

#include "base/digits.h"

enum { BOX_LENGTH = 32, GUID_MAX = 255, FOLDER_MAX = 4096 };

static int
nonsense(struct err *err)
{
	return err_set(err, ERR_LATER, "the answer is not one of the doveadm "
	    "HTTP API");
}

/* take_error - {"type": ..., "exitCode": ...} */
static int
take_error(const json_t *what, struct dovecot_answer *out, struct err *err)
{
	const char *type = json_string_value(json_object_get(what, "type"));
	const json_t *code = json_object_get(what, "exitCode");

	if (type == NULL || !json_is_integer(code))
		return nonsense(err);
	if (strcmp(type, "exitCode") != 0) {
		out->code = EX_USAGE;
		return 0;
	}
	if (json_integer_value(code) < 1 || json_integer_value(code) > 255)
		return nonsense(err);
	out->code = (int)json_integer_value(code);
	return 0;
}

static int
take(json_t *root, struct dovecot_answer *out, struct err *err)
{
	const json_t *one = json_array_get(root, 0);
	json_t *what = json_array_get(one, 1);
	const char *kind = json_string_value(json_array_get(one, 0));
	const char *tag = json_string_value(json_array_get(one, 2));

	if (json_array_size(root) != 1 || json_array_size(one) != 3 ||
	    kind == NULL || tag == NULL || strcmp(tag, DOVECOT_TAG) != 0)
		return nonsense(err);
	if (strcmp(kind, "error") == 0)
		return take_error(what, out, err);
	if (strcmp(kind, "doveadmResponse") != 0)
		return nonsense(err);
	out->rows = json_incref(what);
	return 0;
}

/* dovecot_answer_parse - the one answer */
int
dovecot_answer_parse(const char *bytes, size_t n, struct dovecot_answer *out,
    struct err *err)
{
	struct dovecot_answer answer = { .rows = NULL };
	json_t *root = json_loadb(bytes, n, JSON_ALLOW_NUL, NULL);
	int done;

	*out = answer;
	done = root == NULL ? nonsense(err) : take(root, &answer, err);
	json_decref(root);
	if (done == 0)
		*out = answer;
	return done;
}

void
dovecot_answer_drop(struct dovecot_answer *answer)
{
	json_decref(answer->rows);
	*answer = (struct dovecot_answer){ .rows = NULL };
}

/* dovecot_messages - a list of them */
int
dovecot_messages(const json_t *rows, struct err *err)
{
	return json_is_array(rows) ? 0 :
	    err_set(err, ERR_LATER, "the answer has no messages");
}

/* ---- a message ---- */

/* text - a field, "" when it is not there */
static const char *
text(const json_t *row, const char *field)
{
	const char *value = json_string_value(json_object_get(row, field));

	return value != NULL ? value : "";
}

/* number - a field; otherwise when it is not there or none */
static int64_t
number(const json_t *row, const char *field, int64_t otherwise)
{
	const char *value = text(row, field);
	uint64_t found;

	return digits_parse(value, strlen(value), INT64_MAX / 1000, &found) ?
	    (int64_t)found : otherwise;
}

/* is_guid - what Dovecot takes for one, and what fits on a line */
static bool
is_guid(const char *guid)
{
	size_t n = strlen(guid);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)guid[i] <= ' ' || guid[i] == 0x7f)
			return false;
	return n > 0 && n <= GUID_MAX;
}

/* dovecot_is_place - a folder's GUID, and a UID */
bool
dovecot_is_place(const char *box, const char *uid)
{
	uint64_t found;

	return strlen(box) == BOX_LENGTH &&
	    strspn(box, "0123456789abcdef") == BOX_LENGTH &&
	    *uid != '0' && digits_parse(uid, strlen(uid), UINT32_MAX, &found);
}

/* dovecot_row - what names it must be there */
int
dovecot_row(const json_t *row, struct dovecot_row *out, struct err *err)
{
	*out = (struct dovecot_row){ .box = text(row, "mailbox-guid"),
	    .uid = text(row, "uid"), .guid = text(row, "guid"),
	    .folder = text(row, "mailbox"), .flags = text(row, "flags"),
	    .message_ids = text(row, "hdr.message-id"),
	    .trace = text(row, "hdr.received"),
	    .size = number(row, "size.physical", -1),
	    .received = number(row, "date.received.unixtime", 0) * 1000 };
	if (!dovecot_is_place(out->box, out->uid) || !is_guid(out->guid) ||
	    strlen(out->folder) > FOLDER_MAX)
		return nonsense(err);
	return 0;
}

/* dovecot_row_text - with its length */
const char *
dovecot_row_text(const json_t *row, const char *field, size_t *out_length)
{
	const json_t *value = json_object_get(row, field);

	if (!json_is_string(value))
		return NULL;
	*out_length = json_string_length(value);
	return json_string_value(value);
}

/* dovecot_has_id - a line that begins with a blank continues the one before */
bool
dovecot_has_id(const char *message_ids, const char *message_id)
{
	static const char blanks[] = " \t\r\n";
	const char *at = message_ids;

	while (*at != '\0') {
		size_t n;

		at += strspn(at, blanks);
		n = strcspn(at, "\n");
		if (*at == '<' && memchr(at, '>', n) != NULL)
			n = strcspn(at, ">") + 1;
		while (n > 0 && strchr(blanks, at[n - 1]) != NULL)
			n--;
		if (n > 0 && n == strlen(message_id) &&
		    memcmp(at, message_id, n) == 0)
			return true;
		at += strcspn(at, "\n");
	}
	return false;
}
