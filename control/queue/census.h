/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * census - the copies that wait, or are kept, by intake domain
 *
 *	struct census census = { .alternate = conf->alternate_intake_address };
 *
 *	if (census_take(&census, spool, &err) == 0)
 *		for (size_t i = 0; i < census.group_count; i++)
 *			printf("%s: %zu\n", census.groups[i].domain,
 *			    census.groups[i].count);
 *	census_drop(&census);
 *
 * The domain is in the envelope, so each copy is opened, but only once: who
 * takes it again pays for the copies that are new or were tried meanwhile.
 */
#ifndef CONTROL_QUEUE_CENSUS_H
#define CONTROL_QUEUE_CENSUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "journal/spool/spool.h"

struct census_copy {
	struct spool_entry entry;
	char		*domain;	/* ""; of the intake it is waiting for */
	int64_t		 accepted;	/* ms since 1970, as are: */
	int64_t		 since;		/* accepted, or requeued */
	int64_t		 touched;	/* its last attempt, if there was one */
};

/* Copies for one domain, as it is written in the first of them. */
struct census_group {
	const char	*domain;
	const struct census_copy *copies;
	size_t		 count;
	int64_t		 oldest;	/* the first of their since */
	const struct census_copy *tried;	/* last; NULL: none was */
};

struct census {
	enum spool_place place;		/* SPOOL_READY unless it says so */
	const char	*alternate;	/* alternate_intake_address; "": none */
	struct census_copy *copies;	/* by domain, then MID */
	size_t		 count;
	struct census_group *groups;	/* by domain */
	size_t		 group_count;
};

/* census_take - as it is now; all but the first two must be zero, or of an
 * earlier one.  Copies that cannot be read are left out.  On -1 it is as it was. */
int	census_take(struct census *, const struct spool *, struct err *);

/* census_find - NULL: nothing waits for that domain. */
const struct census_group *census_find(const struct census *,
	    const char *domain);

void	census_drop(struct census *);

#endif
