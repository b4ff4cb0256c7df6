/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "remediate/api/api_addresses.h"
#include "remediate/api/api_private.h"

#define MS_FROM INT64_C(100000000000)	/* as seconds, the year 5138 */
#define MS_MAX INT64_C(4000000000000)

/* ---- a message ---- */

static const char *
field(struct arena *arena, const json_t *object, const char *name)
{
	return api_text(arena, json_object_get(object, name));
}

/* time_of - a date, or a number of seconds or ms; 0: neither */
static int64_t
time_of(struct arena *arena, const json_t *value)
{
	double number;

	if (!json_is_number(value))
		return api_time_parse(api_text(arena, value));
	number = json_number_value(value);
	if (number < (double)MS_FROM)
		number *= 1000;
	return number > 0 && number < (double)MS_MAX ? (int64_t)number : 0;
}

static bool
is_true(struct arena *arena, const json_t *value)
{
	return strcasecmp(api_text(arena, value), "true") == 0 ||
	    (json_is_integer(value) && json_integer_value(value) == 1);
}

/* action_of - "move trash", or the word alone */
static const char *
action_of(struct arena *arena, const json_t *value)
{
	const char *type, *folder;

	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (!json_is_object(value))
		return api_text(arena, value);
	type = field(arena, value, "type");
	if (*type == '\0')
		type = field(arena, value, "action");
	folder = field(arena, value, "folder");
	if (*type == '\0' || *folder == '\0')
		return *type != '\0' ? type : folder;
	return arena_format(arena, "%s %s", type, folder);
}

static void
read_texts(struct arena *arena, const json_t *value, struct api_message *out)
{
	const json_t *gateway = json_object_get(value, "secureEmailGateway");

	out->message_id = field(arena, value, "internetMessageId");
	out->direction = field(arena, value, "direction");
	if (*out->direction == '\0')
		out->direction = field(arena, value, "directions");
	out->sender = field(arena, value, "fromAddress");
	out->return_path = field(arena, value, "returnPath");
	out->subject = field(arena, value, "subject");
	out->action = action_of(arena, json_object_get(value, "action"));
	out->client = field(arena, gateway, "originalCIP");
	if (*out->client == '\0')
		out->client = field(arena, value, "clientIP");
	out->header = field(arena, gateway, "headerName");
}

/* read_message - false: it has no id, and nobody can ask for it again */
static bool
read_message(struct arena *arena, const json_t *value,
    struct api_message *out)
{
	const json_t *verdict = json_object_get(value, "verdict");

	out->id = field(arena, value, "id");
	if (*out->id == '\0' || strlen(out->id) > API_ID_MAX)
		return false;
	out->timestamp = time_of(arena, json_object_get(value, "timestamp"));
	out->verdict = api_verdict_read(arena, verdict, &out->word);
	out->retro = is_true(arena, json_object_get(verdict,
	    "isRetroVerdict"));
	read_texts(arena, value, out);
	api_addresses(arena, value, &out->mailboxes, &out->mailbox_count);
	return true;
}

/* ---- a page ---- */

/* list_of - the messages; NULL: there is no place for them */
static const json_t *
list_of(const json_t *value)
{
	const json_t *data = json_object_get(value, "data");
	const json_t *list = json_object_get(data, "messages");

	if (json_is_array(data))
		return data;
	return list != NULL ? list : json_object_get(value, "messages");
}

static const char *
next_of(struct arena *arena, const json_t *value)
{
	const char *next = field(arena, value, "nextPageToken");

	return *next != '\0' ? next : field(arena,
	    json_object_get(value, "data"), "nextPageToken");
}

static void
read_page(const json_t *value, const json_t *list, struct api_page *page)
{
	page->next = next_of(&page->arena, value);
	page->messages = arena_new(&page->arena, (json_array_size(list) + 1) *
	    sizeof(*page->messages));
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_message(&page->arena, json_array_get(list, i),
		    &page->messages[page->count]))
			page->count++;
		else
			page->nameless++;
}

/* api_page_read - what a search answers */
int
api_page_read(const char *bytes, size_t n, struct api_page *out,
    struct err *err)
{
	json_t *value = api_json(bytes, n, err);
	const json_t *list = list_of(value);
	struct api_page page = { 0 };

	if (value == NULL)
		return -1;
	if (!json_is_array(list) && !json_is_null(list)) {
		json_decref(value);
		return err_set(err, ERR_LATER, "an answer without a list of "
		    "messages");
	}
	read_page(value, list, &page);
	json_decref(value);
	if (strlen(page.next) > API_TOKEN_MAX) {
		api_page_drop(&page);
		return err_set(err, ERR_LATER, "a page token of more than %d "
		    "octets", API_TOKEN_MAX);
	}
	*out = page;
	return 0;
}

/* api_page_drop - and all texts of it */
void
api_page_drop(struct api_page *page)
{
	arena_drop(&page->arena);
	*page = (struct api_page){ 0 };
}
