/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shape - how many copies wait for how long, as qshape(1) shows it
 *
 *	struct shape shape = { .now = clock_wall() };
 *	const struct census_group *group = census_find(&census, "example.com");
 *
 *	for (size_t i = 0; i < group->count; i++)
 *		shape_add(&shape, group->copies[i].accepted);
 *	printf("%zu of them for up to 5 s\n", shape.ages[0]);
 */
#ifndef CONTROL_QUEUE_SHAPE_H
#define CONTROL_QUEUE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"

enum { SHAPE_LIMITS = 6, SHAPE_AGES = SHAPE_LIMITS + 1 };

/* shape_limits - 5, 10, 20, 40, 80, 160 s: an age is counted at the first that
 * it does not exceed, or after the last. */
extern const unsigned shape_limits[SHAPE_LIMITS];

struct shape {
	int64_t		 now;		/* ms since 1970 */
	size_t		 total;
	size_t		 ages[SHAPE_AGES];
	int64_t		 first;		/* ms since 1970; 0: there is none */
};

void	shape_add(struct shape *, int64_t accepted);

/* shape_is_asked - is --shape among the arguments of "queue"?
 * do_shape - "queue --shape"; its arguments are those of "queue". */
bool	shape_is_asked(int argc, char **argv);
int	do_shape(struct control *, int argc, char **argv);

#endif
