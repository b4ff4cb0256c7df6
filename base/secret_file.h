/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secret_file - a small file of passwords, in memory that is wiped
 *
 *	struct secret_file file = SECRET_FILE;
 *
 *	if (secret_file_read("/etc/tdc/logins", SECRET_ANY_OWNER, &file,
 *	    &err) == -1)
 *		return err_wrap(&err, "/etc/tdc/logins");
 *	... file.text, which may be cut into its words ...
 *	secret_file_drop(&file);
 *
 * A regular file of text, of a megabyte at most, which only its owner may
 * change and others than its group may not read.  The memory is of its own, left
 * out of core dumps, and wiped before it is freed.  No error has a word of the
 * file in it.
 */
#ifndef BASE_SECRET_FILE_H
#define BASE_SECRET_FILE_H

#include <stddef.h>

#include "base/err.h"

struct secret_file {
	char	*text;		/* with a NUL at its end; NULL: none */
	size_t	 length;	/* of the file */
	char	*room;		/* as long as text with its NUL, for whatever is
				   made of it; wiped with it */
	size_t	 mapped;
};
#define SECRET_FILE { .text = NULL }

/* Whose it must be.  SECRET_OURS: root's or of the user that we are, and a group
 * that may read it is our primary one, which no other program has; root takes
 * anybody's. */
enum secret_owner { SECRET_ANY_OWNER, SECRET_OURS };

/* secret_file_read - a file that cannot be read is ERR_LATER, one that must not
 * be used ERR_NEVER; the err does not name it. */
int	secret_file_read(const char *path, enum secret_owner,
	    struct secret_file *out, struct err *);
void	secret_file_drop(struct secret_file *);	/* as after SECRET_FILE */

#endif
