/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_handle - curl has none for us while no_handle is set, for "WRAP: http_open"
 */
#ifndef TESTS_NO_HANDLE_H
#define TESTS_NO_HANDLE_H

#include <stdbool.h>

#include "remediate/http/http.h"

static bool no_handle;

int	__real_http_open(const struct http_options *, struct http **,
	    struct err *);
int	__wrap_http_open(const struct http_options *, struct http **,
	    struct err *);
int
__wrap_http_open(const struct http_options *options, struct http **out,
    struct err *err)
{
	return no_handle ? err_set(err, ERR_LATER, "no handle") :
	    __real_http_open(options, out, err);
}

#endif
