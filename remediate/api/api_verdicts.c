/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "remediate/api/api_private.h"

/* The spellings of it: search has "category", log export "verdict". */
static const char *const names[] = { "latestVerdict", "category", "verdict" };

/* api_verdict_read - the value of "verdict".  Of several words the first, unless
 * it is a threat and another is none: then nothing is to be done. */
enum api_verdict
api_verdict_read(struct arena *arena, const json_t *value,
    const char **out_word)
{
	const char *word = "";

	if (!json_is_object(value)) {
		*out_word = api_text(arena, value);
		return api_verdict_of(*out_word);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *other = api_text(arena, json_object_get(value,
		    names[i]));

		if (*other != '\0' && (*word == '\0' ||
		    (api_is_threat(api_verdict_of(word)) &&
		    !api_is_threat(api_verdict_of(other)))))
			word = other;
	}
	if (*word == '\0')
		word = api_text(arena, json_object_get(value,
		    "originalVerdict"));
	*out_word = word;
	return api_verdict_of(word);
}

/* is_later - than the best until now?  At the same time the harmless one wins. */
static bool
is_later(int64_t at, enum api_verdict verdict, int64_t best_at,
    enum api_verdict best)
{
	return at > best_at || (at == best_at && api_is_threat(best) &&
	    !api_is_threat(verdict));
}

static enum api_verdict
latest(struct arena *arena, const json_t *list, const char **out_word)
{
	enum api_verdict best = API_UNKNOWN;
	int64_t best_at = -1;

	*out_word = "";
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		const json_t *inner = json_object_get(row, "verdict");
		const char *word;
		enum api_verdict verdict = api_verdict_read(arena,
		    json_is_object(inner) ? inner : row, &word);
		int64_t at = api_time_parse(api_text(arena,
		    json_object_get(row, "timestamp")));

		if (*word == '\0' || !is_later(at, verdict, best_at, best))
			continue;
		best = verdict;
		best_at = at;
		*out_word = word;
	}
	return best;
}

/* api_status_read - the latest verdict */
int
api_status_read(const char *bytes, size_t n, enum api_verdict *out,
    char out_word[64], struct err *err)
{
	struct arena arena = { 0 };
	json_t *value = api_json(bytes, n, err);
	const json_t *data = json_object_get(value, "data");
	const char *word = "";

	if (value == NULL)
		return -1;
	if (!json_is_object(data)) {
		json_decref(value);
		return err_set(err, ERR_LATER, "an answer without \"data\"");
	}
	*out = latest(&arena, json_object_get(data, "verdicts"), &word);
	(void)snprintf(out_word, 64, "%s", word);
	arena_drop(&arena);
	json_decref(value);
	return 0;
}
