/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/counters/site_counts.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/group_readable.h"
#include "base/mapped.h"
#include "base/mem.h"
#include "base/own.h"

#define MAGIC "TDCsit\n\1"	/* the last byte is the version */

enum { VALUES = 64 };

struct site_row {
	char		 domain[SITE_NAME];
	_Atomic uint64_t state;		/* enum site_state */
	_Atomic int64_t	 active;
	_Atomic uint64_t value[VALUES];	/* by enum counter */
};

struct counts_page {
	char		 magic[8];
	_Atomic uint64_t used;		/* rows; raised when one is whole */
	struct site_row	 rows[SITE_COUNTS_MAX];
};
_Static_assert((int)COUNTERS <= (int)VALUES, "each counter has its place");

struct site_counts {
	struct mapped	*mapped;
	struct counts_page	*page;		/* its bytes */
	int		 dirfd;		/* -1: to read alone */
	bool		 told;		/* that there is no file */
};

static bool
page_sound(const void *bytes)
{
	const struct counts_page *page = bytes;

	return memcmp(page->magic, MAGIC, sizeof(page->magic)) == 0 &&
	    page->used <= SITE_COUNTS_MAX;
}

static const struct mapped_kind kind = { .name = SITE_COUNTS_FILE,
    .size = sizeof(struct counts_page), .sound = page_sound };

static struct site_counts *
sites_new(int dirfd)
{
	struct site_counts *sites = mem_new(sizeof(*sites));

	sites->dirfd = dirfd;
	sites->mapped = mapped_new(&kind);
	sites->page = mapped_bytes(sites->mapped);
	return sites;
}

static int
attach(struct site_counts *sites, int dirfd, struct err *err)
{
	bool writable = sites->dirfd != -1;
	own(fd) int fd = openat(dirfd, SITE_COUNTS_FILE,
	    O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK | (writable ? O_RDWR : O_RDONLY));

	if (fd == -1)
		return err_sys(err, "open %s", SITE_COUNTS_FILE);
	if (writable)		/* who counts says it when that fails */
		(void)group_readable(dirfd, fd, SITE_COUNTS_FILE, err);
	if (mapped_attach(sites->mapped, fd, writable, err) == -1)
		return -1;
	(void)fd_give(&fd);
	return 0;
}

/* make_file - of what is in memory, in place of what is no good: whoever has
 * that one mapped keeps it */
