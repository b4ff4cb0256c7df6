/* SPDX-License-Identifier: BSD-2-Clause */
/* what an Exchange server may answer, and keys from a database: what is taken
 * names one message, and comes back as it went */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "remediate/ews/ews_answer.h"
#include "remediate/ews/ews_item.h"
#include "tests/fuzz/fuzz.h"

static void
check_key(const struct ews_key *key)
{
	own(buf) struct buf line = BUF;
	struct ews_key again;

	ews_key_format(key, &line);
	must(strpbrk(line.data, "\r\n") == NULL);
	must(ews_key_parse(line.data, &again));
	must(strcmp(again.message_id, key->message_id) == 0);
	must(again.read == key->read);
	must(strcmp(again.first, key->first) == 0);
	must(strcmp(again.parent, key->parent) == 0);
	must(strcmp(again.search_key, key->search_key) == 0);
}

/* check_items - what a page of FindItem, or GetItem, has */
static void
check_items(const xmlNode *node)
{
	node = ews_xml_child(node, EWS_MESSAGES, "Items");
	node = ews_xml_child(node, EWS_TYPES, NULL);
	for (; node != NULL; node = ews_xml_next(node, EWS_TYPES, NULL)) {
		struct ews_item item = { 0 };

		if (!ews_item_read(node, &item))
			continue;
		must(item.size >= -1 && item.received >= 0);
		if (*item.message_id != '\0')
			check_key(&(struct ews_key){ item.id, item.parent,
			    item.search_key, item.read, item.message_id });
		ews_item_drop(&item);
	}
}

static void
check_answer(const struct ews_answer *answer)
{
	struct ews_part part;

	must(answer->doc->intSubset == NULL);
	must(answer->fault.node == NULL ||
	    answer->fault.result != MAILBOX_DONE);
	must(strpbrk(answer->version, "\r\n\033") == NULL);
	for (size_t i = 0; i < 4 && ews_answer_part(answer, i, &part); i++) {
		must(part.back_off >= 0 && part.back_off <= 86400000);
		must(strpbrk(part.text, "\r\n\033") == NULL);
		must(strpbrk(part.code, "\r\n\033") == NULL);
		must(part.result != MAILBOX_DONE ||
		    strcmp(part.code, "NoError") == 0);
		check_items(part.node);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(str) char *text = mem_bytes(data, size);
	struct ews_answer answer = { 0 };
	own(buf) struct buf message = BUF;
	struct ews_mime mime = { .out = &message, .max = size };
	struct ews_key key;
	struct err err;

	if (ews_answer_parse(text, size, &mime, &answer, &err) == 0) {
		must(mime.state != EWS_MIME_OPEN);
		must(mime.state != EWS_MIME_WHOLE || message.len > 0);
		check_answer(&answer);
		ews_answer_drop(&answer);
	} else {
		must(strpbrk(err.text, "\r\n\033") == NULL);
	}
	ews_mime_drop(&mime);
	if (ews_key_parse(text, &key))
		check_key(&key);
	return 0;
}
