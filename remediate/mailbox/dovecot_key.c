/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/mailbox/dovecot_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "remediate/mailbox/dovecot_answer.h"

static void
add(json_t *json, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(json, name, json_string(value));
}

/* dovecot_key_format - what is NULL is left out */
void
dovecot_key_format(const struct dovecot_key *key, struct buf *out)
{
	json_t *json = json_object();
	char *line;

	add(json, "box", key->box);
	add(json, "uid", key->uid);
	add(json, "guid", key->guid);
	add(json, "id", key->id);
	add(json, "queue", key->queue_id);
	add(json, "user", key->user);
	add(json, "in", key->in);
	add(json, "from", key->from);
	add(json, "flags", key->flags);
	line = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (line == NULL)
		mem_none();
	buf_text(out, line);
	free(line);
}

static const char *
text(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

/* is_named - by one of both, and not by what is in every message */
static bool
is_named(const struct dovecot_key *key)
{
	return key->id != NULL ? *key->id != '\0' :
	    key->queue_id != NULL && *key->queue_id != '\0';
}

static int
take(struct dovecot_key *key, struct err *err)
{
	const json_t *json = key->json;

	key->box = text(json, "box");
	key->uid = text(json, "uid");
	key->guid = text(json, "guid");
	key->id = text(json, "id");
	key->queue_id = text(json, "queue");
	key->user = text(json, "user");
	key->in = text(json, "in");
	key->from = text(json, "from");
	key->flags = text(json, "flags");
	if (key->box == NULL || key->uid == NULL || key->guid == NULL ||
	    *key->guid == '\0' || !is_named(key) ||
	    !dovecot_is_place(key->box, key->uid))
		return err_set(err, ERR_NEVER, "no key of a message in Dovecot");
	return 0;
}

/* dovecot_key_parse - of a message where it was found */
int
dovecot_key_parse(const char *line, struct dovecot_key *out, struct err *err)
{
	struct dovecot_key key = { .json = json_loads(line, 0, NULL) };

	if (take(&key, err) == -1) {
		dovecot_key_drop(&key);
		return -1;
	}
	*out = key;
	return 0;
}

/* dovecot_handle_parse - of one that was moved */
int
dovecot_handle_parse(const char *line, struct dovecot_key *out,
    struct err *err)
{
	struct dovecot_key key;

	if (dovecot_key_parse(line, &key, err) == -1)
		return -1;
	/* A pattern would name more than one. */
	if (key.user == NULL || key.in == NULL || key.from == NULL ||
	    key.flags == NULL || strpbrk(key.user, "*?") != NULL ||
	    strpbrk(key.in, "*?%") != NULL) {
		dovecot_key_drop(&key);
		return err_set(err, ERR_NEVER, "no handle of a message in "
		    "quarantine");
	}
	*out = key;
	return 0;
}

void
dovecot_key_drop(struct dovecot_key *key)
{
	json_decref(key->json);
	*key = (struct dovecot_key){ .json = NULL };
}
