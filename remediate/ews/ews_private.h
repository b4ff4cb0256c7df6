/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_private - the functions of the back end's table
 *
 *	const struct sought wanted = { .message_id = "<id@x>" };
 *
 *	result = ews_find(box, &wanted, each, arg, &err);
 *
 * As mailbox.h has them.
 */
#ifndef REMEDIATE_EWS_PRIVATE_H
#define REMEDIATE_EWS_PRIVATE_H

#include "remediate/ews/ews_link.h"

enum mailbox_result ews_open(const struct profile *, const char *owner,
	    struct mailbox **, struct err *);
enum mailbox_result ews_find(struct mailbox *, const struct sought *,
	    mailbox_each *, void *, struct err *);
enum mailbox_result ews_header(struct mailbox *, const struct found *,
	    struct buf *, struct err *);
enum mailbox_result ews_raw(struct mailbox *, const struct found *,
	    size_t max, struct buf *, struct err *);
enum mailbox_result ews_quarantine(struct mailbox *, const struct found *,
	    struct buf *handle, struct err *);
enum mailbox_result ews_moved(struct mailbox *, const char *message_id,
	    const struct found *, struct buf *handle, struct err *);
enum mailbox_result ews_purge(struct mailbox *, const char *handle,
	    struct err *);
enum mailbox_result ews_restore(struct mailbox *, const char *handle,
	    struct err *);
enum mailbox_result ews_test(const struct profile *, const char *owner,
	    struct buf *said, struct err *);

/* ews_of - the whole of it. */
static inline struct ews *
ews_of(struct mailbox *box)
{
	return (struct ews *)box;
}

#endif
