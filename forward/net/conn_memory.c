/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/conn_memory.h"

#include <openssl/crypto.h>
#include <stddef.h>
#include <stdlib.h>

static _Thread_local bool lacked;
static bool watched;		/* set before there are threads */

/* note - what malloc(3) gave */
static void *
note(void *memory)
{
	if (memory == NULL)
		lacked = true;
	return memory;
}

static void *
get(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return n == 0 ? NULL : note(malloc(n));
}

static void
give_back(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	free(memory);
}

/* resize - as CRYPTO_realloc(3), which leaves these cases to us */
static void *
resize(void *memory, size_t n, const char *file, int line)
{
	if (memory == NULL)
		return get(n, file, line);
	if (n == 0) {
		free(memory);
		return NULL;
	}
	return note(realloc(memory, n));
}

/* conn_memory_watch - what is refused from now on */
bool
conn_memory_watch(void)
{
	watched = CRYPTO_set_mem_functions(get, resize, give_back) == 1;
	return watched;
}

/* conn_memory_watched - it was begun in time */
bool
conn_memory_watched(void)
{
	return watched;
}

/* conn_memory_forget - whatever it was */
void
conn_memory_forget(void)
{
	lacked = false;
}

/* conn_memory_lacked - something was refused */
bool
conn_memory_lacked(void)
{
	return lacked;
}
