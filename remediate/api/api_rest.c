/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "base/clock.h"
#include "remediate/api/api_private.h"

enum { SLICE = 100, SECOND = 1000, TRIES = 5, PATIENCE = 30 * SECOND };

/* api_wait - so many ms, unless we stop */
bool
api_wait(const struct api *api, int64_t ms)
{
	const struct api_options *options = &api->options;
	int64_t end = clock_now() + ms, left, alive = 0;

	while ((left = end - clock_now()) > 0) {
		struct timespec slice = clock_timespec(left < SLICE ? left :
		    SLICE);

		if (options->stopped != NULL && atomic_load(options->stopped))
			return false;
		if (options->alive != NULL && clock_now() >= alive) {
			options->alive();
			alive = clock_now() + SECOND;
		}
		(void)nanosleep(&slice, NULL);
	}
	return options->stopped == NULL || !atomic_load(options->stopped);
}

/* api_back_off - 1, 2, 4, 8 seconds, or what we are told */
int64_t
api_back_off(unsigned n, int64_t told)
{
	if (n + 1 >= TRIES || told > PATIENCE)
		return -1;
	return told >= 0 ? told : INT64_C(1000) << n;
}

/* api_rests - does the service want to be left alone? */
int
api_rests(const struct api *api, struct err *err)
{
	int64_t left = api->rest_until - clock_boot();

	if (left <= 0)
		return 0;
	return err_set(err, api->rest_why.kind, "%s; it is not asked again "
	    "for %lld s", api->rest_why.text,
	    (long long)(left + SECOND - 1) / SECOND);
}

/* api_rest - leave it alone for so long */
int
api_rest(struct api *api, int64_t ms, const struct err *err)
{
	api->rest_until = clock_boot() + ms;
	api->rest_why = *err;
	return -1;
}
