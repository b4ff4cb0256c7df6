/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parcel - a copy made ready to be sent: its file, the report around it, and
 * the letter that both make
 *
 *	if (parcel_open(worker, &item, &parcel)) {
 *		... parcel.letter ...
 *		parcel_close(&parcel);
 *	}
 */
#ifndef FORWARD_PARCEL_H
#define FORWARD_PARCEL_H

#include <stdbool.h>

#include "forward/smtp/letter.h"
#include "forward/worker.h"
#include "journal/report/report.h"
#include "journal/spool/copy.h"

struct parcel {
	struct copy	 copy;
	struct report	 report;
	struct letter	 letter;
};

/* parcel_open - of a copy that the worker sends.  false: it cannot be sent, not
 * now or not at all; what becomes of it has been said, and the item given
 * away. */
bool	parcel_open(const struct worker *, struct item **, struct parcel *out);
void	parcel_close(struct parcel *);

#endif
