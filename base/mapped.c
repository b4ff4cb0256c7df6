/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/mapped.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum state {
	MEMORY,
	FILE_THERE,
	LEAVING			/* by one thread; the others wait */
};

struct mapped {
	const struct mapped_kind *kind;
	_Atomic int	 state;
	int		 fd;		/* -1: none yet */
	void		*bytes;		/* what others see */
	void		*memory;	/* the memory, always */
	void		*before;
	void		*scratch;	/* of mapped_attach(), mapped_keep() */
};

/* Where the handler looks; a place is taken and left by compare-and-swap. */
static struct mapped *_Atomic all[MAPPED_MAX];

/* take_over - the memory gets what the file holds, if that is sound, and its
 * place.  No more than system calls: a signal handler may call it. */
static bool
take_over(struct mapped *mapped)
{
	const struct mapped_kind *kind = mapped->kind;

	if (pread(mapped->fd, mapped->before, kind->size, 0) ==
	    (ssize_t)kind->size && kind->sound(mapped->before))
		memcpy(mapped->memory, mapped->before, kind->size);
	if (kind->leave != NULL)
		kind->leave(mapped->memory);
	memcpy(mapped->before, mapped->memory, kind->size);
	/* of size 0: the same pages once more, at another address */
	return mremap(mapped->memory, 0, kind->size,
	    MREMAP_MAYMOVE | MREMAP_FIXED, mapped->bytes) != MAP_FAILED;
}

/* leave - once; whoever comes second waits for the first */
static bool
leave(struct mapped *mapped)
{
	int state = FILE_THERE;
	bool done = true;

	if (atomic_compare_exchange_strong(&mapped->state, &state, LEAVING)) {
		done = take_over(mapped);
		mapped->state = done ? MEMORY : FILE_THERE;
	}
	while (mapped->state == LEAVING)
		sched_yield();
	return done;
}

/* at - whose address that is */
static struct mapped *
at(const void *address)
{
	for (int i = 0; i < MAPPED_MAX; i++) {
		struct mapped *mapped = all[i];

		if (mapped != NULL && (uintptr_t)address -
		    (uintptr_t)mapped->bytes < mapped->kind->size)
			return mapped;
	}
	return NULL;
}

/* on_sigbus - what is not ours, or cannot be helped, ends the process as ever:
 * the access is made once more */
static void
on_sigbus(int number, siginfo_t *info, void *unused)
{
	int saved = errno;
	struct mapped *mapped = info->si_code == BUS_ADRERR ?
	    at(info->si_addr) : NULL;

	(void)unused;
	if (mapped == NULL || !leave(mapped))
		signal(number, SIG_DFL);
	errno = saved;
}

static void
install(void)
{
	struct sigaction bus = { .sa_sigaction = on_sigbus,
	    .sa_flags = SA_SIGINFO | SA_RESTART };

	sigemptyset(&bus.sa_mask);
	sigaction(SIGBUS, &bus, NULL);
}

static void
enlist(struct mapped *mapped)
{
	install();
	for (int i = 0; i < MAPPED_MAX; i++) {
		struct mapped *none = NULL;

		if (atomic_compare_exchange_strong(&all[i], &none, mapped))
			return;
	}
	abort();		/* nobody has that many */
}

/* shared - memory that can be seen twice */
static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		mem_none();
	return memory;
}

/* mapped_new - memory alone; new */
struct mapped *
mapped_new(const struct mapped_kind *kind)
{
	struct mapped *mapped = mem_new(sizeof(*mapped));

	mapped->kind = kind;
	mapped->fd = -1;
	mapped->before = mem_new(kind->size);
	mapped->scratch = mem_new(kind->size);
	mapped->memory = shared(kind->size);
	mapped->bytes = mremap(mapped->memory, 0, kind->size, MREMAP_MAYMOVE);
	if (mapped->bytes == MAP_FAILED)
		mem_none();
	enlist(mapped);
	return mapped;
}

