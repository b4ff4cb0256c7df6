/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rotated - a log and its older files, which logrotate and postfix made of it
 *
 *	struct rotated rotated = { .count = 0 };
 *
 *	rotated_find("/var/log/mail.log", since, &rotated);
 *	for (size_t i = 0; i < rotated.count; i++)
 *		puts(rotated.files[i].path);		-- oldest first
 *	rotated_drop(&rotated);
 *
 * Beside "mail.log" these are mail.log.1, mail.log.2.gz, mail.log-20261126.xz,
 * mail.log.20261126-073005: a dot or a dash, digits and dashes, and the ending
 * of what packed it.  Where a file is there packed and not packed, since it is
 * just being done, the latter counts.
 */
#ifndef CONTROL_ROTATED_H
#define CONTROL_ROTATED_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct rotated {
	struct rotated_file {
		char	*path;
		int64_t	 changed;	/* its last line, ms since 1970 */
	}		*files;
	size_t		 count;
};

/* rotated_find - add those that changed since then; the log itself also when it
 * cannot be looked at, for who opens it to say why. */
void	rotated_find(const char *path, int64_t since, struct rotated *);
void	rotated_drop(struct rotated *);		/* as after { 0 } */

#endif
