/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "remediate/api/api_private.h"

enum { LIFE_MAX = 86400 };	/* s */

/* is_token - what may stand in a header field (RFC 6750 2.1) */
static bool
is_token(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (!isgraph((unsigned char)text[i]))
			return false;
	return n > 0 && n <= API_TOKEN_MAX;
}

static int64_t
life_of(const json_t *value)
{
	const json_t *life = json_object_get(value, "expiresIn");
	double seconds;

	if (life == NULL)
		life = json_object_get(value, "expires_in");
	seconds = json_number_value(life);
	return seconds >= 1 && seconds <= LIFE_MAX ?
	    (int64_t)(seconds * 1000) : -1;
}

/* api_token_read - a token and for how long it is good */
int
api_token_read(const char *bytes, size_t n, struct buf *out,
    int64_t *out_life, struct err *err)
{
	json_t *value = api_json(bytes, n, err);
	const json_t *token = json_object_get(value, "accessToken");
	int result = 0;

	if (value == NULL)
		return -1;
	if (token == NULL)
		token = json_object_get(value, "access_token");
	if (json_is_string(token) && is_token(json_string_value(token))) {
		buf_text(out, json_string_value(token));
		*out_life = life_of(value);
	} else {
		result = err_set(err, ERR_LATER, "an answer without an "
		    "accessToken");
	}
	json_decref(value);
	return result;
}

/* api_complaint - what an answer that is none says of it */
void
api_complaint(const char *bytes, size_t n, char out[256])
{
	struct arena arena = { 0 };
	struct err unused;
	json_t *value = api_json(bytes, n, &unused);
	const char *text = api_text(&arena, json_object_get(value, "message"));

	if (*text == '\0')
		text = api_text(&arena, json_object_get(value, "error"));
	(void)snprintf(out, 256, "%.200s", ESCAPE(text));
	arena_drop(&arena);
	json_decref(value);
}
