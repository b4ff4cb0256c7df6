/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_box_private - what the back end's files share */
#ifndef REMEDIATE_IMAP_BOX_PRIVATE_H
#define REMEDIATE_IMAP_BOX_PRIVATE_H

#include "remediate/imap/imap_talk.h"
#include "remediate/imap/imap_ticket.h"
#include "remediate/mailbox/mailbox.h"
#include "remediate/mailbox/profiles.h"

enum {
	NAMESPACES_MAX = 64,
	HEADER_FIRST = 256 << 10,	/* of a header, at first; its digest
					   is of no more */
	HEADER_MAX = 32 << 20,		/* of all of it */
	ANSWER_SLACK = 1 << 20,		/* literals of an answer beside that */
	MESSAGE_MAX = 256 << 20		/* of one for the quarantine account */
};

struct imap_namespace {
	char	*prefix;
	bool	 mine;
};

struct imap_box {
	struct mailbox	 box;			/* first */
	struct imap_login login;
	char		*owner;
	struct imap_talk *talk;
	struct imap_namespace namespaces[NAMESPACES_MAX];
	size_t		 namespace_count;
	struct buf	 quarantine;		/* folder, as the wire has it */
	/* what is selected */
	struct buf	 folder;		/* "": nothing */
	bool		 writable;
	uint32_t	 validity, exists;
	/* the last command that was not done */
	bool		 refused;	/* by NO or BAD; else it got no answer */
	bool		 passing;	/* ... it may go by itself */
	char		 code[64];
	/* the one that each() of find() is told of */
	const char	*shown_key;
	const struct buf *shown_header;
	struct imap_box	*vault;			/* the quarantine account */
};

/* A message as it stands in the folder that is selected. */
struct imap_hit {
	uint32_t	 uid;
	int64_t		 size, received;
	char		 digest[IMAP_DIGEST];
	char		 flags[IMAP_FLAGS];
	char		 date[IMAP_DATE];
	struct buf	 header;	/* all of it, but in a batch of a search */
};
#define IMAP_HIT { .size = -1, .header = BUF }

static inline void
own_imap_hit(struct imap_hit *hit)
{
	buf_drop(&hit->header);
}

/* ---- imap_box.c; all fill in the err unless they say MAILBOX_DONE ---- */

/* box_open - as that owner, who may be the quarantine account. */
enum mailbox_result box_open(const struct profile *, const char *owner,
	    struct imap_box **out, struct err *);
struct imap_box *box_close(struct imap_box *);		/* NULL */
/* box_ask - a command; NO and BAD are no DONE.  what: for the err. */
enum mailbox_result box_ask(struct imap_box *, const struct imap_line *,
	    const char *what, struct imap_reply *, struct err *);
/* box_enter - have it selected; MAILBOX_GONE: there is no such folder. */
enum mailbox_result box_enter(struct imap_box *, const char *folder,
	    bool writable, struct err *);
enum mailbox_result box_create(struct imap_box *, const char *folder,
	    struct err *);
/* box_mine - does a folder belong to the owner. */
bool	 box_mine(const struct imap_box *, const char *folder);
/* box_has_vault - does what is removed go to another account. */
bool	 box_has_vault(const struct imap_box *);

/* ---- imap_hits.c ---- */

typedef enum mailbox_result hits_each(void *arg, const struct imap_hit *,
	    struct err *);

/* hits_all - each message of that folder that is wanted, or has that size. */
struct hits_wish {
	const char	*folder;
	const struct sought *wanted;	/* NULL: by its size */
	int64_t		 size;		/* octets */
	bool		 deleted_too;	/* those marked \Deleted */
};
enum mailbox_result hits_all(struct imap_box *, const struct hits_wish *,
	    hits_each *, void *arg, struct err *);
/* hits_one - that number of the folder that is selected; MAILBOX_GONE. */
enum mailbox_result hits_one(struct imap_box *, uint32_t uid,
	    struct imap_hit *out, struct err *);
/* hits_ticket - the message that it names, in its folder, which is selected
 * then; MAILBOX_GONE: it is not there, or another one is. */
enum mailbox_result hits_ticket(struct imap_box *, const struct imap_ticket *,
	    bool writable, struct imap_hit *out, struct err *);
/* hits_twin - the newest in a folder of the owner's that is the same by size and
 * header, whatever its Message-ID is; the ticket gets its place. */
enum mailbox_result hits_twin(struct imap_box *, const char *folder,
	    struct imap_ticket *, struct err *);

/* ---- imap_whole.c: what comes in no batch ---- */

/* hits_whole - the rest of its header, if it has more than HEADER_FIRST octets;
 * MAILBOX_NEVER: it has more than HEADER_MAX. */
enum mailbox_result hits_whole(struct imap_box *, struct imap_hit *,
	    struct err *);
/* hits_raw - all of the message with that number. */
enum mailbox_result hits_raw(struct imap_box *, const struct imap_hit *,
	    size_t max, struct buf *out, struct err *);

/* ---- imap_find.c ---- */

struct folders {
	const struct imap_box *box;
	char		**names;	/* as the wire has them; INBOX first */
	size_t		 count;
};

/* folders_list - MAILBOX_NOBODY: there is none.  out is to be dropped, whatever
 * the result. */
enum mailbox_result folders_list(struct imap_box *, struct folders *out,
	    struct err *);
void	 folders_drop(struct folders *);

struct find_wish {
	const struct sought *wanted;
	mailbox_each	*each;
	void		*arg;
};

/* find_all - as find() of mailbox.h. */
enum mailbox_result find_all(struct imap_box *, const struct find_wish *,
	    struct err *);

/* ---- imap_remove.c ---- */

/* remove_one - for good, and nothing else, from the folder that is selected.
 * *out_marked: the server cannot, it is only marked as deleted. */
enum mailbox_result remove_one(struct imap_box *, uint32_t uid,
	    bool *out_marked, struct err *);
enum mailbox_result remove_flags(struct imap_box *, uint32_t uid,
	    const char *flags, struct err *);
/* remove_moved - into another folder; the ticket, which knows the message, gets
 * the new place.  MAILBOX_GONE: there is no such folder (and make is false), or
 * the message is gone. */
struct remove_to {
	const char	*folder;
	bool		 make;
};
enum mailbox_result remove_moved(struct imap_box *, const struct imap_hit *,
	    const struct remove_to *, struct imap_ticket *, struct err *);

/* ---- imap_own.c: a folder of the owner's own ---- */

/* own_find - the message of a handle; its folder is selected to be changed. */
enum mailbox_result own_find(struct imap_box *, struct imap_ticket *,
	    struct imap_hit *out, struct err *);
enum mailbox_result own_quarantine(struct imap_box *, struct imap_hit *,
	    struct imap_ticket *, struct err *);
enum mailbox_result own_restore(struct imap_box *, struct imap_ticket *,
	    struct err *);

/* ---- imap_vault.c: an account of its own ---- */

/* vault_open - box->vault. */
enum mailbox_result vault_open(struct imap_box *, struct err *);
enum mailbox_result vault_quarantine(struct imap_box *, struct imap_hit *,
	    struct imap_ticket *, struct err *);
enum mailbox_result vault_restore(struct imap_box *, struct imap_ticket *,
	    struct err *);

#endif
