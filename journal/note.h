/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * note - a small file that is replaced as a whole
 *
 *	note_save(directory, "example.com", text.data, text.len, &err);
 *	note_load(directory, "example.com", 1 << 16, &text, &err);
 *
 * A reader, also after a crash, sees the old content or the new, never a mix
 * or a part.  The name has no slash and does not begin with a dot; the
 * directory is a descriptor.
 */
#ifndef JOURNAL_NOTE_H
#define JOURNAL_NOTE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

int	note_save(int directory, const char *name, const void *, size_t,
	    struct err *);

/* note_load - append to out: 1; 0: there is none; -1: it cannot be read, or
 * has more than max bytes. */
int	note_load(int directory, const char *name, size_t max,
	    struct buf *out, struct err *);

#endif
