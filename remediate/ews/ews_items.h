/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_items - the messages of folders that are looked for
 *
 *	struct ews_items items = { 0 };
 *	const struct ews_place place = { "recoverableitemspurges", true };
 *	const struct ews_search search = { .message_id = "<id@x>" };
 *
 *	if (ews_items_find(ews, &place, 1, &search, &items, &err) ==
 *	    MAILBOX_DONE)
 *		... items.list[0].item.id, items.list[0].place (0) ...
 *	ews_items_drop(&items);
 *
 * The server may find more, by its own idea of what is equal: of a Message-ID only
 * what is the same octet for octet is given.
 */
#ifndef REMEDIATE_EWS_ITEMS_H
#define REMEDIATE_EWS_ITEMS_H

#include "remediate/ews/ews_body.h"
#include "remediate/ews/ews_item.h"
#include "remediate/ews/ews_link.h"

struct ews_hit {
	struct ews_item	 item;
	size_t		 place;		/* which of those that were asked for */
};

struct ews_items {
	struct ews_hit	*list;
	size_t		 count;
};

/* ews_items_find - a folder that is not there (any more) has nothing.  More than
 * 20,000 are MAILBOX_NEVER. */
enum mailbox_result ews_items_find(struct ews *, const struct ews_place *,
	    size_t n, const struct ews_search *, struct ews_items *out,
	    struct err *);
void	 ews_items_drop(struct ews_items *);	/* as after { 0 } */

/* ews_items_get - one message, with what of it is asked for: its element is in
 * *out as long as the answer lives.  MAILBOX_GONE: there is no such one. */
enum mailbox_result ews_items_get(struct ews *, const char *id,
	    enum ews_what, struct ews_answer *, const xmlNode **out,
	    struct err *);

static inline void
own_ews_items(struct ews_items *items)
{
	ews_items_drop(items);
}

#endif
