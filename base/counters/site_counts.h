/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * site_counts - what is known of each intake domain, in one mapped file
 *
 *	sites = site_counts_open(dirfd);		-- forwarder
 *	... now and then: site_counts_tend(sites, &err) ...
 *	site = site_counts_row(sites, "example.com");
 *	site_add(site, COUNT_DELIVERED, 1);
 *
 *	site_counts_peek(dirfd, &sites, &err);		-- tdcctl
 *	site = site_counts_find(sites, "example.com");
 *
 * The file "sites" in the spool directory has a row for each of the first
 * SITE_COUNTS_MAX domains that ever had a copy: the counters of deliveries,
 * named as in counters.h, whether it was up, and when it was last tried.  The
 * one forwarder writes; each number is one atomic.  They are for a person to
 * look at: a damaged file is started again, one that is lost while it is
 * mapped is made again from memory (mapped.h), and where there is no row
 * nothing is counted.
 */
#ifndef BASE_SITE_COUNTS_H
#define BASE_SITE_COUNTS_H

#include <stdint.h>

#include "base/counters/counters.h"
#include "base/err.h"

#define SITE_COUNTS_FILE "sites"
#define SITE_COUNTS_MAX 64
#define SITE_NAME 256		/* with its NUL: no domain is longer */

enum site_state { SITE_UNKNOWN, SITE_UP, SITE_DOWN };

struct site_counts;
struct site_row;

/* site_counts_open - new; every site starts as SITE_UNKNOWN with no
 * connections.  Without a good file the counts are in memory only, until
 * site_counts_tend() makes one.
 * site_counts_tend - see to the file; -1: none can be made, reported once.
 * site_counts_peek - to read; -1 when there is none (sys ENOENT), or a damaged
 * one. */
struct site_counts *site_counts_open(int dirfd);
int	 site_counts_tend(struct site_counts *, struct err *);
/* site_counts_move - to another directory: what was counted comes along. */
void	 site_counts_move(struct site_counts *, int dirfd);
int	 site_counts_peek(int dirfd, struct site_counts **out, struct err *);
/* site_counts_close - NULL; NULL is fine. */
struct site_counts *site_counts_close(struct site_counts *);

/* Borrowed until site_counts_close().  site_counts_row - made when it is not
 * there; NULL: there is no room, or no counts.  One thread at a time.
 * site_counts_find - NULL: nothing is known of that one.
 * site_counts_next - the row after that one, NULL: the first; NULL at the
 * end. */
struct site_row *site_counts_row(struct site_counts *, const char *domain);
const struct site_row *site_counts_find(const struct site_counts *,
	    const char *domain);
const struct site_row *site_counts_next(const struct site_counts *,
	    const struct site_row *);

const char *site_domain(const struct site_row *);

/* Any thread; on a NULL row writes are ignored, and there is nothing to read.
 * site_active: ms since 1970 of the last site_touch(), 0: none. */
void	 site_add(struct site_row *, enum counter, uint64_t);
void	 site_set(struct site_row *, enum counter, uint64_t);	/* a gauge */
void	 site_touch(struct site_row *, int64_t wall);
void	 site_show(struct site_row *, enum site_state, uint64_t connections,
	    uint64_t waiting);
uint64_t site_get(const struct site_row *, enum counter);
int64_t	 site_active(const struct site_row *);
enum site_state site_state(const struct site_row *);

#endif
