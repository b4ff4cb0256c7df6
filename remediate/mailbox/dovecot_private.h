/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dovecot_private - what the files of the Dovecot back end share
 */
#ifndef REMEDIATE_DOVECOT_PRIVATE_H
#define REMEDIATE_DOVECOT_PRIVATE_H

#include <jansson.h>

#include "remediate/http/http.h"
#include "remediate/mailbox/dovecot_answer.h"
#include "remediate/mailbox/dovecot_key.h"
#include "remediate/mailbox/mailbox.h"
#include "remediate/mailbox/profiles.h"

/* Octets: 100,000 messages found, whose Message-IDs are not longer than most;
 * 400,000 places of messages. */
enum { DOVECOT_ANSWER_MAX = 32 << 20 };

struct dovecot {
	struct mailbox	 box;		/* first */
	struct http	*http;
	char		*url;
	struct buf	 authorization;	/* a header field; "": password */
	const char	*password;
	char		*owner;
	char		*store;		/* the account of the quarantine; the
					   owner's when there is no other */
	char		*folder;	/* of the quarantine, there */
};

static inline struct dovecot *
dovecot_of(struct mailbox *box)
{
	return (struct dovecot *)box;
}

/* dovecot_make - all but the owner: of him nothing is known yet.
 * dovecot_drop wipes what is secret; NULL. */
struct dovecot *dovecot_make(const struct profile *, struct err *);
struct dovecot *dovecot_drop(struct dovecot *);

/* dovecot_is_own - is the quarantine a folder of the owner's? */
bool	dovecot_is_own(const struct dovecot *);

/* dovecot_ask - one command for one user; MAILBOX_DONE: *out is what came, to be
 * dropped.  MAILBOX_GONE: something that was named is not there (a folder);
 * MAILBOX_NOBODY: there is no owner. */
struct dovecot_command {
	const char	*name;
	const char	*user;
	json_t		*arguments;	/* new; taken */
	size_t		 max;		/* octets of the answer; 0: as usual */
	bool		 may_exist;	/* what it makes is there: as if done */
};
enum mailbox_result dovecot_ask(struct dovecot *,
	    const struct dovecot_command *, struct dovecot_answer *out,
	    struct err *);
/* dovecot_do - the same, of whose answer nobody wants to hear more. */
enum mailbox_result dovecot_do(struct dovecot *,
	    const struct dovecot_command *, struct err *);

/* dovecot_was_too_long - did the last MAILBOX_NEVER mean that the answer had more
 * than the command's max?  Less must be asked for then. */
bool	 dovecot_was_too_long(const struct dovecot *);

/* dovecot_fields - those of struct dovecot_row that a search wants; new.
 * dovecot_pages - the messages of a query, so many at once as an answer can have;
 * rows as they came.  MAILBOX_NEVER: one at least was left out. */
typedef enum mailbox_result dovecot_page(void *arg, const json_t *rows,
	    bool *out_enough, struct err *);
struct dovecot_search {
	json_t		*query;
	const char	*field;		/* of the header: dovecot_field() */
};
json_t	*dovecot_fields(const char *field);
enum mailbox_result dovecot_pages(struct dovecot *,
	    const struct dovecot_search *, dovecot_page *, void *arg,
	    struct err *);

/* dovecot_query - names one message and what must still be so of it. */
json_t	*dovecot_query(const struct dovecot_key *);
/* dovecot_field - the field of the header that a message is found by, as fetch
 * calls it; dovecot_has - and has the row there what the key says? */
const char *dovecot_field(const struct dovecot_key *);
bool	dovecot_has(const struct dovecot_row *, const struct dovecot_key *);
/* dovecot_fetch - fields of the message.  MAILBOX_GONE: it is another one now, or
 * none.  On MAILBOX_DONE out has its row alone. */
struct dovecot_wanted {
	const char	*user;
	const struct dovecot_key *key;
	const char	*const *fields;	/* ends with NULL */
	size_t		 max;		/* octets of the answer; 0: as usual */
};
enum mailbox_result dovecot_fetch(struct dovecot *,
	    const struct dovecot_wanted *, struct dovecot_answer *out,
	    struct err *);

/* dovecot_flags - each word of a text of flags; \Recent is left out, it comes by
 * itself.  dovecot_look - is that message there?  Its flags, as one text, new. */
json_t	*dovecot_flags(const char *);
char	*dovecot_flags_text(const char *);
enum mailbox_result dovecot_look(struct dovecot *, const char *user,
	    const struct dovecot_key *, char **out_flags, struct err *);
/* dovecot_make_folder - it may be there. */
enum mailbox_result dovecot_make_folder(struct dovecot *, const char *user,
	    const char *folder, struct err *);

/* dovecot_pass - move it from one account to a folder of another, or of the
 * same.  MAILBOX_GONE: there is no such folder; that nothing was moved because
 * nothing was there is not told. */
struct dovecot_passage {
	const char	*from, *to;	/* accounts */
	const char	*folder;
};
enum mailbox_result dovecot_pass(struct dovecot *, const struct dovecot_key *,
	    const struct dovecot_passage *, struct err *);

/* The rest of the table; find, header and raw, then what moves. */
enum mailbox_result dovecot_find(struct mailbox *, const struct sought *,
	    mailbox_each *, void *, struct err *);
enum mailbox_result dovecot_header(struct mailbox *, const struct found *,
	    struct buf *, struct err *);
enum mailbox_result dovecot_raw(struct mailbox *, const struct found *, size_t,
	    struct buf *, struct err *);
enum mailbox_result dovecot_quarantine(struct mailbox *, const struct found *,
	    struct buf *, struct err *);
enum mailbox_result dovecot_moved(struct mailbox *, const char *,
	    const struct found *, struct buf *, struct err *);
enum mailbox_result dovecot_purge(struct mailbox *, const char *,
	    struct err *);
enum mailbox_result dovecot_restore(struct mailbox *, const char *,
	    struct err *);
enum mailbox_result dovecot_test(const struct profile *, const char *,
	    struct buf *, struct err *);

#endif
