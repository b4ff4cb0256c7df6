/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recent - what is known of some thing by its name, of so many at most
 *
 *	struct recent *recent = recent_new(1000, free_value, NULL);
 *
 *	recent_put(recent, "4YbCdE3xkzz1V", value);
 *	value = recent_find(recent, "4YbCdE3xkzz1V");
 *	recent_free(recent);
 *
 * For who goes through a log once: what began there longest ago makes room, so
 * memory does not grow with the log.
 */
#ifndef CONTROL_RECENT_H
#define CONTROL_RECENT_H

#include <stddef.h>

struct recent;

/* What becomes of a value whose time is over; it is its owner then. */
typedef void recent_over(void *arg, void *value);

struct recent *recent_new(size_t most, recent_over *, void *arg);

/* recent_find - borrowed; NULL: not there. */
void	*recent_find(const struct recent *, const char *name);

/* recent_put - takes the value; over() gets the one that had this name, and the
 * oldest when there are too many. */
void	recent_put(struct recent *, const char *name, void *value);

/* recent_end - over() gets the value of this name, if there is one. */
void	recent_end(struct recent *, const char *name);

/* recent_free - over() gets all values, the oldest first.  NULL. */
struct recent *recent_free(struct recent *);

#endif
