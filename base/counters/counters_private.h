/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters_private - the file, and what the files of counters share
 */
#ifndef BASE_COUNTERS_PRIVATE_H
#define BASE_COUNTERS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counters/counters.h"
#include "base/mapped.h"

#define COUNTERS_FILE "counters"
#define COUNTERS_MAGIC "TDCcnt\n\1"	/* the last byte is the version */

enum { BLOCK = 10000, BOOT_ID = 40, VALUES = 128, SEALS = 8, SIZE = 4096 };
enum { MID, DCID, SERIES };

/* No number of a file grows up to this. */
#define NUMBER_MOST COUNTERS_BY_TIME

/*
 * A series of numbers: last was handed out; up to reserved may be without
 * asking; promised is reserved as it is known to be on disk, or will be once
 * whoever raised it has synced.  Whoever synced raises reserved to what was
 * promised before that, so whoever sees a number below reserved can rely on
 * the disk.
 */
struct counters_series {
	_Atomic uint64_t last;
	_Atomic uint64_t reserved;
	_Atomic uint64_t promised;
};

/* Promises are multiples of BLOCK.  The sum of the one that is the nth
 * multiple stands in seal n % SEALS before it is made, so whoever is killed
 * between the two leaves a page that is sound. */
struct counters_page {
	char		 magic[8];
	char		 boot_id[BOOT_ID];
	struct counters_series	 series[SERIES];
	_Atomic uint64_t value[VALUES];
	_Atomic uint64_t seals[SERIES][SEALS];	/* all 0: of an older program */
};
_Static_assert(sizeof(struct counters_page) <= SIZE, "the file is one page");
_Static_assert((int)COUNTERS <= (int)VALUES, "each counter has its place");

union counters_whole {
	struct counters_page	 page;
	char		 bytes[SIZE];
};

struct buffer;

struct counters {
	struct mapped	*mapped;
	struct counters_page	*page;		/* its bytes */
	int		 dirfd;		/* -1: to read alone */
	uint64_t	 floor;
	bool		 used;
	unsigned	 slot;		/* below COUNTERS_SLOTS: ours, nearly */
	bool		 attached;	/* as counters_tend() last saw */
	atomic_bool	 moved;
	int64_t		 attached_at, next_try, next_keep;
	pthread_mutex_t	 lock;		/* of what follows */
	uint64_t	 by_time[SERIES]; /* the last of those */
	struct err	 news;
	bool		 has_news;
	struct buffer	*buffer;	/* NULL: none */
	uint64_t	*still;		/* what counter_get() tells; NULL: it looks */
};

extern const struct mapped_kind counters_kind;

/* numbers_sound - whether those of a page can be what was written. */
bool	 numbers_sound(const struct counters_page *);
/* numbers_seal - a promise that is about to be made. */
void	 numbers_seal(struct counters_page *, int series, uint64_t promise);
/* numbers_raise - to at least that much. */
void	 numbers_raise(_Atomic uint64_t *, uint64_t);
/* numbers_promise - let the disk know of a block that holds that number; may
 * wait for it.  -1: it cannot, or there is no file. */
int	 numbers_promise(struct counters *, int series, uint64_t);
/* numbers_now - what a new file's begin with; numbers_by_time - one that needs
 * no file; the lock is not held. */
uint64_t numbers_now(void);
uint64_t numbers_by_time(struct counters *, int series);

/* counters_attach - find the file or make it, and wait up to patience ms for
 * its lock.  What to warn of is news. */
int	 counters_attach(struct counters *, int patience, struct err *);
void	 counters_tell(struct counters *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* ---- counters_buffer.c ---- */

void	 buffer_add(struct buffer *, enum counter, uint64_t);
void	 buffer_raise(struct buffer *, enum counter, uint64_t);
uint64_t buffer_get(const struct counters *, enum counter);
uint64_t buffer_next_mid(struct counters *);
void	 buffer_free(struct counters *);

/* counters_rescue - before the end: try once more to have a file, for what
 * memory has counted in its place. */
void	counters_rescue(struct counters *);

#endif
