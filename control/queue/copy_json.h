/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy_json - a copy of the spool as members of an object of JSON
 *
 *	const struct copy_facts facts = { .place = "ready", .next_in = -1 };
 *
 *	json_put_begin(&out);
 *	copy_json(copy, &facts, &out);
 *	json_put_end(&out);
 *
 * The names are those of history --json where that has them.
 */
#ifndef CONTROL_COPY_JSON_H
#define CONTROL_COPY_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "journal/spool/copy.h"

/* What is not in the copy itself. */
struct copy_facts {
	const char	*place;
	const char	*reason;	/* NULL or "": none */
	int64_t		 next_in;	/* ms; -1: nobody knows */
	bool		 suspended;	/* where it goes */
};

/* copy_json - what queue tells of it. */
void	copy_json(const struct copy *, const struct copy_facts *,
	    struct buf *out);

/* copy_json_more - what show tells besides, with the header. */
int	copy_json_more(const struct copy *, struct buf *out, struct err *);

#endif
