/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters - numbers that outlive the programs, in one mapped file
 *
 *	counters_open(dirfd, floor, &counters, &err);
 *	counter_add(counters, COUNT_DELIVERED, 1);
 *	if (counters_next_mid(counters, &mid, &err) == -1) ...
 *
 * The file "counters" in the spool directory is mapped by every program;
 * each number is one atomic.  MIDs and DCIDs never repeat: a block of them is
 * reserved on disk (fdatasync) before the first of it is handed out, and
 * after a reboot, when what was in memory may be lost, counting goes on
 * behind the last reserved block.  Within one boot the mapped page survives
 * kill -9, so no number is skipped.
 */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum counter {
#define COUNTER(name, label, meaning) COUNT_##name,
#include "base/counters_list.h"
#undef COUNTER
	COUNTERS
};

struct counter_row {
	const char	*name;		/* "delivered", for JSON and metrics */
	const char	*meaning;	/* one sentence */
};
extern const struct counter_row counter_rows[COUNTERS];

struct counters;

/* counters_open - map the file, made when it is not there.  floor: MIDs start
 * above it in a new file (the highest MID in the spool). */
int	 counters_open(int dirfd, uint64_t floor, struct counters **out,
	    struct err *);
/* counters_peek - map it for reading alone; ERR_NEVER when there is none. */
int	 counters_peek(int dirfd, struct counters **out, struct err *);
struct counters *counters_close(struct counters *);	/* NULL */

void	 counter_add(struct counters *, enum counter, uint64_t);
void	 counter_take(struct counters *, enum counter, uint64_t);
void	 counter_set(struct counters *, enum counter, uint64_t);
uint64_t counter_get(const struct counters *, enum counter);

/* The next number, never 0.  Fails when a block cannot be reserved on disk. */
int	 counters_next_mid(struct counters *, uint64_t *out, struct err *);
int	 counters_next_dcid(struct counters *, uint64_t *out, struct err *);
uint64_t counters_last_mid(const struct counters *);

#endif
