/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/etcd_answer.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/escape.h"
#include "remediate/lease/etcd_base64.h"

enum { TOKEN_MAX = 4096, DEPTH_MAX = 2 };

/* An answer while it is read; the first fault stays. */
struct reading {
	struct etcd_answer answer;
	struct etcd_pair *pairs;
	const char	*fault;		/* the field; NULL: none */
};

/* ---- fields ---- */

/* field - by either of its names */
static const json_t *
field(const json_t *object, const char *name, const char *other)
{
	const json_t *found = json_object_get(object, name);

	return found != NULL ? found : json_object_get(object, other);
}

/* number - what is not there is 0 */
static int64_t
number(struct reading *reading, const json_t *value, const char *name)
{
	intmax_t result = 0;
	char *end;

	if (value == NULL)
		return 0;
	if (json_is_integer(value))
		return json_integer_value(value);
	if (json_is_string(value) && *json_string_value(value) != '\0') {
		errno = 0;
		result = strtoimax(json_string_value(value), &end, 10);
		if (*end == '\0' && errno == 0)
			return result;
	}
	reading->fault = name;
	return 0;
}

/* cluster_number - it uses all 64 bits */
static uint64_t
cluster_number(struct reading *reading, const json_t *value)
{
	const char *text = json_string_value(value);
	uintmax_t result;
	char *end;

	if (value == NULL)
		return 0;
	if (json_is_integer(value))
		return (uint64_t)json_integer_value(value);
	errno = 0;
	result = text != NULL ? strtoumax(text, &end, 10) : 0;
	if (text == NULL || *text == '\0' || *end != '\0' || errno != 0)
		reading->fault = "cluster_id";
	return result;
}

static bool
truth(struct reading *reading, const json_t *value, const char *name)
{
	if (value != NULL && !json_is_boolean(value))
		reading->fault = name;
	return json_is_true(value);
}

/* bytes - which stand there as base64 */
static const char *
bytes(struct reading *reading, const json_t *value, size_t *out,
    const char *name)
{
	const char *found;

	*out = 0;
	if (value == NULL)
		return "";
	found = json_is_string(value) ? etcd_base64_read(
	    &reading->answer.arena, json_string_value(value),
	    json_string_length(value), out) : NULL;
	if (found == NULL)
		reading->fault = name;
	return found != NULL ? found : "";
}

/* ---- parts ---- */

static void
read_pair(struct reading *reading, const json_t *from, struct etcd_pair *to)
{
	if (!json_is_object(from))
		reading->fault = "kvs";
	to->key = bytes(reading, json_object_get(from, "key"),
	    &to->key_length, "key");
	to->value = bytes(reading, json_object_get(from, "value"),
	    &to->value_length, "value");
	to->created = number(reading, field(from, "create_revision",
	    "createRevision"), "create_revision");
	to->modified = number(reading, field(from, "mod_revision",
	    "modRevision"), "mod_revision");
	to->lease = number(reading, json_object_get(from, "lease"), "lease");
}

/* read_range - the only one, or one after the other */
static void
read_range(struct reading *reading, const json_t *range)
{
	struct etcd_answer *answer = &reading->answer;
	const json_t *list = json_object_get(range, "kvs");
	struct etcd_pair *pairs;
	size_t n = json_array_size(list);

	if (list != NULL && !json_is_array(list))
		reading->fault = "kvs";
	answer->more = truth(reading, json_object_get(range, "more"), "more");
	if (n == 0)
		return;
	pairs = arena_new(&answer->arena, (answer->count + n) *
	    sizeof(*pairs));
	if (answer->count > 0)
		memcpy(pairs, answer->pairs, answer->count * sizeof(*pairs));
	for (size_t i = 0; i < n; i++)
		read_pair(reading, json_array_get(list, i),
		    &pairs[answer->count++]);
	answer->pairs = pairs;
}

/* read_txn - of a transaction, and of those inside it */
static void
read_txn(struct reading *reading, const json_t *txn, unsigned depth)
{
	const json_t *list = json_object_get(txn, "responses"), *response;
	bool succeeded = truth(reading, json_object_get(txn, "succeeded"),
	    "succeeded");
	size_t i;

	if (list != NULL && !json_is_array(list))
		reading->fault = "responses";
	if (depth == 0)
		reading->answer.succeeded = succeeded;
	else
		reading->answer.inner |= succeeded;
	json_array_foreach(list, i, response) {
		const json_t *range = field(response, "response_range",
		    "responseRange");
		const json_t *inner = field(response, "response_txn",
		    "responseTxn");

		if (range != NULL)
			read_range(reading, range);
		if (inner != NULL && depth < DEPTH_MAX)
			read_txn(reading, inner, depth + 1);
	}
}

/* read_token - it will stand in a header field */
static void
read_token(struct reading *reading, const json_t *value)
{
	const char *text = json_string_value(value);

	reading->answer.token = "";
	if (value == NULL)
		return;
	if (text == NULL || strlen(text) > TOKEN_MAX)
		reading->fault = "token";
	for (const char *p = text; reading->fault == NULL && *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			reading->fault = "token";
	if (reading->fault == NULL)
		reading->answer.token = arena_text(&reading->answer.arena,
		    text);
}

static void
read_all(struct reading *reading, const json_t *object)
{
	struct etcd_answer *answer = &reading->answer;
	const json_t *header;

	if (json_is_object(json_object_get(object, "result")))
		object = json_object_get(object, "result");
	header = json_object_get(object, "header");
	if (!json_is_object(header))
		reading->fault = "header";
	answer->cluster = cluster_number(reading, field(header, "cluster_id",
	    "clusterId"));
	answer->revision = number(reading, json_object_get(header,
	    "revision"), "revision");
	answer->lease = number(reading, json_object_get(object, "ID"), "ID");
	answer->ttl = number(reading, json_object_get(object, "TTL"), "TTL");
	read_token(reading, json_object_get(object, "token"));
	read_range(reading, object);
	read_txn(reading, object, 0);
}

/* ---- answers ---- */

/* etcd_answer_read - all that any answer may have */
int
etcd_answer_read(const char *text, size_t n, struct etcd_answer *out,
    struct err *err)
{
	struct reading reading = { .answer = { .token = "" } };
	json_error_t why;
	json_t *object = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);

	if (object == NULL)
		return err_set(err, ERR_NEVER, "no answer of etcd: %s",
		    ESCAPE(why.text));
	if (!json_is_object(object))
		reading.fault = "{...}";
	else
		read_all(&reading, object);
	json_decref(object);
	if (reading.fault != NULL) {
		etcd_answer_drop(&reading.answer);
		return err_set(err, ERR_NEVER, "no answer of etcd: its '%s' is "
		    "missing or is something else", reading.fault);
	}
	*out = reading.answer;
	return 0;
}

/* etcd_answer_drop - and all it points to */
void
etcd_answer_drop(struct etcd_answer *answer)
{
	if (answer->token != NULL && *answer->token != '\0')
		explicit_bzero((char *)answer->token, strlen(answer->token));
	arena_drop(&answer->arena);
	*answer = (struct etcd_answer){ .token = "" };
}
