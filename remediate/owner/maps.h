/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maps - lookup tables one after the other, as Postfix has them in a parameter
 *
 *	struct maps *maps;
 *	own(buf) struct buf value = BUF;
 *
 *	if (maps_load("hash:/etc/tdc/boxes, static:store", &maps, &err) == -1)
 *		...
 *	switch (maps_find(maps, "Bob@example.com", &value, &err)) {
 *	case 1:		... value.data ...
 *	case 0:		... in none of them ...
 *	case -1:	... one of them cannot tell ...
 *	}
 *	maps = maps_free(maps);
 */
#ifndef REMEDIATE_MAPS_H
#define REMEDIATE_MAPS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

struct maps;

/* maps_load - "" is none.  ERR_NEVER for a type that is unknown or a text that
 * is wrong.
 * maps_load_known - the same, without those that cannot be read; *out_why: of the
 * first of them, new, or NULL. */
int	 maps_load(const char *names, struct maps **out, struct err *);
int	 maps_load_known(const char *names, struct maps **out, char **out_why,
	    struct err *);
struct maps *maps_free(struct maps *);	/* NULL */

/* maps_find - the value in the first that has the key; 1, 0 or -1. */
int	 maps_find(const struct maps *, const char *key, struct buf *out,
	    struct err *);
/* maps_each_value - each that a table may give, once, and where it comes first; made:
 * it has $n in it, in place of a part of the key. */
typedef void maps_value(void *arg, const char *value, const char *place,
	    bool made);
void	 maps_each_value(const struct maps *, maps_value *, void *arg);
bool	 maps_are_none(const struct maps *);
/* maps_are_current - is no file changed since? */
bool	 maps_are_current(const struct maps *);

#endif
