/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counted - what a program has that counts which of its lines it executes, beside
 * libgcov; for "make coverage" alone, which links it into everything
 *
 * libgcov writes the numbers at exit(3).  Children end by _exit(2), and daemons
 * are confined: --wrap=_exit, --wrap=places_all and --wrap=sandbox_reader see to
 * that, and production code knows nothing of it.  Each object has a file, which is read, locked and
 * written, so that a program of hundreds that says its version took longer to
 * count than to run: who executed nothing of an object leaves its file alone.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sandbox/sandbox_private.h"
#include "base/sandbox/sandbox_reader.h"
#include "base/start/start.h"

#ifndef COUNTED_FOLDERS			/* as coverage.sh says */
#define COUNTED_FOLDERS	"build-coverage"
#endif

/* libgcov's, of gcc 10 to 12; of others all is written. */
enum { MERGERS = 8, FIRST = 10, LAST = 12 };

struct numbers {
	unsigned	 count;
	int64_t		*values;
};

struct function {
	const void	*key;
	unsigned	 id, lines, flow;
	struct numbers	 numbers[];
};

struct object {
	unsigned	 version;
	struct object	*next;
	unsigned	 stamp, checksum;
	const char	*name;
	void		(*merge[MERGERS])(int64_t *, unsigned);
	unsigned	 function_count;
	const struct function *const *functions;
};

struct root {
	struct object	*objects;
};

extern struct root __gcov_root __attribute__((visibility("hidden")));
void	__gcov_dump(void);
_Noreturn void __real__exit(int);
_Noreturn void __wrap__exit(int);
/* weak: what no sandbox is linked into has none */
__attribute__((weak)) void __real_places_all(const struct sandbox *,
    struct places *);
void	__wrap_places_all(const struct sandbox *, struct places *);
__attribute__((weak)) void __real_sandbox_reader(const char *);
void	__wrap_sandbox_reader(const char *);

/* executed - anything of the object; a function that is elsewhere counts there */
static bool
executed(const struct object *object)
{
	for (unsigned i = 0; i < object->function_count; i++) {
		const struct function *function = object->functions[i];

		if (function == NULL || function->key != object)
			continue;
		for (unsigned n = 0; n < function->numbers[0].count; n++)
			if (function->numbers[0].values[n] != 0)
				return true;
	}
	return false;
}

/* leave_out - what nothing was executed of; before libgcov's own destructor */
__attribute__((destructor)) static void
leave_out(void)
{
	if (__GNUC__ < FIRST || __GNUC__ > LAST)
		return;
	for (struct object **at = &__gcov_root.objects; *at != NULL; )
		if (executed(*at))
			at = &(*at)->next;
		else
			*at = (*at)->next;
}

/* __wrap__exit - the numbers first; the reader of a table may write to no file */
void
__wrap__exit(int status)
{
	struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	(void)setrlimit(RLIMIT_FSIZE, &any);
	leave_out();
	__gcov_dump();
	__real__exit(status);
}

/* __wrap_sandbox_reader - a reader could not write the numbers; who only tries
 * what is left to one is confined */
void
__wrap_sandbox_reader(const char *path)
{
	if (strcmp(program_invocation_name, START_READER_TITLE) != 0)
		__real_sandbox_reader(path);
}

/* __wrap_places_all - and where the numbers are, beside the objects; what else is
 * below the build directory stays out of reach */
void
__wrap_places_all(const struct sandbox *sandbox, struct places *places)
{
	static const char *const folders[] = { COUNTED_FOLDERS };
	enum { FOLDERS = sizeof(folders) / sizeof(*folders) };

	__real_places_all(sandbox, places);
	places->room = places->count + FOLDERS;
	places->list = realloc(places->list,
	    places->room * sizeof(*places->list));
	if (places->list == NULL)
		abort();
	for (size_t i = 0; i < FOLDERS; i++)
		places->list[places->count++] = (struct place){ folders[i],
			REACH_WRITE };
}
