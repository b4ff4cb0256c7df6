/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tdcctl shows of the spool and changes in it, while each call in turn fails:
 * what it prints is all of it, or something says that it is not; and no copy is
 * lost.
 *
 * WRAP: fcntl fdopendir flock fsetxattr fgetxattr fstat fstatat fsync ftruncate
 * WRAP: linkat mmap open openat pread pwrite read readdir renameat unlinkat
 */
#include <dirent.h>
#include <sys/file.h>
#include <sys/xattr.h>

#include "tests/unit/control/queue/verb_world.h"

NTH_OPEN
NTH_OPENAT
NTH_FCNTL
NTH_CALL(DIR *, fdopendir, (int fd), (fd), NULL)
NTH_CALL(ssize_t, fgetxattr, (int fd, const char *name, void *out, size_t n),
    (fd, name, out, n), -1)
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(int, fsetxattr, (int fd, const char *name, const void *value, size_t n,
    int flags), (fd, name, value, n, flags), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, fstatat, (int dir, const char *path, struct stat *st, int flags),
    (dir, path, st, flags), -1)
NTH_CALL(int, fsync, (int fd), (fd), -1)
NTH_CALL(int, ftruncate, (int fd, off_t n), (fd, n), -1)
NTH_CALL(int, linkat, (int from, const char *old, int to, const char *new,
    int flags), (from, old, to, new, flags), -1)
NTH_CALL(void *, mmap, (void *at, size_t n, int can, int flags, int fd, off_t from),
    (at, n, can, flags, fd, from), MAP_FAILED)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(struct dirent *, readdir, (DIR *dir), (dir), NULL)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, unlinkat, (int dir, const char *name, int flags),
    (dir, name, flags), -1)

/* ---- what it shows ---- */

static const struct show {
	const char	*words[6];
	const char	*has;		/* when all goes well; each number is 0 */
} shows[] = {
	{ { "queue" }, "(0 later)" },
	{ { "queue", "--json" }, "\"failed\"" },
	{ { "queue", "--shape" }, "take.example" },
	{ { "show", "1" }, "Reason: 0 later" },
	{ { "show", "--json", "1" }, "0 later" },
	{ { "status" }, "b.example" },
	{ { "status", "--json" }, "b.example" },
	{ { "hoststatus", "take.example" }, "take.example" },
	{ { "tophosts" }, "the.tdc.queue" },
	{ { "report" }, "Spool now" },
	{ { "report", "--json" }, "take.example" },
	{ { "report", "--html" }, "take.example" },
	{ { "track", "4Yb", "-f", "/dev/null" }, "0 later" },
	{ { "track", "1", "-f", "/dev/null", "--json" }, "0 later" },
	{ { "requeue", "-n", "ALL" }, "0 would be requeued" },
};

/* mentions - how often */
static unsigned
mentions(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		count++;
	return count;
}

/* lacks_reason - a reason that cannot be read is none (spool_reason.h) */
static bool
lacks_reason(const char *bad, const char *good)
{
	return mentions(good, "0 later") == 1 && mentions(bad, "0 later") == 0 &&
	    mentions(bad, "in@take.example") == mentions(good, "in@take.example");
}

static void
each_call_fails(void **state)
{
	struct world world;

	(void)state;
	begin(&world);
	for (size_t i = 0; i < sizeof(shows) / sizeof(*shows); i++) {
		const struct show *show = &shows[i];
		struct said good;
		unsigned at = 1;

		must(nth_begin(1, EIO));
		nth->at = 0;
		good = run(&world, show->words);
		if (good.code != 0 || strstr(good.out, show->has) == NULL)
			fail_msg("%s %s: %d: %s%s", show->words[0], show->words[1],
			    good.code, good.out, good.err);
		for (; nth_begin(at, EIO); at++) {
			struct said bad = run(&world, show->words);

			if (*bad.err == '\0' && (bad.code != 0 ||
			    (strcmp(bad.out, good.out) != 0 &&
			    !lacks_reason(bad.out, good.out))))
				fail_msg("%s: %s (call %u) fails, untold: %d: %s",
				    show->words[0], nth->name, at, bad.code,
				    bad.out);
			said_drop(&bad);
		}
		must(at > 3);
		said_drop(&good);
	}
	end(&world);
}

/* ---- what it changes ---- */

static const struct change {
	const char	*words[6];
	unsigned	 waiting, kept;		/* afterwards */
} changes[] = {
	{ { "delete", "4" }, WAITING, KEPT - 1 },
	{ { "delete", "ALL" }, WAITING, 0 },
	{ { "requeue", "4" }, WAITING + 1, KEPT - 1 },
	{ { "requeue", "ALL" }, WAITING + KEPT, 0 },
	{ { "suspend", "take.example" }, WAITING, KEPT },
	{ { "resume", "b.example" }, WAITING, KEPT },
};

/* try - false: no call had to fail */
static bool
try(const struct change *change, unsigned at)
{
	bool deletes = strcmp(change->words[0], "delete") == 0;
	unsigned waiting, kept;
	struct world world;
	struct said said;

	must(nth_begin(1, EIO));
	begin(&world);
	nth->at = at;
	said = run(&world, change->words);
	waiting = files(&world, "ready");
	kept = files(&world, "failed");
	if (said.code == 0 && (waiting != change->waiting || kept != change->kept))
		fail_msg("%s %s: %s (call %u) fails, untold: %u and %u",
		    change->words[0], change->words[1], nth->name, at, waiting,
		    kept);
	if (said.code != 0 && *said.err == '\0')
		fail_msg("%s: exit status %d without a word", change->words[0],
		    said.code);
	/* a copy may be in both places for a moment, and never in none */
	if (waiting + kept < (deletes ? change->waiting + change->kept : COPIES))
		fail_msg("%s %s: %s (call %u) fails, and a copy is lost",
		    change->words[0], change->words[1], nth->name, at);
	said_drop(&said);
	end(&world);
	return nth->name[0] != '\0';
}

static void
each_change_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		unsigned at = 1;

		while (try(&changes[i], at))
			at++;
		must(at > 5);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails),
		cmocka_unit_test(each_change_fails),
	};

	must(nth_begin(1, EIO));
	nth->at = 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
