/* SPDX-License-Identifier: BSD-2-Clause */
/* what a doveadm HTTP API may say, and keys from a database: what is taken names
 * one message, and comes back as it went */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "remediate/mailbox/dovecot_answer.h"
#include "remediate/mailbox/dovecot_key.h"
#include "tests/fuzz/fuzz.h"

static void
check_key(const struct dovecot_key *key)
{
	own(buf) struct buf line = BUF;
	struct dovecot_key again;
	struct err err;

	must(dovecot_is_place(key->box, key->uid) && *key->guid != '\0');
	dovecot_key_format(key, &line);
	must(strchr(line.data, '\n') == NULL);
	must(dovecot_key_parse(line.data, &again, &err) == 0);
	must(strcmp(again.box, key->box) == 0 &&
	    strcmp(again.uid, key->uid) == 0 &&
	    strcmp(again.guid, key->guid) == 0 &&
	    strcmp(again.id, key->id) == 0);
	must((again.from == NULL) == (key->from == NULL) &&
	    (key->from == NULL || strcmp(again.from, key->from) == 0));
	dovecot_key_drop(&again);
}

static void
check_row(const json_t *json)
{
	struct dovecot_row row;
	struct err err;
	size_t n;

	if (dovecot_row(json, &row, &err) == -1)
		return;
	check_key(&(struct dovecot_key){ .box = row.box, .uid = row.uid,
	    .guid = row.guid, .id = "<id@x>", .from = row.folder,
	    .flags = row.flags, .user = "u" });
	must(row.size >= -1 && row.received >= 0);
	if (dovecot_has_id(row.message_ids, "<id@x>"))
		must(strstr(row.message_ids, "<id@x>") != NULL);
	must(dovecot_row_text(json, "mailbox-guid", &n) != NULL && n == 32);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* on the heap, so that an octet too far is noticed */
	own(str) char *bytes = mem_bytes(data, size);
	struct dovecot_answer answer;
	struct dovecot_key key;
	struct err err;

	if (dovecot_answer_parse(bytes, size, &answer, &err) == 0) {
		must((answer.rows == NULL) == (answer.code != 0));
		for (size_t i = 0; i < json_array_size(answer.rows); i++)
			check_row(json_array_get(answer.rows, i));
		dovecot_answer_drop(&answer);
	}
	if (dovecot_key_parse(bytes, &key, &err) == 0) {
		check_key(&key);
		dovecot_key_drop(&key);
	}
	if (dovecot_handle_parse(bytes, &key, &err) == 0) {
		must(key.user != NULL && key.in != NULL && key.from != NULL &&
		    key.flags != NULL);
		dovecot_key_drop(&key);
	}
	return 0;
}
