/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_body - the requests, as the schema orders their elements
 *
 *	own(buf) struct buf body = BUF;
 *
 *	ews_body_begin(&body, "Exchange2013_SP1", "bob@corp.example");
 *	ews_body_get_item(&body, id, EWS_MIME);
 *	ews_body_end(&body);
 *
 * Whoever calls has asked ews_xml_can() about texts that come from elsewhere;
 * here they are escaped.  Pure.
 */
#ifndef REMEDIATE_EWS_BODY_H
#define REMEDIATE_EWS_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* A folder by its name in the schema ("inbox"), or by its id. */
struct ews_place {
	const char	*id;
	bool		 distinguished;
};

/* ews_body_begin - owner NULL: as ourselves. */
void	ews_body_begin(struct buf *, const char *version, const char *owner);
void	ews_body_end(struct buf *);

void	ews_body_resolve(struct buf *, const char *address);
void	ews_body_get_folders(struct buf *, const struct ews_place *, size_t n);
/* deep: all below it; else its children alone. */
void	ews_body_find_folders(struct buf *, const char *root, bool deep,
	    unsigned offset);
void	ews_body_create_folder(struct buf *, const char *root,
	    const char *name);

/* What is looked for: by the first of these that is not NULL; since 0: whenever
 * it was received. */
struct ews_search {
	const char	*message_id;
	const char	*queue_id;	/* somewhere in the header as it came */
	const char	*search_key;
	int64_t		 since;		/* ms since 1970 */
};
enum { EWS_PAGE = 100, EWS_FOLDERS_PAGE = 250 };
void	ews_body_find_items(struct buf *, const struct ews_place *, size_t n,
	    const struct ews_search *, unsigned offset);

/* EWS_IDENTITY: all that ews_item_read() reads. */
enum ews_what { EWS_IDENTITY, EWS_HEADER, EWS_MIME };
void	ews_body_get_item(struct buf *, const char *id, enum ews_what);
/* ews_body_delete - HardDelete: into Purges, and from there for good.  Nobody is
 * told that it was not read, nor that a meeting was cancelled. */
void	ews_body_delete(struct buf *, const char *id);
void	ews_body_move(struct buf *, const char *id, const struct ews_place *to);
void	ews_body_mark(struct buf *, const char *id, const char *change,
	    bool read);

#endif
