/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sites.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"

#define FILE_NAME "sites"
#define MAGIC "TDCsit\n\1"	/* the last byte is the version */

enum { VALUES = 64 };

struct site_row {
	char		 domain[SITE_NAME];
	_Atomic uint64_t state;		/* enum site_state */
	_Atomic int64_t	 active;
	_Atomic uint64_t value[VALUES];	/* by enum counter */
};

struct page {
	char		 magic[8];
	_Atomic uint64_t used;		/* rows; raised when one is whole */
	struct site_row	 rows[SITES_MAX];
};
_Static_assert((int)COUNTERS <= (int)VALUES, "each counter has its place");

struct sites {
	struct page	*page;
};

/* map - a file that is whole, or NULL and an err */
static struct page *
map(int fd, int protection, struct err *err)
{
	struct page *page;
	struct stat st;

	if (fstat(fd, &st) == -1) {
		err_sys(err, "stat %s", FILE_NAME);
		return NULL;
	}
	if (st.st_size != sizeof(*page)) {
		err_set(err, ERR_NEVER, "%s: damaged", FILE_NAME);
		return NULL;
	}
	page = mmap(NULL, sizeof(*page), protection, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		err_sys(err, "map %s", FILE_NAME);
		return NULL;
	}
	if (memcmp(page->magic, MAGIC, sizeof(page->magic)) == 0 &&
	    page->used <= SITES_MAX)
		return page;
	munmap(page, sizeof(*page));
	err_set(err, ERR_NEVER, "%s: damaged, or of another version",
	    FILE_NAME);
	return NULL;
}

/* make_file - in place of what is no good: whoever has that one mapped keeps
 * it.  The magic comes last, so half of one is none. */
static int
make_file(int dirfd, struct err *err)
{
	own(fd) int fd = -1;

	if (unlinkat(dirfd, FILE_NAME, 0) == -1 && errno != ENOENT)
		return err_sys(err, "unlink %s", FILE_NAME);
	fd = openat(dirfd, FILE_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd == -1)
		return err_sys(err, "make %s", FILE_NAME);
	/* Real blocks: a hole in a mapped file kills on a full disk. */
	errno = posix_fallocate(fd, 0, sizeof(struct page));
	if (errno != 0 || pwrite(fd, MAGIC, sizeof(MAGIC) - 1, 0) == -1)
		return err_sys(err, "write %s", FILE_NAME);
	return 0;
}

static int
open_page(int dirfd, int flags, struct page **out, struct err *err)
{
	int protection = flags == O_RDWR ? PROT_READ | PROT_WRITE : PROT_READ;
	own(fd) int fd = openat(dirfd, FILE_NAME, flags | O_CLOEXEC |
	    O_NOFOLLOW);

	if (fd == -1)
		return err_sys(err, "open %s", FILE_NAME);
	*out = map(fd, protection, err);
	return *out != NULL ? 0 : -1;
}

static struct sites *
sites_new(struct page *page)
{
	struct sites *sites = mem_new(sizeof(*sites));

	sites->page = page;
	return sites;
}

/* sites_open - to write; new */
int
sites_open(int dirfd, struct sites **out, struct err *err)
{
	struct page *page;

	if (open_page(dirfd, O_RDWR, &page, err) == -1 &&
	    (make_file(dirfd, err) == -1 ||
	    open_page(dirfd, O_RDWR, &page, err) == -1))
		return -1;
	for (uint64_t i = 0; i < page->used; i++)
		site_show(&page->rows[i], SITE_UNKNOWN, 0);
	*out = sites_new(page);
	return 0;
}

/* sites_peek - to read; new */
int
sites_peek(int dirfd, struct sites **out, struct err *err)
{
	struct page *page;

	if (open_page(dirfd, O_RDONLY, &page, err) == -1)
		return -1;
	*out = sites_new(page);
	return 0;
}

/* sites_close - unmap; NULL */
struct sites *
sites_close(struct sites *sites)
{
	if (sites != NULL)
		munmap(sites->page, sizeof(*sites->page));
	free(sites);
	return NULL;
}

/* ---- rows ---- */

/* sites_next - in the order in which they came */
const struct site_row *
sites_next(const struct sites *sites, const struct site_row *row)
{
	row = row == NULL ? sites->page->rows : row + 1;
	return row < sites->page->rows + sites->page->used ? row : NULL;
}

/* sites_find - by its domain */
const struct site_row *
sites_find(const struct sites *sites, const char *domain)
{
	const struct site_row *row = NULL;

	while ((row = sites_next(sites, row)) != NULL)
		if (strncasecmp(row->domain, domain, SITE_NAME) == 0)
			return row;
	return NULL;
}

/* sites_row - the same, made when it is not there */
struct site_row *
sites_row(struct sites *sites, const char *domain)
{
	struct site_row *row;

	if (sites == NULL || strlen(domain) >= SITE_NAME)
		return NULL;
	for (uint64_t i = 0; i < sites->page->used; i++)
		if (strncasecmp(sites->page->rows[i].domain, domain,
		    SITE_NAME) == 0)
			return &sites->page->rows[i];
	if (sites->page->used == SITES_MAX)
		return NULL;
	row = &sites->page->rows[sites->page->used];
	snprintf(row->domain, sizeof(row->domain), "%s", domain);
	sites->page->used++;
	return row;
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

/* site_take - count n less */
void
site_take(struct site_row *row, enum counter which, uint64_t n)
{
	if (row != NULL)
		atomic_fetch_sub_explicit(&row->value[which], n,
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
site_show(struct site_row *row, enum site_state state, uint64_t connections)
{
	if (row == NULL)
		return;
	row->state = state;
	row->value[COUNT_CONNECTIONS_OUT] = connections;
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
