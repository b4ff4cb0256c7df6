/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_item.h"

#include <string.h>
#include <time.h>

#include "base/digits.h"
#include "base/mem.h"
#include "remediate/ews/ews_xml.h"

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789+/=_-"

enum { ID_MAX = 2048 };

static bool
is_id(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= ID_MAX && strspn(text, BASE64) == n;
}

/* ews_item_id - an id, new */
char *
ews_item_id(const xmlNode *node, const char *attribute)
{
	own(str) char *id = ews_xml_attribute(node, attribute);

	return id != NULL && is_id(id) ? str_give(&id) : NULL;
}

static int64_t
number_of(const xmlNode *node, const char *name)
{
	own(str) char *text = ews_xml_text(ews_xml_child(node, EWS_TYPES,
	    name));
	uint64_t number;

	return text != NULL && digits_parse(text, strlen(text), INT64_MAX,
	    &number) ? (int64_t)number : -1;
}

/* time_of - "2026-11-26T10:01:02Z"; 0: there is none */
static int64_t
time_of(const xmlNode *node, const char *name)
{
	own(str) char *text = ews_xml_text(ews_xml_child(node, EWS_TYPES,
	    name));
	struct tm tm = { 0 };

	if (text == NULL || strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL ||
	    tm.tm_year < 70)
		return 0;
	return (int64_t)timegm(&tm) * 1000;
}

/* search_key_of - the only extended property that is asked for */
static char *
search_key_of(const xmlNode *node)
{
	own(str) char *text = ews_xml_text(ews_xml_child(ews_xml_child(node,
	    EWS_TYPES, "ExtendedProperty"), EWS_TYPES, "Value"));

	return text != NULL && is_id(text) ? str_give(&text) : mem_text("-");
}

static bool
is_true(const xmlNode *node, const char *name)
{
	own(str) char *text = ews_xml_text(ews_xml_child(node, EWS_TYPES,
	    name));

	return text != NULL && strcmp(text, "true") == 0;
}

/* ews_item_read - an element of m:Items */
bool
ews_item_read(const xmlNode *node, struct ews_item *out)
{
	const xmlNode *id = ews_xml_child(node, EWS_TYPES, "ItemId");
	struct ews_item item = {
		.id = ews_item_id(id, "Id"),
		.change = ews_item_id(id, "ChangeKey"),
		.parent = ews_item_id(ews_xml_child(node, EWS_TYPES,
		    "ParentFolderId"), "Id"),
		.message_id = ews_xml_text(ews_xml_child(node, EWS_TYPES,
		    "InternetMessageId")),
		.search_key = search_key_of(node),
		.size = number_of(node, "Size"),
		.received = time_of(node, "DateTimeReceived"),
		.read = is_true(node, "IsRead"),
	};

	/* what no line can have is known by its search key */
	if (item.message_id == NULL || !ews_xml_can(item.message_id)) {
		free(item.message_id);
		item.message_id = mem_text("");
	}
	if (item.id == NULL || item.change == NULL || item.parent == NULL ||
	    (*item.message_id == '\0' && strcmp(item.search_key, "-") == 0)) {
		ews_item_drop(&item);
		return false;
	}
	*out = item;
	return true;
}

/* ews_item_drop - its texts */
void
ews_item_drop(struct ews_item *item)
{
	free(item->id);
	free(item->change);
	free(item->parent);
	free(item->search_key);
	free(item->message_id);
	*item = (struct ews_item){ 0 };
}

/* ews_key_format - one line */
void
ews_key_format(const struct ews_key *key, struct buf *out)
{
	buf_texts(out, key->first, " ", key->parent, " ", key->search_key, " ",
	    key->read ? "read" : "unread", " ", key->message_id);
}

/* cut - the word at the front; NULL: no blank stands after it */
static char *
cut(char **text)
{
	char *word = *text;
	char *blank = strchr(word, ' ');

	if (blank == NULL)
		return NULL;
	*blank = '\0';
	*text = blank + 1;
	return word;
}

/* ews_key_parse - the texts stay in text */
bool
ews_key_parse(char *text, struct ews_key *out)
{
	const char *words[4];

	for (size_t i = 0; i < 4; i++) {
		words[i] = cut(&text);
		if (words[i] == NULL || !is_id(words[i]))
			return false;
	}
	/* without both it could not be found again */
	if (!ews_xml_can(text) ||
	    (*text == '\0' && strcmp(words[2], "-") == 0))
		return false;
	*out = (struct ews_key){ words[0], words[1], words[2],
	    strcmp(words[3], "read") == 0, text };
	return true;
}
