/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/pattern/regexp_sum.h"

enum {
	COPIES_MAX = 5000,
	SKIPS_MAX = 350,
	ANCHORS_MAX = 8,
	BYTES_MAX = 64 << 20,
	LOOP = 5,		/* what may be skipped, when that is repeated */
	/* bytes, of glibc 2.36 to 2.41 on 64 bits */
	ROW = 1536,		/* whatever it is */
	NODE = 300,		/* its own, and what follows it */
	LOOKED_AT = 30		/* each node, from each place */
};

static uint64_t
at_most(uint64_t n)
{
	return REGEXP_AT_MOST(n);
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* close_ends - an anchor at either end is one like the others, for what is
 * around */
static void
close_ends(struct regexp_sum *sum)
{
	sum->anchors += sum->first + sum->last;
	sum->first = sum->last = false;
}

/* regexp_sum_one - a character, or what stands for one */
void
regexp_sum_one(struct regexp_sum *sum)
{
	sum->copies = at_most(sum->copies + 1);
	sum->reach = larger(sum->reach, 1);
	sum->empty = false;
}

/* regexp_sum_add - what cannot be skipped ends what is looked at */
void
regexp_sum_add(struct regexp_sum *to, const struct regexp_sum *more)
{
	to->copies = at_most(to->copies + more->copies);
	to->skips = at_most(to->skips + more->skips);
	to->anchors = at_most(to->anchors + more->anchors);
	to->nodes = at_most(to->nodes + more->nodes);
	to->first |= more->first;
	to->last |= more->last;
	to->run = at_most(to->run + more->reach);
	to->reach = larger(to->reach, to->run);
	if (!more->empty)
		to->run = more->reach;
	to->empty &= more->empty;
}

/* regexp_sum_branch - from one place all of them are looked at */
void
regexp_sum_branch(struct regexp_sum *sum)
{
	sum->nodes = at_most(sum->nodes + 1);
	sum->width = at_most(sum->width + sum->reach);
	sum->was_empty |= sum->empty;
	sum->reach = sum->run = 0;
	sum->empty = true;
}

/* regexp_sum_close - it is one thing now */
void
regexp_sum_close(struct regexp_sum *sum)
{
	regexp_sum_branch(sum);
	close_ends(sum);
	sum->reach = at_most(sum->width + 1);
	sum->empty = sum->was_empty;
	sum->width = sum->run = 0;
	sum->was_empty = false;
}

/* times - so many of it */
static void
times(struct regexp_sum *sum, uint64_t n)
{
	close_ends(sum);
	sum->copies = at_most(sum->copies * n);
	sum->skips = at_most(sum->skips * n);
	sum->anchors = at_most(sum->anchors * n);
	sum->nodes = at_most(sum->nodes * n);
}

/* regexp_sum_repeat - those after the least may be skipped */
void
regexp_sum_repeat(struct regexp_sum *sum, uint64_t least, uint64_t most)
{
	uint64_t more = most > least ? most - least : 0;

	/* a single one has no anchors but those it has */
	if (most != 1 || least != 0)
		times(sum, most);
	sum->skips = at_most(sum->skips + more);
	sum->reach = at_most((sum->reach + (more > 0)) *
	    larger(sum->empty ? most : more, 1));
	sum->empty |= least == 0;
}

/* regexp_sum_loop - the last one is looked at from its own end, too */
void
regexp_sum_loop(struct regexp_sum *sum, uint64_t n)
{
	if (n != 1)
		times(sum, n);
	sum->skips = at_most(sum->skips * LOOP + 1);
	sum->reach = at_most((sum->reach + 1) * (sum->empty ? n : 1) * 2);
}

/* all - of the nodes, and of what is looked at from one: once more for each
 * combination of anchors */
static uint64_t
all(const struct regexp_sum *sum, uint64_t n)
{
	return at_most(n * (1 + sum->anchors));
}

/* regexp_sum_bytes - as measured: never less, for the large ones */
size_t
regexp_sum_bytes(const struct regexp_sum *sum)
{
	uint64_t places = sum->skips + sum->nodes;
	uint64_t seen = sum->width + sum->reach;

	return (size_t)(ROW + NODE * (sum->copies + sum->nodes) +
	    LOOKED_AT * all(sum, places) * all(sum, seen));
}

/* regexp_sum_fits - the counts, and the bytes they come to */
bool
regexp_sum_fits(const struct regexp_sum *sum)
{
	return sum->copies <= COPIES_MAX && sum->anchors <= ANCHORS_MAX &&
	    sum->skips * (1 + sum->anchors) <= SKIPS_MAX &&
	    regexp_sum_bytes(sum) <= BYTES_MAX;
}
