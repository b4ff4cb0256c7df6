/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * logsource - a log, line by line: a file, also a packed one, or the journal
 *
 *	struct logsource source;
 *	char *line;
 *	size_t length;
 *
 *	if (logsource_open(&source, "/var/log/mail.log.2.gz", &err) == -1)
 *		...
 *	while (logsource_next(&source, &line, &length))
 *		puts(line);
 *	if (logsource_close(&source, &err) == -1)
 *		...			-- there was more, which cannot be read
 *
 * What its first bytes show to be of gzip, xz, zstd or bzip2 is read through
 * that program, and the journal through journalctl.  Neither a shell nor PATH
 * is involved, and they get none of our descriptors.
 */
#ifndef CONTROL_LOGSOURCE_H
#define CONTROL_LOGSOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* Of a line that is longer only so many bytes are given. */
enum { LOGSOURCE_LINE_MAX = 65536 };

struct logsource {
	const char	*name;		/* borrowed, for errors */
	int		 fd;
	int64_t		 changed;	/* its last change, ms since 1970 */
	bool		 cut;		/* the line that was given last */
	/* The rest is its own. */
	pid_t		 child;		/* -1: none */
	int		 said;		/* standard error of the child */
	int		 failed;	/* errno of a read */
	char		*bytes;
	size_t		 begin, end;	/* of what is not given yet */
	bool		 ended, passing;
};

/* logsource_open - a file, or anything else that can be read to its end.
 * logsource_take - a descriptor, which becomes the source's, read from where it
 * stands; one of a file is read from its begin.
 * logsource_journal - the entries since then (ms; 0: all) of the facility
 * "mail" and of the names that milters have; what the hints of journalctl say comes
 * from logsource_close(). */
int	logsource_open(struct logsource *, const char *path, struct err *);
int	logsource_take(struct logsource *, int fd, const char *name, struct err *);
int	logsource_journal(struct logsource *, int64_t since, struct err *);

/* logsource_next - a line without its LF, and with a NUL behind it; it lives
 * until the next call and may be changed.  false: that was all. */
bool	logsource_next(struct logsource *, char **out, size_t *out_n);

/* logsource_close - -1: something kept us from its end.  Who has enough may
 * close it before; that is no error. */
int	logsource_close(struct logsource *, struct err *);

#endif
