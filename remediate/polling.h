/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * polling - the API as the source of verdicts
 *
 *	struct polling *polling = polling_new(settings, state, NULL);
 *
 *	loop.source = polling_source(polling);	-- NULL: there is no API
 *	...
 *	polling_use(polling, next, true);	-- after a reload
 *	polling = polling_free(polling);
 *
 * One poll asks for the windows that are due (remediate/api/windows.h) and notes
 * in the state that they were answered, so that nothing is missed or asked for
 * twice over a restart; each request is counted there, for api_daily_requests.
 * Times are those of the API's clock; when ours differs, a line says so.
 */
#ifndef REMEDIATE_POLLING_H
#define REMEDIATE_POLLING_H

#include "remediate/remediator.h"

struct polling;

/* polling_new - settings and state live longer, or polling_use() has others.  A
 * state of NULL: nothing is noted or counted, for a test of the API.  alive() is
 * called while it waits; or NULL. */
struct polling *polling_new(const struct settings *, struct state *,
	    void (*alive)(void));
struct polling *polling_free(struct polling *);		/* NULL */

/* polling_use - other settings from now on.  With anew, or when what concerns the
 * API has changed, it logs in again and forgets that it was to wait. */
void	 polling_use(struct polling *, const struct settings *, bool anew);

/* polling_source - valid as long as the polling; NULL: no API is configured. */
const struct verdict_source *polling_source(struct polling *);

#endif
