/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict_source - where verdicts come from: the API, or a cluster in front of
 * it
 *
 *	const struct verdict_source *verdicts;
 *
 *	if (verdicts->poll(verdicts->arg, now, see, arg, &err) == 0 &&
 *	    verdicts->done(verdicts->arg, &err) == 0)
 *		... and it is not asked for again ...
 */
#ifndef REMEDIATE_API_VERDICT_SOURCE_H
#define REMEDIATE_API_VERDICT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "remediate/api/api.h"

struct verdict_source {
	/* give each message that is told, as far as it was not yet */
	int	(*poll)(void *arg, int64_t now, api_each *, void *each_arg,
		    struct err *);
	/* what the last poll gave is kept: do not ask for it again */
	int	(*done)(void *arg, struct err *);
	/* called every second or so between polls: give what has come by itself;
	 * *due: poll at once.  Or NULL */
	int	(*turn)(void *arg, api_each *, void *each_arg, bool *due,
		    struct err *);
	/* what was given since the last start may not have been kept: what comes
	 * by itself is to be given again; or NULL */
	void	(*again)(void *arg);
	/* log in, and say a few words of it; or NULL */
	int	(*test)(void *arg, struct buf *said, struct err *);
	/* what is said of one message now */
	int	(*verdict_now)(void *arg, const char *id,
		    enum api_verdict *out, struct err *);
	/* give each message of that time, whatever its verdict */
	int	(*search)(void *arg, const struct api_window *, api_each *,
		    void *each_arg, struct err *);
	void	*arg;
};

#endif