/* mapped_free - NULL */
struct mapped *
mapped_free(struct mapped *mapped)
{
	if (mapped == NULL)
		return NULL;
	for (int i = 0; i < MAPPED_MAX; i++) {
		struct mapped *mine = mapped;

		(void)atomic_compare_exchange_strong(&all[i], &mine, NULL);
	}
	munmap(mapped->bytes, mapped->kind->size);
	munmap(mapped->memory, mapped->kind->size);
	if (mapped->fd != -1)
		close(mapped->fd);
	free(mapped->before);
	free(mapped->scratch);
	free(mapped);
	return NULL;
}

/* mapped_bytes - borrowed */
void *
mapped_bytes(const struct mapped *mapped)
{
	return mapped->bytes;
}

/* mapped_look - read what may be mapped */
int
mapped_look(const struct mapped_kind *kind, int fd, void *out, struct err *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return err_sys(err, "stat %s", kind->name);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_NEVER, "%s: no regular file",
		    kind->name);
	if (st.st_size != (off_t)kind->size)
		return err_set(err, ERR_NEVER, "%s: damaged (%lld bytes)",
		    kind->name, (long long)st.st_size);
	n = pread(fd, out, kind->size, 0);
	if (n == -1)
		return err_sys(err, "read %s", kind->name);
	if (n != (ssize_t)kind->size || !kind->sound(out))
		return err_set(err, ERR_NEVER,
		    "%s: damaged, or of another version", kind->name);
	return 0;
}

/* mapped_attach - a file in the place of memory */
int
mapped_attach(struct mapped *mapped, int fd, bool writable, struct err *err)
{
	int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	int old = mapped->fd;
	void *at;

	if (mapped_look(mapped->kind, fd, mapped->scratch, err) == -1)
		return -1;
	mapped->fd = fd;	/* before there can be a SIGBUS */
	at = mmap(mapped->bytes, mapped->kind->size, protection,
	    MAP_SHARED | MAP_FIXED, fd, 0);
	if (at == MAP_FAILED) {
		mapped->fd = old;
		return err_sys(err, "map %s", mapped->kind->name);
	}
	mapped->state = FILE_THERE;
	if (old != -1)
		close(old);
	return 0;
}

/* copy_words - while others count there: each word is whole */
static void
copy_words(char *to, const char *from, size_t size)
{
	const _Atomic uint64_t *words = (const void *)from;

	for (size_t i = 0; i < size / sizeof(uint64_t); i++) {
		uint64_t word = atomic_load_explicit(&words[i],
		    memory_order_relaxed);

		memcpy(to + i * sizeof(word), &word, sizeof(word));
	}
}

/* mapped_keep - as of now */
int
mapped_keep(struct mapped *mapped, struct err *err)
{
	const struct mapped_kind *kind = mapped->kind;
	int state = FILE_THERE;
	struct stat st;

	if (mapped_lost(mapped))
		return 0;
	if (fstat(mapped->fd, &st) == 0 && st.st_nlink == 0)
		return err_set(err, ERR_LATER, "%s was removed or replaced",
		    kind->name);
	copy_words(mapped->scratch, mapped->bytes, kind->size);
	if (mapped_lost(mapped))
		return 0;
	if (!kind->sound(mapped->scratch))
		return err_set(err, ERR_LATER, "%s was damaged", kind->name);
	/* not while another thread takes the memory into use */
	if (atomic_compare_exchange_strong(&mapped->state, &state, LEAVING)) {
		memcpy(mapped->memory, mapped->scratch, kind->size);
		mapped->state = FILE_THERE;
	}
	return 0;
}

/* mapped_leave - let memory take its place */
void
mapped_leave(struct mapped *mapped)
{
	(void)leave(mapped);
}

/* mapped_lost - whether memory has taken the file's place */
bool
mapped_lost(const struct mapped *mapped)
{
	return mapped->state != FILE_THERE;
}

/* mapped_memory - borrowed */
const void *
mapped_memory(const struct mapped *mapped)
{
	return mapped->memory;
}

/* mapped_before - borrowed */
const void *
mapped_before(const struct mapped *mapped)
{
	return mapped->before;
}
