/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/envelope_private.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/own.h"

const struct envelope_field envelope_fields[ENVELOPE_FIELDS] = {
#define FIELD(name, type) \
    { #name, ENVELOPE_##type, offsetof(struct envelope, name) }
	FIELD(mid, NUMBER),
	FIELD(intake, TEXT),
	FIELD(sender, TEXT),
	FIELD(recipients, TEXTS),
	FIELD(queue_id, TEXT),
	FIELD(message_id, TEXT),
	FIELD(client_addr, TEXT),
	FIELD(client_name, TEXT),
	FIELD(helo, TEXT),
	FIELD(protocol, TEXT),
	FIELD(gateway, TEXT),
	FIELD(policy, TEXT),
	FIELD(accepted, TIME),
	FIELD(length, NUMBER),
	FIELD(header_length, NUMBER),
	FIELD(longest_line, NUMBER),
	FIELD(eight_bit, TRUTH),
	FIELD(smtputf8, TRUTH),
	FIELD(binary, TRUTH),
	FIELD(booted, TIME),
	FIELD(outgoing, TRUTH),
#undef FIELD
};

/* From here on jansson never lacks memory (see mem.h). */
static void
use_our_memory(void)
{
	json_set_alloc_funcs(mem_new, free);
}

static void
begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, use_our_memory);
}

/* text_from_json - in the arena; NULL: not a text of ours */
static const char *
text_from_json(const json_t *json, struct arena *arena)
{
	own(buf) struct buf text = BUF;

	if (!json_is_string(json) || !json_text_undo(
	    json_string_value(json), json_string_length(json), &text))
		return NULL;
	return arena_bytes(arena, text.data, text.len);
}

static bool
texts_from_json(const json_t *json, struct arena *arena,
    struct envelope *out)
{
	size_t count = json_array_size(json);
	const char **texts;

	if (!json_is_array(json))
		return false;
	texts = arena_new(arena, count * sizeof(*texts));
	for (size_t i = 0; i < count; i++) {
		texts[i] = text_from_json(json_array_get(json, i), arena);
		if (texts[i] == NULL)
			return false;
	}
	out->recipients = texts;
	out->recipient_count = count;
	return true;
}

static bool
field_from_json(const json_t *json, const struct envelope_field *field,
    struct arena *arena, struct envelope *out)
{
	void *place = (char *)out + field->place;

	switch (field->type) {
	case ENVELOPE_TEXT:
		*(const char **)place = text_from_json(json, arena);
		return *(const char **)place != NULL;
	case ENVELOPE_TEXTS:
		return texts_from_json(json, arena, out);
	case ENVELOPE_NUMBER:
		*(uint64_t *)place = (uint64_t)json_integer_value(json);
		return json_is_integer(json) && json_integer_value(json) >= 0;
	case ENVELOPE_TIME:
		*(int64_t *)place = json_integer_value(json);
		return json_is_integer(json);
	case ENVELOPE_TRUTH:
		*(bool *)place = json_is_true(json);
		return json_is_boolean(json);
	}
	return false;
}

static int
fields_from_json(const json_t *object, struct arena *arena,
    struct envelope *out, struct err *err)
{
	struct envelope read = { 0 };

	if (!json_is_object(object))
		return err_set(err, ERR_NEVER, "envelope: not a JSON object");
	for (size_t i = 0; i < ENVELOPE_FIELDS; i++) {
		const json_t *value = json_object_get(object, envelope_fields[i].key);

		if (value == NULL && i >= ENVELOPE_NEEDED)
			continue;
		if (value == NULL)
			return err_set(err, ERR_NEVER, "envelope: no key '%s'",
			    envelope_fields[i].key);
		if (!field_from_json(value, &envelope_fields[i], arena, &read))
			return err_set(err, ERR_NEVER,
			    "envelope: bad value of '%s'", envelope_fields[i].key);
	}
	*out = read;
	return 0;
}

static int
parse_json(const char *bytes, size_t n, struct arena *arena,
    struct envelope *out, struct err *err)
{
	json_error_t why;
	json_t *json;
	int status;

	begin();
	json = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &why);
	if (json == NULL)
		return err_set(err, ERR_NEVER, "envelope: %s", why.text);
	status = fields_from_json(json, arena, out, err);
	json_decref(json);
	return status;
}

/* envelope_parse - one line of JSON; texts live in the arena */
int
envelope_parse(const char *bytes, size_t n, struct arena *arena,
    struct envelope *out, struct err *err)
{
	struct envelope read = { 0 };

	if (!envelope_fast(bytes, bytes + n, arena, &read) &&
	    parse_json(bytes, n, arena, &read, err) == -1)
		return -1;
	if (read.header_length > read.length)
		return err_set(err, ERR_NEVER,
		    "envelope: header longer than the message");
	*out = read;
	return 0;
}
