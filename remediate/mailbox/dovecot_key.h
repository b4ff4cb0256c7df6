/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dovecot_key - the name of one message, and of one that was moved
 *
 *	struct dovecot_key key;
 *
 *	if (dovecot_key_parse(found->key, &key, &err) == 0)
 *		... key.box, key.uid, key.guid ...
 *	dovecot_key_drop(&key);
 *
 * One line of JSON.  A handle is a key in the quarantine, and has also where the
 * message came from.  Keys stand in databases: unknown names are passed over,
 * and no name ever changes its meaning.
 */
#ifndef REMEDIATE_DOVECOT_KEY_H
#define REMEDIATE_DOVECOT_KEY_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

struct dovecot_key {
	const char	*box, *uid, *guid;	/* as in struct dovecot_row */
	/* for the queries: its Message-ID, or NULL and the queue id by which it
	 * was found */
	const char	*id, *queue_id;
	/* of a handle; NULL in a key */
	const char	*user;		/* in whose account it lies */
	const char	*in;		/* ... and in which folder, by name: by its
					   GUID alone a hidden one is not found */
	const char	*from;		/* the folder that it was in */
	const char	*flags;		/* that it had there */
	json_t		*json;		/* where parsed texts live */
};

void	dovecot_key_format(const struct dovecot_key *, struct buf *out);
/* dovecot_key_parse - ERR_NEVER: it is none of ours. */
int	dovecot_key_parse(const char *, struct dovecot_key *out, struct err *);
int	dovecot_handle_parse(const char *, struct dovecot_key *out,
	    struct err *);
void	dovecot_key_drop(struct dovecot_key *);

#endif
