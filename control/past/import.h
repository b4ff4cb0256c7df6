/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * import - rows of the history, from what the programs logged of each copy
 *
 *	struct import *import = import_new(&conf, take_rows, arg);
 *
 *	import_line(import, &line);		-- each, in the order of the log
 *	import_finish(import);
 *	printf("%llu copies\n",
 *	    (unsigned long long)import_seen(import)->copies);
 *	import_free(import);
 *
 * A copy is what its lines "enqueued" and "queue-id" say, and has a row for each
 * of its ends: delivered, given up, diverted, deleted.  Joined by MID; the client
 * is from the line of smtpd(8) with its queue id.  What a log does not know stays
 * empty: HELO, the sums, and the lines of a reply but the first, which are one
 * text.
 */
#ifndef CONTROL_IMPORT_H
#define CONTROL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "control/logs/logline.h"
#include "history/row.h"

enum { IMPORT_ROWS = 1000 };		/* that are given together, at most */

/* Rows that live until it returns; false: no more are wanted. */
typedef bool import_rows(void *arg, const struct history_row *, size_t count);

struct import_seen {
	uint64_t	 copies;	/* whose begin was seen */
	uint64_t	 open;		/* of these, without an end */
	uint64_t	 headless;	/* ends of a copy whose begin was not */
};

struct import;

struct import *import_new(const struct conf *, import_rows *, void *arg);

/* import_line - false: rows are no longer wanted. */
bool	import_line(struct import *, const struct logline *);
/* import_finish - the last rows; import_seen() is complete then. */
bool	import_finish(struct import *);
const struct import_seen *import_seen(const struct import *);
struct import *import_free(struct import *);	/* NULL */

#endif
