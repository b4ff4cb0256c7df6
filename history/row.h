/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row - one copy in the history: its envelope, and how it ended
 *
 *	struct history_fate fate = { .verdict = "delivered", .attempts = 1 };
 *	struct buf json = BUF, line = BUF;
 *
 *	envelope_format(&envelope, &json);
 *	row_format(json.data, &fate, &line);		-- ends in LF
 *	if (row_parse(line.data, line.len - 1, &arena, &row, &err) == 0)
 *		puts(row.envelope.sender);
 *
 * A line is two objects of JSON with a blank between them: the fate, and the
 * envelope as the spool has it.
 */
#ifndef HISTORY_ROW_H
#define HISTORY_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "journal/envelope.h"

/* SHA-256 in hex digits with a NUL. */
#define HISTORY_SUM 65

struct history_fate {
	const char	*verdict;	/* "delivered", "expired", ... */
	const char	*reply;		/* the last one, or what went wrong; "" */
	unsigned	 attempts;
	uint64_t	 dcid;		/* 0: none */
	int64_t		 ended;		/* ms since 1970 */
	char		 header_sum[HISTORY_SUM]; /* of the header as received */
	char		 fields_sum[HISTORY_SUM]; /* of From, Date, To and
					   Message-ID; "": not known */
};

struct history_row {
	struct envelope	 envelope;
	struct history_fate fate;
};

/* row_format - envelope: as envelope_format() writes it. */
void	row_format(const char *envelope, const struct history_fate *,
	    struct buf *out);

/* row_parse - texts live in the arena; -1 for what row_format() did not
 * write. */
int	row_parse(const char *line, size_t, struct arena *,
	    struct history_row *out, struct err *);

#endif
