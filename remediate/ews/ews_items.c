/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_items.h"

#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/mem.h"

enum { HITS = 20000 };

/* A search on its way. */
struct search {
	struct ews	*ews;
	const struct ews_place *places;
	const struct ews_search *wanted;
	struct ews_items *out;
};

/* ews_items_drop - all of them */
void
ews_items_drop(struct ews_items *items)
{
	for (size_t i = 0; i < items->count; i++)
		ews_item_drop(&items->list[i].item);
	free(items->list);
	*items = (struct ews_items){ 0 };
}

/* take_items - of one page of one folder */
static enum mailbox_result
take_items(const struct search *search, const xmlNode *root, size_t place,
    struct err *err)
{
	const xmlNode *node = ews_xml_child(ews_xml_child(root, EWS_TYPES,
	    "Items"), EWS_TYPES, NULL);
	struct ews_items *out = search->out;
	struct ews_item item;

	for (; node != NULL; node = ews_xml_next(node, EWS_TYPES, NULL)) {
		if (!ews_item_read(node, &item))
			continue;	/* it cannot be the one */
		if (search->wanted->message_id != NULL &&
		    strcmp(item.message_id, search->wanted->message_id) != 0) {
			ews_item_drop(&item);
			continue;
		}
		out->list = mem_grow(out->list, out->count + 1,
		    sizeof(*out->list));
		out->list[out->count++] = (struct ews_hit){ item, place };
		if (out->count > HITS) {
			err_set(err, ERR_NEVER, "%s: more than %d messages "
			    "are found", search->ews->host, HITS);
			return MAILBOX_NEVER;
		}
	}
	return MAILBOX_DONE;
}

/* take_page - *offset: where the next one begins; 0: there is none */
static enum mailbox_result
take_page(const struct search *search, const struct ews_part *part,
    size_t place, unsigned *offset, struct err *err)
{
	const xmlNode *root = ews_xml_child(part->node, EWS_MESSAGES,
	    "RootFolder");
	own(str) char *last = ews_xml_attribute(root,
	    "IncludesLastItemInRange");
	own(str) char *next = ews_xml_attribute(root, "IndexedPagingOffset");
	uint64_t number = 0;

	if (last != NULL && strcmp(last, "true") == 0)
		*offset = 0;
	else if (next == NULL || !digits_parse(next, strlen(next), UINT32_MAX,
	    &number) || number <= *offset)
		return ews_strange(search->ews, "a page of messages that does "
		    "not lead on", err);
	else
		*offset = (unsigned)number;
	return take_items(search, root, place, err);
}

/* take_folder - one part of an answer */
static enum mailbox_result
take_folder(const struct search *search, const struct ews_answer *answer,
    const size_t at[2], unsigned *offset, struct err *err)
{
	struct ews_part part;
	enum mailbox_result result;

	if (!ews_answer_part(answer, at[0], &part))
		return ews_strange(search->ews, "an answer with too few "
		    "folders", err);
	result = ews_judge(search->ews, &part, err);
	if (result == MAILBOX_DONE)
		return take_page(search, &part, at[1], offset, err);
	*offset = 0;
	return result == MAILBOX_GONE ? MAILBOX_DONE : result;
}

/* more_of - the further pages of one folder */
static enum mailbox_result
more_of(const struct search *search, size_t place, unsigned offset,
    struct err *err)
{
	enum mailbox_result result = MAILBOX_DONE;

	while (result == MAILBOX_DONE && offset > 0) {
		__attribute__((cleanup(own_ews_answer)))
		    struct ews_answer answer = { 0 };
		own(buf) struct buf body = BUF;
		const size_t at[2] = { 0, place };

		ews_begin(search->ews, &body);
		ews_body_find_items(&body, &search->places[place], 1,
		    search->wanted, offset);
		result = ews_ask(search->ews, &body, &answer, err);
		if (result == MAILBOX_DONE)
			result = take_folder(search, &answer, at, &offset,
			    err);
	}
	return result;
}

/* take_all - the first page of each, and then the rest */
static enum mailbox_result
take_all(const struct search *search, const struct ews_answer *answer,
    size_t n, struct err *err)
{
	unsigned *offsets = mem_new((n + 1) * sizeof(*offsets));
	enum mailbox_result result = MAILBOX_DONE;

	for (size_t i = 0; result == MAILBOX_DONE && i < n; i++)
		result = take_folder(search, answer, (const size_t[]){ i, i },
		    &offsets[i], err);
	for (size_t i = 0; result == MAILBOX_DONE && i < n; i++)
		result = more_of(search, i, offsets[i], err);
	free(offsets);
	return result;
}

/* ews_items_find - in these folders, all of them in one request */
enum mailbox_result
ews_items_find(struct ews *ews, const struct ews_place *places, size_t n,
    const struct ews_search *wanted, struct ews_items *out, struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	const struct search search = { ews, places, wanted, out };
	own(buf) struct buf body = BUF;
	enum mailbox_result result;

	ews_begin(ews, &body);
	ews_body_find_items(&body, places, n, wanted, 0);
	result = ews_ask(ews, &body, &answer, err);
	return result == MAILBOX_DONE ? take_all(&search, &answer, n, err) :
	    result;
}

/* ews_items_get - one of them */
enum mailbox_result
ews_items_get(struct ews *ews, const char *id, enum ews_what what,
    struct ews_answer *answer, const xmlNode **out, struct err *err)
{
	own(buf) struct buf body = BUF;
	struct ews_part part;
	enum mailbox_result result;

	ews_begin(ews, &body);
	ews_body_get_item(&body, id, what);
	result = ews_ask_one(ews, &body, answer, &part, err);
	if (result != MAILBOX_DONE)
		return result;
	*out = ews_xml_child(ews_xml_child(part.node, EWS_MESSAGES, "Items"),
	    EWS_TYPES, NULL);
	return *out != NULL ? MAILBOX_DONE :
	    ews_strange(ews, "an answer without the message", err);
}
