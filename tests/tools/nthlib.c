/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nthlib - whatever a library is asked fails once, each call in turn
 *
 *	NTHLIB=FILE LD_PRELOAD=build/tests/tools/nthlib.so COMMAND...
 *
 * A shared object, for programs as they are.  FILE, of a page, is mapped by the
 * program and what it forks, and begins with 64 octets of text that a test writes at
 * once (tests/rig/nthlib.sh):
 *
 *	0	"-": nothing is counted; "c": calls are; "f": and they fail
 *	1	which function: "a" is the first of names[]
 *	2	so many of its calls pass, in decimal, 14 characters
 *	16	then so many fail, 0: all that come
 *
 * After them stand numbers of 64 bits: the calls of each function, from octet 64 on,
 * and at 192 how many failed.
 *
 * Memory is that of all libraries, since the program's own malloc(3) is theirs.  A
 * call of OpenSSL that fails leaves an error in its queue, as OpenSSL does; memory
 * leaves ENOMEM.
 *
 * A program that ends by a memory fault says where, on standard error: it is not
 * dumpable, and what ends it may be in any library.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unbound.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <execinfo.h>
#endif

/* As tests/rig/nthlib.sh has them. */
enum function { MEMORY, SSL_NEW, CONNECT, READ, WRITE, CONTEXT, RESOLVE, ADDRESS,
	FUNCTIONS };

enum { PAGE = 4096, COUNTS = 64, HITS = 192, PLACES = (HITS - COUNTS) / 8 };

struct page {
	_Atomic char	 mode;
	char		 which;
	char		 skip[14];
	char		 count[48];
	_Atomic uint64_t calls[PLACES];
	_Atomic uint64_t hits;
};
_Static_assert((int)FUNCTIONS <= (int)PLACES, "numbers have their place");
_Static_assert(offsetof(struct page, calls) == COUNTS, "as the rig has it");
_Static_assert(offsetof(struct page, hits) == HITS, "as the rig has it");

static struct page *page;

/* say_where_of_fault - of a memory fault, once */
#ifdef __GLIBC__
enum { FRAMES = 40 };

static void
say_where(int number)
{
	void *frames[FRAMES];

	backtrace_symbols_fd(frames, backtrace(frames, FRAMES), STDERR_FILENO);
	(void)raise(number);
}

static void
say_where_of_fault(void)
{
	const struct sigaction fault = { .sa_handler = say_where,
	    .sa_flags = (int)SA_RESETHAND };
	void *frame;

	(void)backtrace(&frame, 1);	/* which loads what it needs */
	(void)sigaction(SIGSEGV, &fault, NULL);
	(void)sigaction(SIGBUS, &fault, NULL);
}
#else
static void
say_where_of_fault(void)
{
}
#endif

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("NTHLIB");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	if (fd == -1)
		return;
	say_where_of_fault();
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		page = map;
	close(fd);
}

/* now - is it this call's turn? */
static bool
now(enum function function)
{
	uint64_t at, skip, count;

	if (page == NULL || page->mode == '-')
		return false;
	at = page->calls[function]++;
	if (page->mode != 'f' || page->which != 'a' + (char)function)
		return false;
	skip = strtoull(page->skip, NULL, 10);
	count = strtoull(page->count, NULL, 10);
	if (at < skip || (count > 0 && at >= skip + count))
		return false;
	page->hits++;
	return true;
}

static bool
ssl_now(enum function function)
{
	if (!now(function))
		return false;
	ERR_raise(ERR_LIB_SSL, ERR_R_MALLOC_FAILURE);
	return true;
}

/* ---- memory: the C library's own names, which need no look-up ---- */

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static bool
no_memory(void)
{
	if (!now(MEMORY))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return no_memory() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *memory, size_t size)
{
	return no_memory() ? NULL : __libc_realloc(memory, size);
}

/* ---- the rest ---- */

/* Type, name, parameters, arguments, its number, what it returns when it fails. */
#define CALL(type, name, parameters, arguments, failed, failure)	\
type									\
name parameters								\
{									\
	static type (*_Atomic real)parameters;				\
									\
	if (failed)							\
		return failure;						\
	if (real == NULL)						\
		real = (type (*)parameters)dlsym(RTLD_NEXT, #name);	\
	return real arguments;						\
}

CALL(SSL *, SSL_new, (SSL_CTX *context), (context), ssl_now(SSL_NEW), NULL)
CALL(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *method), (method), ssl_now(CONTEXT),
    NULL)
CALL(int, SSL_connect, (SSL *ssl), (ssl), ssl_now(CONNECT), -1)
CALL(int, SSL_read_ex, (SSL *ssl, void *to, size_t size, size_t *got),
    (ssl, to, size, got), ssl_now(READ), 0)
CALL(int, SSL_write_ex, (SSL *ssl, const void *from, size_t size, size_t *put),
    (ssl, from, size, put), ssl_now(WRITE), 0)
CALL(int, ub_resolve, (struct ub_ctx *context, const char *name, int type, int class,
    struct ub_result **out), (context, name, type, class, out), now(RESOLVE), UB_NOMEM)
CALL(int, getaddrinfo, (const char *host, const char *port,
    const struct addrinfo *wanted, struct addrinfo **out), (host, port, wanted, out),
    now(ADDRESS), EAI_MEMORY)
