/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/spool_reason.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/own.h"
#include "journal/spool/spool_private.h"

#define ATTRIBUTE "user.tdc.reason"

static int
open_copy(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry)
{
	char name[SPOOL_NAME];

	return spool_openat(spool_placefd(spool, place),
	    spool_name(place, entry, name), O_RDONLY | O_NONBLOCK);
}

/* spool_set_reason - in place of an earlier one */
void
spool_set_reason(const struct spool *spool, const struct spool_entry *entry,
    const char *text)
{
	own(fd) int fd = open_copy(spool, SPOOL_READY, entry);
	char cut[SPOOL_REASON];

	if (fd == -1)
		return;
	if (strlen(text) >= sizeof(cut)) {
		snprintf(cut, sizeof(cut), "%.*s...", SPOOL_REASON - 4, text);
		text = cut;
	}
	(void)AGAIN(fsetxattr(fd, ATTRIBUTE, text, strlen(text), 0));
}

/* spool_get_reason - as it was told */
const char *
spool_get_reason(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, char out[SPOOL_REASON])
{
	own(fd) int fd = open_copy(spool, place, entry);
	ssize_t n = fd != -1 ? AGAIN(fgetxattr(fd, ATTRIBUTE, out,
	    SPOOL_REASON - 1)) : -1;

	out[n > 0 ? n : 0] = '\0';
	return out;
}