static int
make_file(const struct site_counts *sites, struct err *err)
{
	own(fd) int fd = -1;
	ssize_t n;

	memcpy(sites->page->magic, MAGIC, sizeof(sites->page->magic));
	if (unlinkat(sites->dirfd, SITE_COUNTS_FILE, 0) == -1 &&
	    errno != ENOENT)
		return err_sys(err, "unlink %s", SITE_COUNTS_FILE);
	fd = openat(sites->dirfd, SITE_COUNTS_FILE, O_RDWR | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return err_sys(err, "make %s", SITE_COUNTS_FILE);
	/* Real blocks: a hole in a mapped file is lost on a full disk. */
	errno = posix_fallocate(fd, 0, sizeof(struct counts_page));
	if (errno != 0)
		return err_sys(err, "write %s", SITE_COUNTS_FILE);
	n = pwrite(fd, sites->page, sizeof(struct counts_page), 0);
	if (n >= 0 && n < (ssize_t)sizeof(struct counts_page))
		errno = ENOSPC;
	return n == (ssize_t)sizeof(struct counts_page) ? 0 :
	    err_sys(err, "write %s", SITE_COUNTS_FILE);
}

/* forget - how it was with the last forwarder */
static void
forget(struct site_row *row)
{
	site_show(row, SITE_UNKNOWN, 0, 0);
	site_set(row, COUNT_OLDEST, 0);
}

/* site_counts_open - to write; new */
struct site_counts *
site_counts_open(int dirfd)
{
	struct site_counts *sites = sites_new(fcntl(dirfd, F_DUPFD_CLOEXEC, 0));
	struct err ignored;

	if (attach(sites, sites->dirfd, &ignored) == 0)
		for (uint64_t i = 0; i < sites->page->used; i++)
			forget(&sites->page->rows[i]);
	return sites;
}

/* site_counts_peek - to read; new */
int
site_counts_peek(int dirfd, struct site_counts **out, struct err *err)
{
	struct site_counts *sites = sites_new(-1);

	if (attach(sites, dirfd, err) == -1) {
		site_counts_close(sites);
		return -1;
	}
	(void)mapped_keep(sites->mapped, err);
	*out = sites;
	return 0;
}

/* site_counts_move - site_counts_tend() makes the file there */
void
site_counts_move(struct site_counts *sites, int dirfd)
{
	if (dup3(dirfd, sites->dirfd, O_CLOEXEC) != -1)
		mapped_leave(sites->mapped);
}

/* site_counts_tend - the file stays the one that is there, or becomes it */
int
site_counts_tend(struct site_counts *sites, struct err *err)
{
	bool told = sites->told;
	struct err why;

	if (mapped_keep(sites->mapped, &why) == -1)
		mapped_leave(sites->mapped);
	sites->told = false;
	if (!mapped_lost(sites->mapped) || (make_file(sites, err) == 0 &&
	    attach(sites, sites->dirfd, err) == 0))
		return 0;
	sites->told = true;
	return told ? 0 : -1;
}

/* site_counts_close - unmap; NULL */
struct site_counts *
site_counts_close(struct site_counts *sites)
{
	if (sites == NULL)
		return NULL;
	mapped_free(sites->mapped);
	if (sites->dirfd != -1)
		close(sites->dirfd);
	free(sites);
	return NULL;
}

/* ---- rows ---- */

/* site_counts_next - in the order in which they came */
const struct site_row *
site_counts_next(const struct site_counts *sites, const struct site_row *row)
{
	row = row == NULL ? sites->page->rows : row + 1;
	return row < sites->page->rows + sites->page->used ? row : NULL;
}

/* site_counts_find - by its domain */
const struct site_row *
site_counts_find(const struct site_counts *sites, const char *domain)
{
	const struct site_row *row = NULL;

	while ((row = site_counts_next(sites, row)) != NULL)
		if (strncasecmp(row->domain, domain, SITE_NAME) == 0)
			return row;
	return NULL;
}

/* site_counts_row - the same, made when it is not there */
struct site_row *
site_counts_row(struct site_counts *sites, const char *domain)
{
	struct site_row *row;

	if (sites == NULL || strlen(domain) >= SITE_NAME)
		return NULL;
	for (uint64_t i = 0; i < sites->page->used; i++)
		if (strncasecmp(sites->page->rows[i].domain, domain,
		    SITE_NAME) == 0)
			return &sites->page->rows[i];
	if (sites->page->used == SITE_COUNTS_MAX)
		return NULL;
	row = &sites->page->rows[sites->page->used];
	snprintf(row->domain, sizeof(row->domain), "%s", domain);
	sites->page->used++;
	return row;
}

/* site_domain - whose it is */
const char *
site_domain(const struct site_row *row)
{
	return row->domain;
}

/* ---- numbers ---- */

/* site_add - count n more */
void
site_add(struct site_row *row, enum counter which, uint64_t n)
{
	if (row != NULL)
		atomic_fetch_add_explicit(&row->value[which], n,
		    memory_order_relaxed);
}

/* site_set - for gauges */
void
site_set(struct site_row *row, enum counter which, uint64_t n)
{
	if (row != NULL)
		atomic_store_explicit(&row->value[which], n,
		    memory_order_relaxed);
}

/* site_touch - something came of an attempt */
void
site_touch(struct site_row *row, int64_t wall)
{
	if (row != NULL)
		row->active = wall;
}

/* site_show - how it is now */
void
site_show(struct site_row *row, enum site_state state, uint64_t connections,
    uint64_t waiting)
{
	if (row == NULL)
		return;
	row->state = state;
	row->value[COUNT_CONNECTIONS_OUT] = connections;
	row->value[COUNT_WAITING] = waiting;
}

/* site_get - as it is now */
uint64_t
site_get(const struct site_row *row, enum counter which)
{
	return row == NULL ? 0 : row->value[which];
}

/* site_active - when something came of an attempt */
int64_t
site_active(const struct site_row *row)
{
	return row == NULL ? 0 : row->active;
}

/* site_state - as of the last attempt */
enum site_state
site_state(const struct site_row *row)
{
	uint64_t state = row == NULL ? SITE_UNKNOWN : row->state;

	return state <= SITE_DOWN ? (enum site_state)state : SITE_UNKNOWN;
}
