/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/verdict_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

/* The texts of a message, in the order of writing. */
static const struct {
	const char	*key;
	size_t		 offset;
} texts[] = {
	{ "id", offsetof(struct api_message, id) },
	{ "message_id", offsetof(struct api_message, message_id) },
	{ "verdict", offsetof(struct api_message, word) },
	{ "direction", offsetof(struct api_message, direction) },
	{ "sender", offsetof(struct api_message, sender) },
	{ "return_path", offsetof(struct api_message, return_path) },
	{ "subject", offsetof(struct api_message, subject) },
	{ "action", offsetof(struct api_message, action) },
	{ "client", offsetof(struct api_message, client) },
	{ "header", offsetof(struct api_message, header) },
};
enum { TEXTS = sizeof(texts) / sizeof(*texts) };

static const char **
place(struct api_message *message, size_t i)
{
	return (const char **)((char *)message + texts[i].offset);
}

/* ---- write ---- */

static json_t *
addresses(const struct api_message *message)
{
	json_t *list = json_array();

	for (size_t i = 0; i < message->mailbox_count; i++)
		if (json_array_append_new(list,
		    json_string(message->mailboxes[i])) == -1) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* fill - every field; -1: one cannot be */
static int
fill(json_t *object, struct api_message *message)
{
	int result = 0;

	for (size_t i = 0; i < TEXTS; i++)
		if (**place(message, i) != '\0')
			result |= json_object_set_new(object, texts[i].key,
			    json_string(*place(message, i)));
	result |= json_object_set_new(object, "timestamp",
	    json_integer(message->timestamp));
	result |= json_object_set_new(object, "retro",
	    json_boolean(message->retro));
	result |= json_object_set_new(object, "mailboxes",
	    addresses(message));
	return result;
}

/* verdict_json_write - one line; the same message is the same text each time */
int
verdict_json_write(const struct api_message *message, struct buf *out,
    struct err *err)
{
	struct api_message copy = *message;
	json_t *object = json_object();
	char *text = NULL;

	if (fill(object, &copy) == 0)
		text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		return err_set(err, ERR_NEVER, "a text of message '%s' is not "
		    "UTF-8", ESCAPE_INSIDE(message->id, '\''));
	buf_text(out, text);
	free(text);
	return 0;
}

/* ---- read ---- */

static int
odd(struct err *err, const char *key)
{
	return err_set(err, ERR_NEVER, "no verdict of a gateway: its '%s' is "
	    "missing or is something else", key);
}

static int
read_texts(const json_t *object, struct arena *arena,
    struct api_message *out, struct err *err)
{
	for (size_t i = 0; i < TEXTS; i++) {
		const json_t *value = json_object_get(object, texts[i].key);

		if (value != NULL && !json_is_string(value))
			return odd(err, texts[i].key);
		*place(out, i) = value == NULL ? "" : arena_text(arena,
		    json_string_value(value));
	}
	return *out->id != '\0' ? 0 : odd(err, "id");
}

static int
read_addresses(const json_t *list, struct arena *arena,
    struct api_message *out, struct err *err)
{
	size_t n = json_array_size(list);
	const char **addresses;

	if (list != NULL && !json_is_array(list))
		return odd(err, "mailboxes");
	addresses = arena_new(arena, (n + 1) * sizeof(*addresses));
	for (size_t i = 0; i < n; i++) {
		const char *one = json_string_value(json_array_get(list, i));

		if (one == NULL)
			return odd(err, "mailboxes");
		addresses[i] = arena_text(arena, one);
	}
	out->mailboxes = addresses;
	out->mailbox_count = n;
	return 0;
}

static int
read_all(const json_t *object, struct arena *arena, struct api_message *out,
    struct err *err)
{
	const json_t *time = json_object_get(object, "timestamp");
	const json_t *retro = json_object_get(object, "retro");

	if (read_texts(object, arena, out, err) == -1 ||
	    read_addresses(json_object_get(object, "mailboxes"), arena, out,
	    err) == -1)
		return -1;
	if (time != NULL && !json_is_integer(time))
		return odd(err, "timestamp");
	if (retro != NULL && !json_is_boolean(retro))
		return odd(err, "retro");
	out->timestamp = json_integer_value(time);
	out->retro = json_is_true(retro);
	out->verdict = api_verdict_of(out->word);
	return 0;
}

/* verdict_json_read - as another gateway wrote it, or anybody */
int
verdict_json_read(const char *text, size_t n, struct arena *arena,
    struct api_message *out, struct err *err)
{
	struct api_message message = { 0 };
	json_error_t why;
	json_t *object = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	int result;

	if (object == NULL)
		return err_set(err, ERR_NEVER, "no verdict of a gateway: %s",
		    ESCAPE(why.text));
	result = json_is_object(object) ? read_all(object, arena, &message,
	    err) : odd(err, "{...}");
	json_decref(object);
	if (result == 0)
		*out = message;
	return result;
}
