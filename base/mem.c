/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* mem_none - the only thing to do; no stdio, which might want memory */
void
mem_none(void)
{
	static const char text[] = "out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	_exit(EX_OSERR);
}

/* mem_new - zeroed memory; new */
void *
mem_new(size_t size)
{
	void *p = calloc(1, size > 0 ? size : 1);

	if (p == NULL)
		mem_none();
	return p;
}

/* mem_grow - the same memory, larger; takes p */
void *
mem_grow(void *p, size_t count, size_t size)
{
	p = reallocarray(p, count > 0 ? count : 1, size);
	if (p == NULL)
		mem_none();
	return p;
}

/* mem_bytes - a copy with a NUL after it; new */
char *
mem_bytes(const void *bytes, size_t n)
{
	char *copy = malloc(n + 1);

	if (copy == NULL)
		mem_none();
	if (n > 0)
		memcpy(copy, bytes, n);
	copy[n] = '\0';
	return copy;
}

/* mem_text - a copy of a string; new */
char *
mem_text(const char *text)
{
	return mem_bytes(text, strlen(text));
}

/* mem_format - printf into memory; new */
char *
mem_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n == -1)
		mem_none();
	return text;
}

/* mem_absolute - a path below where we stand now; new */
char *
mem_absolute(const char *path)
{
	char *here, *absolute;

	if (*path == '/' || (here = get_current_dir_name()) == NULL)
		return mem_text(path);
	absolute = mem_format("%s/%s", here, path);
	free(here);
	return absolute;
}

/* Blocks are chained, the newest first; only that one is filled. */
struct arena_block {
	struct arena_block *next;
	size_t		 used, size;
	_Alignas(max_align_t) char bytes[];
};

/* The first block is one that malloc has at hand. */
enum { ARENA_FIRST = 1000, ARENA_BLOCK = 4000 };

/* block_for - the block that holds n more bytes from an aligned offset */
static struct arena_block *
block_for(struct arena *arena, size_t n, size_t align)
{
	struct arena_block *block = arena->blocks;
	size_t usual = block == NULL ? ARENA_FIRST : ARENA_BLOCK;
	size_t size = n > usual ? n : usual;

	if (block != NULL) {
		size_t at = (block->used + align - 1) & ~(align - 1);

		if (at <= block->size && n <= block->size - at) {
			block->used = at;
			return block;
		}
	}
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		mem_none();
	*block = (struct arena_block){ .next = arena->blocks, .size = size };
	arena->blocks = block;
	return block;
}

static char *
take(struct arena *arena, size_t n, size_t align)
{
	struct arena_block *block = block_for(arena, n, align);
	char *p = block->bytes + block->used;

	block->used += n;
	return p;
}

/* arena_new - zeroed memory that lives with the arena */
void *
arena_new(struct arena *arena, size_t n)
{
	return memset(take(arena, n, _Alignof(max_align_t)), 0, n);
}

/* arena_bytes - a copy with a NUL after it that lives with the arena */
char *
arena_bytes(struct arena *arena, const void *bytes, size_t n)
{
	char *copy = take(arena, n + 1, 1);

	if (n > 0)
		memcpy(copy, bytes, n);
	copy[n] = '\0';
	return copy;
}

/* arena_text - a copy of a string that lives with the arena */
char *
arena_text(struct arena *arena, const char *text)
{
	return arena_bytes(arena, text, strlen(text));
}

/* arena_format - printf into memory that lives with the arena */
char *
arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text, *copy;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n == -1)
		mem_none();
	copy = arena_bytes(arena, text, (size_t)n);
	free(text);
	return copy;
}

/* arena_drop - free everything in it */
void
arena_drop(struct arena *arena)
{
	while (arena->blocks != NULL) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}
