/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic_file - a small file that is replaced as a whole
 *
 *	atomic_file_save(directory, "example.com", text.data, text.len, &err);
 *	atomic_file_load(directory, "example.com", 1 << 16, &text, &err);
 *
 * A reader, also after a crash, sees the old content or the new, never a mix
 * or a part.  The name has no slash; the directory is a descriptor.  Meanwhile a
 * file .NAME.new is there.
 */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

/* atomic_file_save - for its owner alone (0600).
 * atomic_file_publish - for everybody to read (0644). */
int	atomic_file_save(int directory, const char *name, const void *, size_t,
	    struct err *);
int	atomic_file_publish(int directory, const char *name, const void *,
	    size_t, struct err *);

/* atomic_file_change - the same for a file that is not ours, such as main.cf:
 * the new one has the owner, the group, the mode and the time of change of
 * like before it has its name.  A crash may leave a hidden file, whose name
 * ends in this. */
#define ATOMIC_FILE_CHANGED ".tdc-new"
int	atomic_file_change(int directory, const char *name, const struct buf *,
	    const struct stat *like, struct err *);

/* atomic_file_load - append to out: 1; 0: there is none; -1: it cannot be read,
 * or has more than max bytes. */
int	atomic_file_load(int directory, const char *name, size_t max,
	    struct buf *out, struct err *);

#endif
