/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tdcctl shows of the spool and changes in it, while each call in turn fails:
 * what it prints is all of it, or something says that it is not; and no copy is
 * lost.
 *
 * WRAP: fcntl fdopendir flock fsetxattr fgetxattr fstat fstatat fsync ftruncate
 * WRAP: linkat mmap open openat pread pwrite read readdir renameat unlinkat
 */
#include "tests/unit/control/queue/verb_world.h"
#include "tests/unit/nth_spool.h"

NTH_OPEN
NTH_CALL(void *, mmap, (void *at, size_t n, int can, int flags, int fd, off_t from),
    (at, n, can, flags, fd, from), MAP_FAILED)

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

		must(nth_only(0, EIO));
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

	must(nth_only(at, EIO));
	begin(&world);
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

	must(nth_only(0, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
