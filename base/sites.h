/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sites - what is known of each intake domain, in one mapped file
 *
 *	sites = sites_open(dirfd);			-- forwarder
 *	... now and then: sites_tend(sites, &err) ...
 *	site = sites_row(sites, "example.com");
 *	site_add(site, COUNT_DELIVERED, 1);
 *
 *	sites_peek(dirfd, &sites, &err);			-- tdcctl
 *	site = sites_find(sites, "example.com");
 *
 * The file "sites" in the spool directory has a row for each of the first
 * SITES_MAX domains that ever had a copy: the counters of deliveries, whose
 * names are those of counters.h, whether it was up, and when it was tried
 * last.  The one forwarder writes; each number is one atomic.  These are for a
 * person to look at: a damaged file is begun anew, one that is lost while it
 * is mapped is made anew of what memory has (mapped.h), and where there is no
 * row nothing is counted.
 */
#ifndef BASE_SITES_H
#define BASE_SITES_H

#include <stdint.h>

#include "base/counters.h"
#include "base/err.h"

#define SITES_FILE "sites"
#define SITES_MAX 64
#define SITE_NAME 256		/* with its NUL: no domain is longer */

enum site_state { SITE_UNKNOWN, SITE_UP, SITE_DOWN };

struct sites;
struct site_row;

/* sites_open - new; of each site it is not known now whether it is up, and no
 * connection is open.  Where there is no good file memory does, until
 * sites_tend() makes one.
 * sites_tend - see to the file; -1: none can be made, told once.
 * sites_peek - to read; -1 when there is none (sys ENOENT), or a damaged one. */
struct sites *sites_open(int dirfd);
int	 sites_tend(struct sites *, struct err *);
/* sites_move - to another directory: what was counted comes along. */
void	 sites_move(struct sites *, int dirfd);
int	 sites_peek(int dirfd, struct sites **out, struct err *);
struct sites *sites_close(struct sites *);	/* NULL; NULL is fine */

/* Borrowed until sites_close().  sites_row - made when it is not there; NULL:
 * there is no room, or sites is NULL.  One thread at a time.
 * sites_find - NULL: nothing is known of that one.
 * sites_next - the one behind that, NULL: the first; NULL behind the last. */
struct site_row *sites_row(struct sites *, const char *domain);
const struct site_row *sites_find(const struct sites *, const char *domain);
const struct site_row *sites_next(const struct sites *,
	    const struct site_row *);

/* Any thread; a row that is NULL takes all and tells nothing.  site_active: ms
 * since 1970 of the last site_touch(), 0: none. */
void	 site_add(struct site_row *, enum counter, uint64_t);
void	 site_take(struct site_row *, enum counter, uint64_t);
void	 site_touch(struct site_row *, int64_t wall);
void	 site_show(struct site_row *, enum site_state, uint64_t connections);
uint64_t site_get(const struct site_row *, enum counter);
int64_t	 site_active(const struct site_row *);
enum site_state site_state(const struct site_row *);

#endif
