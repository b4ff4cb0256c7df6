/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem - memory that is there, or the process is not
 *
 *	char *name = mem_text("alice");			-- new
 *	int64_t *times = mem_new(9 * sizeof(*times));	-- new, all zero
 *
 *	struct arena arena = { 0 };
 *	char *copy = arena_text(&arena, text);		-- lives with the arena
 *	arena_drop(&arena);				-- all of it, at once
 *
 * Out of memory ends the process with EX_OSERR and one line on stderr: its
 * supervisor starts it again, Postfix goes on without us meanwhile, and
 * nothing was promised before it was on disk.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void	*mem_new(size_t) __attribute__((malloc, returns_nonnull));
/* count things of size each; contents kept, new part not cleared */
void	*mem_grow(void *, size_t count, size_t size)
	    __attribute__((returns_nonnull));
char	*mem_text(const char *) __attribute__((malloc, returns_nonnull));
char	*mem_bytes(const void *, size_t)	/* + a NUL */
	    __attribute__((malloc, returns_nonnull));
char	*mem_format(const char *, ...)
	    __attribute__((format(printf, 1, 2), malloc, returns_nonnull));

/* mem_none - there is none, also for others to say. */
void	 mem_none(void) __attribute__((noreturn));

/* mem_absolute - a path that holds whatever the working directory is later. */
char	*mem_absolute(const char *path) __attribute__((returns_nonnull));

struct arena {
	struct arena_block *blocks;
};

void	*arena_new(struct arena *, size_t);	/* all zero, aligned */
char	*arena_text(struct arena *, const char *);
char	*arena_bytes(struct arena *, const void *, size_t); /* + a NUL */
char	*arena_format(struct arena *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
void	 arena_drop(struct arena *);		/* as after { 0 } */

#endif
