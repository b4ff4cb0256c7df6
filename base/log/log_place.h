/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_place - where lines go: a file, a stream, or syslog's socket
 *
 *	struct log_place place = LOG_PLACE_NONE;
 *
 *	if (log_place_open(path, NULL, &place, &err) == -1) ...
 *	n = log_place_write(&place, parts, &lost);
 *	log_place_close(&place);
 *
 * Of the log itself alone.  A record ends in a newline, for syslog in a NUL.
 * What lies in a file that no longer takes anything (a full disk) is lost; what
 * syslog does not take now may be tried again.
 */
#ifndef BASE_LOG_PLACE_H
#define BASE_LOG_PLACE_H

#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/err.h"

enum log_kind {
	LOG_TO_NONE,
	LOG_TO_FILE,			/* any number of records at once */
	LOG_TO_STREAM,			/* one at a time: others write, too */
	LOG_TO_SYSLOG,			/* the same */
	LOG_TO_LISTENERS		/* log_listeners.h; never waits */
};

struct log_place {
	enum log_kind	kind;
	int		fd;
	bool		cut;		/* the last record has no end */
	bool		down;		/* nobody is there to take any */
	bool		starved;	/* the kernel has no room, whoever reads */
	bool		whole;		/* syslog takes a stream of bytes */
};
#define LOG_PLACE_NONE (struct log_place){ .fd = -1 }
#define LOG_PLACE_SYSLOG (struct log_place){ LOG_TO_SYSLOG, .fd = -1 }
#define LOG_PLACE_LISTENERS (struct log_place){ LOG_TO_LISTENERS, .fd = -1 }

/* log_place_open - a file to append to.  Root makes one for this later user
 * (NULL: none), who may open it again; where the user may change the way to it,
 * as the user.  It never waits for a reader. */
int	log_place_open(const char *path, const struct passwd *,
	    struct log_place *out, struct err *);

/* log_place_look - what log_place_open() would find wrong, now or (moved) when
 * the file has been moved away; nothing is made.  Of a stream nobody can tell
 * before the program runs. */
int	log_place_look(const char *path, const struct passwd *, bool moved,
	    struct err *);

/* log_place_stream - a descriptor of ours, of which it keeps a copy. */
int	log_place_stream(int fd, struct log_place *out, struct err *);

/* log_place_write - from whole records in these two parts; returns the number
 * of bytes that are done with, 0: none now, wait.  *out_lost records of
 * those were not written.  A file may make it wait as long as its disk does. */
size_t	log_place_write(struct log_place *, const struct iovec parts[2],
	    uint64_t *out_lost);

/* log_place_wait - until there may be room, or ms have passed. */
void	log_place_wait(const struct log_place *, int ms);

void	log_place_close(struct log_place *);

#endif
