/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_item - a message of a mailbox, as far as it must be known again
 *
 *	struct ews_item item = { 0 };
 *
 *	if (ews_item_read(node, &item))
 *		ews_key_format(&(struct ews_key){ item.id, item.parent,
 *		    item.search_key, item.read, item.message_id }, &out);
 *	ews_item_drop(&item);
 *
 *	struct ews_key key;
 *
 *	if (ews_key_parse(room, &key))
 *		... key.first, key.message_id ...
 *
 * A key is one line, the key of a found message and the handle of one that was
 * moved: what it is called, the folder that it is or was in, its search key ("-":
 * it has none), "read" or "unread", its Message-ID, which may be missing when there
 * is a search key.  Pure.
 */
#ifndef REMEDIATE_EWS_ITEM_H
#define REMEDIATE_EWS_ITEM_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct ews_item {
	char	*id, *change;	/* base64, as the other two */
	char	*parent;
	char	*search_key;	/* "-": none */
	char	*message_id;	/* "": none that a line can have; then it has a
				   search key */
	int64_t	 size;		/* -1: not told */
	int64_t	 received;	/* ms; 0: not told */
	bool	 read;
};

/* ews_item_read - false: something is missing that every message has, or is not
 * what it should be; out is untouched. */
bool	 ews_item_read(const xmlNode *, struct ews_item *out);
void	 ews_item_drop(struct ews_item *);	/* as after { 0 } */

/* ews_item_id - of an element with an Id="", new; NULL: there is none that is
 * base64, which all are. */
char	*ews_item_id(const xmlNode *, const char *attribute);

/* All borrowed. */
struct ews_key {
	const char	*first;		/* of a key: its id; of a handle: where */
	const char	*parent, *search_key;
	bool		 read;
	const char	*message_id;
};
void	 ews_key_format(const struct ews_key *, struct buf *out);
bool	 ews_key_parse(char *text, struct ews_key *out);

static inline void
own_ews_item(struct ews_item *item)
{
	ews_item_drop(item);
}

#endif
