/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/policy/policy_message.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "journal/report/header.h"

enum { HEADER_MAX = 1 << 20 };	/* bytes; Postfix cuts at a tenth of that */

/* ---- the file ---- */

/* take - the next bytes: the first of all are kept, and all are counted */
static void
take(struct policy_message *message, const char *bytes, size_t n, char *last)
{
	size_t room = HEADER_MAX - message->header.len;

	buf_bytes(&message->header, bytes, n < room ? n : room);
	message->size += n;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n' && *last != '\r')
			message->size++;
		*last = bytes[i];
	}
}

/* read_all - to the end, which ends a line */
static int
read_all(FILE *file, const char *name, struct policy_message *message,
    struct err *err)
{
	char bytes[8192], last = '\n';
	size_t n;

	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		take(message, bytes, n, &last);
	if (ferror(file))
		return err_sys(err, "read %s", name);
	if (last != '\n')
		message->size += 2;
	return 0;
}

/* ---- the header ---- */

/* skip_mbox - without the "From " line of an mbox */
static void
skip_mbox(struct policy_message *message)
{
	struct buf *header = &message->header;
	const char *line = header->data + strspn(header->data, ">");
	size_t n = strcspn(header->data, "\n");

	if (strncmp(line, "From ", 5) != 0 || header->data[n] != '\n')
		return;
	message->size -= n + 1 + (header->data[n - 1] != '\r');
	buf_shift(header, n + 1);
}

/* next_field - the one that begins right here; false: the header ends */
static bool
next_field(const struct buf *header, size_t *at, struct header_field *out)
{
	const char *here = header->data + *at;

	return header_next(header->data, header->len, at, out) &&
	    out->start == here;
}

/* cut_header - to the fields, and count the empty line that Postfix puts
 * after them when there is none */
static int
cut_header(struct policy_message *message, const char *name, struct err *err)
{
	struct buf *header = &message->header;
	struct header_field unused;
	size_t at = 0, end;

	do
		end = at;
	while (next_field(header, &at, &unused));
	if (end == HEADER_MAX)
		return err_set(err, ERR_NEVER, "%s: the header is larger than "
		    "%d bytes", name, HEADER_MAX);
	if (end == header->len ||
	    (header->data[end] != '\r' && header->data[end] != '\n'))
		message->size += 2;
	buf_cut(header, end);
	return 0;
}

/* policy_message_read - header and size of a message */
int
policy_message_read(const char *path, struct policy_message *out,
    struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	int result;

	if (file == NULL)
		return err_sys(err, "open %s", path);
	result = read_all(file, name, out, err);
	if (!is_stdin)
		(void)fclose(file);
	if (result == -1)
		return -1;
	skip_mbox(out);
	return cut_header(out, name, err);
}

/* value_of - with bare LF where it is folded; in the arena */
static const char *
value_of(const struct header_field *field, struct arena *arena)
{
	char *value = arena_bytes(arena, field->value, field->value_length);
	char *to = value;

	for (const char *from = value; *from != '\0'; from++)
		if (*from != '\r' || from[1] != '\n')
			*to++ = *from;
	*to = '\0';
	return value;
}

/* policy_message_show - to what judges it */
void
policy_message_show(const struct policy_message *message,
    struct inbound *inbound, struct arena *arena)
{
	struct header_field field;
	size_t at = 0;

	while (next_field(&message->header, &at, &field))
		inbound_header(inbound, arena_bytes(arena, field.name,
		    field.name_length), value_of(&field, arena), arena);
}
