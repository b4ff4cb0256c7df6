/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secret - memory for what no core dump may have
 *
 *	char *pages = secret_pages(size);	-- NULL: there are none; all zero
 *	secret_unmap(pages, size);		-- wiped first
 *
 * For what is kept as long as the program runs: base/secret_file.h and BUF_SECRET
 * (base/buf.h) stand on it.  secret_realloc and secret_free are for libraries
 * that take functions for memory, as jansson and libcurl do: what they free, or
 * move, is wiped.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static inline void *
secret_pages(size_t size)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	(void)madvise(pages, size, MADV_DONTDUMP);
	return pages;
}

static inline void
secret_unmap(void *pages, size_t size)
{
	explicit_bzero(pages, size);
	(void)munmap(pages, size);
}

static inline void
secret_free(void *memory)
{
	if (memory != NULL)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

static inline void *
secret_realloc(void *memory, size_t size)
{
	size_t had = memory != NULL ? malloc_usable_size(memory) : 0;
	void *more = malloc(size);

	if (more == NULL)
		return NULL;
	if (had > 0)
		memcpy(more, memory, had < size ? had : size);
	secret_free(memory);
	return more;
}

#endif
