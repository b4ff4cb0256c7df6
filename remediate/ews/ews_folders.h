/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_folders - the folders of a mailbox
 *
 *	struct ews_folders folders = { 0 };
 *
 *	if (ews_folders_list(ews, &folders, &err) == MAILBOX_DONE)
 *		... folders.list[0].place.id, folders.list[0].skip ...
 *	ews_folders_drop(&folders);
 */
#ifndef REMEDIATE_EWS_FOLDERS_H
#define REMEDIATE_EWS_FOLDERS_H

#include "remediate/ews/ews_body.h"
#include "remediate/ews/ews_link.h"

struct ews_folder {
	struct ews_place place;		/* its id is ours */
	char		*parent;	/* id of the one it is in; or NULL */
	char		*name;		/* for people */
	bool		 skip;		/* it stands there twice */
};

struct ews_folders {
	struct ews_folder *list;
	size_t		 count;
	size_t		 archive;	/* where those of the archive begin */
};

/* ews_folders_first - open the mailbox: the names and ids of the inbox, junk and
 * deleted items.  MAILBOX_NOBODY: no such mailbox of that (primary) address. */
enum mailbox_result ews_folders_first(struct ews *, struct err *);

/* ews_folders_list - those three first, then what the user deleted and can bring
 * back, then all others and those of the archive, when there is one and the
 * profile does not say archive=no. */
enum mailbox_result ews_folders_list(struct ews *, struct ews_folders *,
	    struct err *);
/* ews_wants_archive - does the profile want archives to be searched? */
bool	 ews_wants_archive(const struct ews *);
/* ews_folders_path - a name with those of the folders it is in, new:
 * "Projects/2026". */
char	*ews_folders_path(const struct ews_folders *, size_t i);
void	 ews_folders_drop(struct ews_folders *);	/* as after { 0 } */

/* ews_folders_hidden - where to put what is taken away: our folder in the root of
 * the mailbox, of which users see nothing; its id in ews->hidden.  MAILBOX_GONE:
 * there is none, and it is not to be made. */
enum mailbox_result ews_folders_hidden(struct ews *, const char *name,
	    bool make, struct err *);

static inline void
own_ews_folders(struct ews_folders *folders)
{
	ews_folders_drop(folders);
}

#endif
