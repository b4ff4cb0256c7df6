/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mailbox - what a mail store can do for us, whatever it speaks
 *
 *	struct buf header = BUF, handle = BUF;
 *	struct mailbox *box;
 *
 *	if (profile->backend->open(profile, "bob@corp.example", &box, &err) !=
 *	    MAILBOX_DONE)
 *		return -1;
 *	const struct sought wanted = { .message_id = "<id@x>" };
 *
 *	box->backend->find(box, &wanted, each, arg, &err);
 *			-- in each(), of one that it has found:
 *	box->backend->header(box, found, &header, &err);
 *	box->backend->quarantine(box, found, &handle, &err);
 *	box = box->backend->close(box);
 *
 * A back end moves and removes exactly the message that it is given: it looks
 * again, just before, whether what stands there is still that one, and answers
 * MAILBOX_GONE when it is not.  It never empties a folder, never touches a
 * message that was not named, and never changes flags of what it looks at.
 *
 * Who calls decides which of the messages found may be touched; a back end only
 * says which ones carry this Message-ID, compared octet for octet, or may have
 * this queue id.
 */
#ifndef REMEDIATE_MAILBOX_H
#define REMEDIATE_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "remediate/mailbox/sought.h"

/* 0 is the harmless one: nothing was done, try again. */
enum mailbox_result {
	MAILBOX_LATER,		/* busy, network, time-out */
	MAILBOX_DONE,
	MAILBOX_GONE,		/* that message is not there (any more) */
	MAILBOX_NOBODY,		/* no such mailbox */
	MAILBOX_LOCKED_OUT,	/* our login is refused, or may not do this: the
				   whole profile rests */
	MAILBOX_NEVER,		/* wrong configuration, or what no second try
				   can mend */
	MAILBOX_UNFINISHED	/* as MAILBOX_LATER, but of this mailbox alone:
				   others need not wait */
};

/* mailbox_not_gone - of a step that is no look: that it did not find the message,
 * or the folder, does not say that the message is gone; the next look can. */
static inline enum mailbox_result
mailbox_not_gone(enum mailbox_result result)
{
	return result == MAILBOX_GONE ? MAILBOX_LATER : result;
}

struct profile;			/* profiles.h */
struct mailbox;

/* One message that was found; lives until each() returns, copies are the
 * caller's business (found_copy, found_free). */
struct found {
	char	*folder;	/* name for people, in UTF-8 */
	char	*key;		/* one line: all that the back end needs to name
				   it again, also from another process */
	int64_t	 size;		/* octets; -1: not told */
	int64_t	 received;	/* ms since 1970; 0: not told */
};

typedef bool mailbox_each(void *arg, const struct found *);	/* false: enough */

struct mailbox_backend {
	const char	*name;		/* "dovecot", "imap", "ews" */
	/* words - all that a profile of this type may have, ends with NULL.
	 * check - are they there that it needs, and good?  The err names the
	 * word, never a value that may be secret; its place comes from who
	 * calls.  No network. */
	const char	*const *words;
	int		 (*check)(const struct profile *, struct err *);
	enum mailbox_result (*open)(const struct profile *, const char *owner,
	    struct mailbox **out, struct err *);
	struct mailbox	*(*close)(struct mailbox *);	/* NULL */
	/* find - every message of every folder of the owner that is wanted;
	 * MAILBOX_DONE, also when there was none.  In the quarantine folder
	 * nothing is found.  When it ends otherwise, there may be more than
	 * each() was told of, which may be dealt with all the same. */
	enum mailbox_result (*find)(struct mailbox *, const struct sought *,
	    mailbox_each *, void *arg, struct err *);
	/* header - up to and with the empty line.  raw - all of it; more than
	 * max octets: MAILBOX_NEVER.  Lines end as the store has them, with LF
	 * or CRLF. */
	enum mailbox_result (*header)(struct mailbox *, const struct found *,
	    struct buf *out, struct err *);
	enum mailbox_result (*raw)(struct mailbox *, const struct found *,
	    size_t max, struct buf *out, struct err *);
	/* quarantine - out of the owner's reach; handle: one line that purge and
	 * restore need, and that says where it was and with which flags. */
	enum mailbox_result (*quarantine)(struct mailbox *,
	    const struct found *, struct buf *handle, struct err *);
	/* moved - whether quarantine() of this one, which did not come to its
	 * end because of a crash or a lost connection, did move it: the handle
	 * as quarantine() would have given it, or MAILBOX_GONE.  found is as it
	 * was then, and names it alone; message_id is what it is known by, which
	 * need not be what it carries. */
	enum mailbox_result (*moved)(struct mailbox *, const char *message_id,
	    const struct found *, struct buf *handle, struct err *);
	enum mailbox_result (*purge)(struct mailbox *, const char *handle,
	    struct err *);
	/* restore - where it was, with its flags and its date.  When that folder
	 * is gone it is made again, or else it is the inbox. */
	enum mailbox_result (*restore)(struct mailbox *, const char *handle,
	    struct err *);
	/* test - log in as for that owner, look, touch nothing. */
	enum mailbox_result (*test)(const struct profile *, const char *owner,
	    struct buf *said, struct err *);
};

/* Each back end's own structure begins with this. */
struct mailbox {
	const struct mailbox_backend	*backend;
	const struct profile		*profile;
};

extern const struct mailbox_backend mailbox_dovecot, mailbox_imap, mailbox_ews;

#endif
